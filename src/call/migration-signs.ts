/**
 * Reads the signs of a migration: the app's variable, its branches and the policy of the root stack. Also finds the stacks from
 * which the reading of stacks starts.
 */
import type { Target } from '../aws/targets.ts';
import { toServerError } from '../errors.ts';
import type { SharedReads } from '../lib/shared-reads.ts';
import { gen2Branches, migrationVariable, refusesUpdates, type StackFacts } from '../migration/index.ts';
import type { TryRead } from './optional-reads.ts';
import { readEnvironmentAt } from './read-environment.ts';
import { createReader } from './reads.ts';

/** What the reads of one call on one app need. */
export interface AppReads {
  readonly target: Target;
  readonly shared: SharedReads;
  readonly tryRead: TryRead;
  readonly appId: string;
  readonly signal: AbortSignal | undefined;
}

/** Gen 2 root stacks: `amplify-<app id>-<branch>-branch-<hash>`, `amplify-<app id>-<user>-sandbox-<hash>`. */
const isGen2Root = (name: string, appId: string) =>
  name.startsWith(`amplify-${appId}-`) && /-(?:branch|sandbox)-[0-9a-z]{4,}$/.test(name);

/** A stack's name in its ARN. */
const nameIn = (arn: string) => arn.split('/')[1] ?? arn;

/** The environment's root stack by its meta or, where that is unreadable, by Amplify's record. */
export async function findRootStack(
  { target, tryRead, shared, appId, signal }: AppReads,
  environment: string,
): Promise<string | undefined> {
  const ref = { appId, backendEnvironmentName: environment };
  const found = await readEnvironmentAt(createReader(target, signal), ref, false);
  if (found.state !== 'unreadable') return found.stack.id ?? found.stack.name;
  const records = await tryRead(
    "Amplify's record of the environment",
    'amplify:ListBackendEnvironments',
    () => shared(`environments ${appId}`, () => target.amplify.listEnvironments(appId), signal),
  );
  return records?.value.find(({ name }) => name === environment)?.stackName;
}

/** Answers `none` for an app that Amplify does not know. AmplifyBackend may know such an app. */
const noneIfUnknownApp = <Answer>(none: Answer, reading: Promise<Answer>): Promise<Answer> =>
  reading.catch(thrown => {
    if (toServerError(thrown).code === 'not_found') return none;
    throw thrown;
  });

/** The app's record; if AWS denies that, what the list of apps has of it. @throws ServerError */
async function readApp({ target, shared, appId, signal }: AppReads) {
  const codeOf = (thrown: unknown) => toServerError(thrown).code;
  const none = { appId, isConnected: false, migrationVariables: {} };
  try {
    return await noneIfUnknownApp(
      none,
      shared(`app ${appId}`, () => target.amplify.getApp(appId), signal),
    );
  } catch (denied) {
    if (codeOf(denied) !== 'access_denied') throw denied;
    const apps = await shared('apps', () => target.amplify.listApps(), signal).catch(thrown => {
      throw codeOf(thrown) === 'access_denied' ? denied : thrown;
    });
    const listed = apps.find(app => app.appId === appId);
    if (listed?.migratingEnvironment === undefined) throw denied;
    const { hasRepository = false, migratingEnvironment: name } = listed;
    return {
      ...{ appId, isConnected: hasRepository },
      migrationVariables: name === null ? {} : { [migrationVariable]: name },
    };
  }
}

/** The signs: one read each of the app, its branches and the policy of the root stack. */
export async function readSigns(reads: AppReads, root: string | undefined) {
  const { target, shared, tryRead, appId, signal } = reads;
  const [app, branches, policy] = await Promise.all([
    tryRead("the app's migration variable", 'amplify:GetApp', () => readApp(reads)),
    tryRead("the app's branches", 'amplify:ListBranches', () =>
      noneIfUnknownApp(
        [],
        shared(`branches ${appId}`, () => target.amplify.listBranches(appId), signal),
      ),
    ),
    root === undefined
      ? undefined
      : tryRead('the policy of the root stack', 'cloudformation:GetStackPolicy', () =>
          shared(`policy ${root}`, () => target.stacks.policy(root), signal),
        ),
  ]);
  return {
    ...(app && { appVariables: app.value.migrationVariables, isConnected: app.value.isConnected }),
    ...(branches && { branches: branches.value }),
    ...(policy?.value && { policy: policy.value.policy ?? null }),
  };
}

/** The holding stacks, and the Gen 2 root stacks that no branch of the app names. */
export async function readOtherRoots(
  { target, shared, tryRead, appId, signal }: AppReads,
  roots: readonly string[],
) {
  const listed = await tryRead('holding stacks and further Gen 2 stacks', 'cloudformation:ListStacks', () =>
    shared('stacks', () => target.stacks.list(), signal),
  );
  const live = (listed?.value ?? []).filter(
    ({ status, parentId }) => status !== 'DELETE_COMPLETE' && parentId === undefined,
  );
  const isOfApp = (name: string) =>
    [`amplify-${appId}-`, ...roots.map(root => `${nameIn(root)}-`)].some(start => name.startsWith(start));
  const known = roots.map(nameIn);
  return {
    holding: live
      .filter(({ name }) => name.endsWith('-holding') && isOfApp(name))
      .map(({ name, status }) => ({ name, status })),
    others: live
      .filter(({ name }) => isGen2Root(name, appId) && !known.includes(name))
      .map(({ name, id }) => id || name),
  };
}

/** The signs as far as they could be read. */
export type Signs = Awaited<ReturnType<typeof readSigns>>;

/** Whether the signs show that a migration has begun. */
export const hasSign = ({ appVariables = {}, branches = [], policy }: Signs) =>
  Object.hasOwn(appVariables, migrationVariable) ||
  refusesUpdates(policy) ||
  gen2Branches({ branches }).length > 0;

/** The root stack alone, as far as the signs show it; empty where there is none. */
export function rootFacts(root: string | undefined, { policy }: Signs): StackFacts[] {
  if (root === undefined) return [];
  const isArn = root.startsWith('arn:');
  return [
    {
      name: isArn ? nameIn(root) : root,
      ...(isArn && { id: root }),
      ...{ parameters: {}, outputs: {} },
      ...(policy !== undefined && { policy }),
    },
  ];
}
