/**
 * The environments of an app: those that AmplifyBackend lists, and those that are gone. The names of the gone ones come
 * from Amplify's own records, CloudFormation's deleted stacks (kept for 90 days) and the jobs that this server has seen.
 */

import { createTryRead } from '../../call/optional-reads.ts';
import type { AppStack } from '../../call/stacks.ts';
import type { AppRef } from '../../jobs/job.ts';
import type { ToolContext } from '../define.ts';
import { type AppFacts, readKnownApp, readOn } from '../shared/read.ts';

/** An environment that AmplifyBackend does not list. */
export interface GoneEnvironment {
  readonly environment: string;
  /** Its root stack, where CloudFormation still has one or remembers it. */
  readonly stack?: string;
  /** ISO 8601. */
  readonly deletedAt?: string;
  /** Whether its stack may be another app's, because the stack's name does not include the app. */
  readonly isUnsure: boolean;
}

export interface AppEnvironments {
  readonly appName: string | undefined;
  /** Whether neither Amplify nor AmplifyBackend knows the app. */
  readonly isUnknown: boolean;
  readonly listed: readonly string[];
  /** The ones that were deleted last come first. */
  readonly gone: readonly GoneEnvironment[];
  /** What could not be read. */
  readonly notes: readonly string[];
}

const toGone = ({ environment, belongs, stack: { name, status, deletedAt } }: AppStack): GoneEnvironment => ({
  ...{ environment, stack: name, isUnsure: belongs === 'may belong' },
  ...(status === 'DELETE_COMPLETE' && deletedAt !== undefined && { deletedAt }),
});

/** The app's name, which is the project's and part of the names of its stacks. */
async function readAppName(context: ToolContext, { appId, target }: AppRef, app: AppFacts | undefined) {
  if (app?.appName !== undefined) return app.appName;
  const { apps } = await context.listApps(target, context.signal);
  return apps.find(one => one.appId === appId)?.name;
}

/** @param seen environments of jobs that this server has seen @throws ServerError where AmplifyBackend cannot be asked */
export async function readEnvironments(
  context: ToolContext,
  ref: AppRef,
  seen: readonly string[],
): Promise<AppEnvironments> {
  const { stacks, signal } = context;
  const notes: string[] = [];
  const tryRead = createTryRead(notes);
  const app = await readKnownApp(readOn(context, ref.target), ref.appId);
  const named = await tryRead(
    "the app's name, by which its deleted stacks are found",
    'amplify:ListApps',
    () => readAppName(context, ref, app),
  );
  const appName = named?.value;
  const [records, ofApp] = await Promise.all([
    tryRead("Amplify's own records of environments", 'amplify:ListBackendEnvironments', () =>
      stacks.records(ref, signal),
    ),
    tryRead('the stacks of environments that are gone', 'cloudformation:ListStacks', () =>
      stacks.ofApp({ ...ref, appName }, signal),
    ),
  ]);
  const listed = app?.environments ?? [];
  // A stack's name has the environment's name in lower case, so the names with the original spelling come first.
  const names = [...seen, ...(records?.value ?? []).map(({ name }) => name)];
  const isUnknown = app === undefined && named !== undefined && appName === undefined;
  return { appName, isUnknown, listed, gone: goneOf(listed, names, ofApp?.value ?? []), notes };
}

/** The environments that are not listed. @param names as they are spelled @param stacks newest first */
function goneOf(
  listed: readonly string[],
  names: readonly string[],
  stacks: readonly AppStack[],
): GoneEnvironment[] {
  const found = new Map<string, GoneEnvironment>();
  const isListed = new Set(listed.map(name => name.toLowerCase()));
  for (const gone of [
    ...names.map(environment => ({ environment, isUnsure: false })),
    ...stacks.map(toGone),
  ]) {
    const key = gone.environment.toLowerCase();
    if (isListed.has(key)) continue;
    const known = found.get(key);
    // Of several stacks the newest one counts.
    found.set(
      key,
      known === undefined ? gone : { ...gone, ...known, isUnsure: known.isUnsure && gone.isUnsure },
    );
  }
  return [...found.values()].sort((a, b) => (b.deletedAt ?? '9').localeCompare(a.deletedAt ?? '9'));
}
