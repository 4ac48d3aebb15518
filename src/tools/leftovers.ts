/** What bears the name of an environment in its account: stacks, and the buckets that Amplify names after it. */

import type { Stack } from '../aws/stacks.ts';
import type { StackSearch } from '../call/stacks.ts';
import { bucketBelongs, notLookedFor } from '../environment/index.ts';
import { quoteName } from '../lib/quote.ts';
import type { WorkflowContext } from './define.ts';
import type { Look, Seen } from './stack-looks.ts';

/** Calls a read tool. */
export type Read = (toolName: string, args: object) => Promise<Readonly<Record<string, unknown>>>;

/** The account's buckets. */
export interface Buckets {
  readonly names: readonly string[];
  /** Whether these are all: only then is one that is missing gone. */
  readonly areAll: boolean;
}

/** Each round reads several pages. An account has hundreds of buckets, seldom thousands. */
const MOST_ROUNDS = 10;

/** Reads them. @throws RegisteredError */
export async function readBuckets(read: Read): Promise<Buckets> {
  const names: string[] = [];
  let nextToken: unknown;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const answer = await read('list_s3_buckets', {
      all: true,
      ...(nextToken !== undefined && { nextToken }),
    });
    names.push(...((answer.buckets ?? []) as { name?: string }[]).map(({ name = '' }) => name));
    nextToken = answer.nextToken;
    if (nextToken === undefined) return { names, areAll: true };
  }
  return { names, areAll: false };
}

/** Whether a bucket bears the name of an environment; it may be another app's of the same environment's name. */
export function bearsEnvironment(bucket: string, search: StackSearch): boolean {
  const { backendEnvironmentName: environment, ...known } = search;
  return bucketBelongs(bucket, { ...known, environment }) !== 'does not belong';
}

/** What a search by name cannot find, a sentence each. */
export function unsearched({ backendEnvironmentName: environment, ...known }: StackSearch): string[] {
  return notLookedFor({ ...known, environment });
}

/** Of how many other apps the records are read, to tell whose a stack is. */
const MOST_APPS = 20;

/**
 * Of stacks whose names do not tell whose they are, those that no other environment has on record.
 * @returns them; all of them where the records cannot be read
 */
async function withoutOthers(
  { stacks, listApps, signal }: WorkflowContext,
  { appId, backendEnvironmentName, target }: StackSearch,
  perhaps: readonly Stack[],
  look: Look,
): Promise<readonly Stack[]> {
  if (perhaps.length === 0) return perhaps;
  const listed = await look('whose the stacks without an app in their name are', 'amplify:ListApps', () =>
    listApps(target, signal),
  );
  const others = (listed?.value.apps ?? []).filter(app => app.appId !== appId).slice(0, MOST_APPS - 1);
  const taken = new Set<string>();
  for (const app of [{ appId }, ...others]) {
    const records = await look("Amplify's records", 'amplify:ListBackendEnvironments', () =>
      stacks.records({ appId: app.appId, target }, signal),
    );
    for (const { name, stackName } of records?.value ?? [])
      if (stackName !== undefined && (app.appId !== appId || name !== backendEnvironmentName))
        taken.add(stackName);
  }
  return perhaps.filter(({ name }) => !taken.has(name));
}

/** Stacks that stand under the name of an environment. */
export interface StandingStacks {
  readonly own: readonly Stack[];
  /** Those of which nothing tells whose they are. */
  readonly perhaps: readonly Stack[];
}

/**
 * Looks for them, deleted ones of its own too; undefined where they cannot be listed.
 * @param looks `aside` for what makes the finding no weaker where it cannot be looked at
 */
export async function stacksNamed(
  context: WorkflowContext,
  search: StackSearch,
  { look, aside }: { readonly look: Look; readonly aside: Look },
): Promise<Seen<StandingStacks> | undefined> {
  const found = await look('stacks that bear the name', 'cloudformation:ListStacks', () =>
    context.stacks.byName(search, context.signal),
  );
  if (!found) return undefined;
  const standing = found.value.perhaps.filter(({ status }) => status !== 'DELETE_COMPLETE');
  const perhaps = await withoutOthers(context, search, standing, aside);
  return { value: { own: found.value.own, perhaps } };
}

/** What is said of a stack whose name says no app. */
export const perhapsText = ({ name, status }: Stack, environment: string): string =>
  `stack ${quoteName(name)} (${quoteName(status)}), whose name says no app: it may be of ${quoteName(environment)}, or of another app`;
