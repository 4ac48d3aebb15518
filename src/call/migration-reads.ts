/**
 * Reads what the cloud shows of an environment's way to Gen 2, into the facts that `src/migration/` judges. A read that AWS
 * denies becomes a sentence in these facts. Calls share reads, and a target runs at most four of them at a time.
 */
import type { Target, Targets } from '../aws/targets.ts';
import { namesOfThing } from '../environment/index.ts';
import { ServerError, toServerError } from '../errors.ts';
import type { EnvironmentRef } from '../jobs/job.ts';
import type { SharedReads } from '../lib/shared-reads.ts';
import {
  type Gen2Elsewhere,
  gen2Branches,
  type MigrationFacts,
  migrationVariable,
  refusesUpdates,
} from '../migration/index.ts';
import { refusalText } from '../policy/decide.ts';
import { findGen2Elsewhere, type Gen2Search } from './gen2-elsewhere.ts';
import { createKeptReads, createWithKeptReads, type KeptReads, type WithKeptReads } from './kept-reads.ts';
import { readTrees } from './migration-stacks.ts';
import { createTryRead, type TryRead } from './optional-reads.ts';
import { readEnvironmentAt } from './read-environment.ts';
import { createReader } from './reads.ts';
import type { RefuseApp } from './refuse-app.ts';

/** How much is read. */
export interface MigrationScope {
  /** Whether the stacks of both generations are read; otherwise only the signs. */
  readonly whole: boolean;
  /** The only Gen 2 branch whose stacks are read; without it, those of all. */
  readonly branch?: string | undefined;
  /** The environment's root stack where the caller knows it; null where it has none. Without it, the meta is read. */
  readonly rootStack?: string | null | undefined;
  /** Whether a read that may succeed later fails the whole; otherwise `unread` names it. */
  readonly isStrict?: boolean | undefined;
  /**
   * Which Gen 2 backends to read that no branch of the app deploys. `search` finds all that use what the environment has; an
   * app and branch find that one; a list repeats what an earlier read found. Without it, none is read.
   */
  readonly elsewhere?: 'search' | Gen2Search['only'] | readonly Gen2Elsewhere[] | undefined;
  /** What was read before for the same call, on the same target. */
  readonly kept?: KeptReads | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** @throws ServerError where the environment does not exist or, if strict, where a read may succeed later */
export type ReadMigrationFacts = (
  environment: EnvironmentRef,
  scope: MigrationScope,
) => Promise<MigrationFacts>;

/** The IAM actions of these reads, in the order in which they are sent. */
export const migrationReadActions = [
  ...['amplify:GetApp', 'amplify:ListBranches'],
  ...['GetStackPolicy', 'ListStacks', 'DescribeStacks', 'GetTemplate', 'ListStackResources'].map(
    name => `cloudformation:${name}`,
  ),
];

/** How many reads run at once on a target: AWS's rate limits are for the whole account. */
const AT_ONCE = 4;

/** Gen 2 root stacks: `amplify-<app id>-<branch>-branch-<hash>`, `amplify-<app id>-<user>-sandbox-<hash>`. */
const isGen2Root = (name: string, appId: string) =>
  name.startsWith(`amplify-${appId}-`) && /-(?:branch|sandbox)-[0-9a-z]{4,}$/.test(name);

/** A stack's name in its ARN. */
const nameIn = (arn: string) => arn.split('/')[1] ?? arn;

/** Makes a temporary failure fail the read, because the same read may succeed later. */
function failOnTemporary(tryRead: TryRead): TryRead {
  return async (what, action, run) => {
    let temporary: ServerError | undefined;
    const found = await tryRead(what, action, () =>
      run().catch(thrown => {
        const failure = toServerError(thrown);
        if (failure.retryable || failure.code.startsWith('credentials_')) temporary = failure;
        throw failure;
      }),
    );
    if (temporary) throw temporary;
    return found;
  };
}

/** Reads of one call on one target. */
interface Reads {
  readonly target: Target;
  readonly shared: SharedReads;
  readonly tryRead: TryRead;
  readonly appId: string;
  readonly signal: AbortSignal | undefined;
}

/** The environment's root stack by its meta or, where that is unreadable, by Amplify's record. */
async function findRootStack(
  { target, tryRead, shared, appId, signal }: Reads,
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
async function readApp({ target, shared, appId, signal }: Reads) {
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
async function readSigns(reads: Reads, root: string | undefined) {
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
async function readOtherRoots({ target, shared, tryRead, appId, signal }: Reads, roots: readonly string[]) {
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

type Signs = Awaited<ReturnType<typeof readSigns>>;

const hasSign = ({ appVariables = {}, branches = [], policy }: Signs) =>
  Object.hasOwn(appVariables, migrationVariable) ||
  refusesUpdates(policy) ||
  gen2Branches({ branches }).length > 0;

/** The root stack alone, as far as the signs show it. */
const rootFacts = (root: string, { policy }: Signs) => ({
  name: root.startsWith('arn:') ? nameIn(root) : root,
  ...(root.startsWith('arn:') && { id: root }),
  ...{ parameters: {}, outputs: {} },
  ...(policy !== undefined && { policy }),
});

/** The names and ids of what the environment has and did not import; none where its meta is unreadable. */
async function readOwnNames({ target, appId, signal }: Reads, environment: string): Promise<Set<string>> {
  const ref = { appId, backendEnvironmentName: environment };
  const found = await readEnvironmentAt(createReader(target, signal), ref, false);
  const resources = found.state === 'unreadable' ? [] : found.resources;
  return new Set(
    resources.flatMap(({ origin, holds }) =>
      origin === 'own' ? holds.filter(({ holdsData }) => holdsData).flatMap(namesOfThing) : [],
    ),
  );
}

/** The Gen 2 backends that no branch of the app deploys, as far as the scope asks for them. @throws ServerError policy_denied */
async function readElsewhere(
  reads: Reads,
  environment: string,
  { elsewhere: wanted }: MigrationScope,
  known: readonly string[],
  {
    trees,
    refuseApp,
  }: { readonly trees: Parameters<typeof findGen2Elsewhere>[0]; readonly refuseApp: RefuseApp },
): Promise<readonly Gen2Elsewhere[]> {
  if (wanted === undefined || Array.isArray(wanted)) return wanted ?? [];
  const only = wanted === 'search' ? undefined : (wanted as Gen2Search['only']);
  const refusal = only && refuseApp(only.appId, reads.target.name);
  if (refusal) throw new ServerError('policy_denied', { message: refusalText('verify_migration', refusal) });
  return findGen2Elsewhere(trees, {
    ...{ environment, known, only },
    ownNames: () => readOwnNames(reads, environment),
    isHidden: appId => refuseApp(appId, reads.target.name) !== undefined,
  });
}

/** The target of one call, and the reads that the call keeps. */
interface CallReads extends Pick<Reads, 'target' | 'shared'> {
  readonly kept: KeptReads;
  readonly refuseApp: RefuseApp;
}

/** Reads the facts of one call. */
async function readFacts(
  { appId, backendEnvironmentName: environment }: EnvironmentRef,
  scope: MigrationScope,
  { target, shared, kept, refuseApp }: CallReads,
): Promise<MigrationFacts> {
  const { whole, branch, isStrict, signal } = scope;
  const unread: string[] = [];
  const tryRead = isStrict ? failOnTemporary(createTryRead(unread)) : createTryRead(unread);
  const reads = { target, shared, tryRead, appId, signal };
  const root =
    scope.rootStack === undefined ? await findRootStack(reads, environment) : (scope.rootStack ?? undefined);
  const signs = await readSigns(reads, root);
  const { policy, ...seen } = signs;
  const gen2 = gen2Branches(signs).filter(one => branch === undefined || one.name === branch);
  const gen2Roots = gen2.map(({ stackArn }) => stackArn);
  const note = (sentence: string) => void unread.push(sentence);
  const { stacks } = target;
  const trees = { stacks, shared, tryRead, note, listed: kept.stacks, signal };
  const found = await readElsewhere(reads, environment, scope, gen2Roots, { trees, refuseApp });
  const furtherRoots = found.map(({ stackArn }) => stackArn);
  const { holding, others } =
    whole || hasSign(signs)
      ? await readOtherRoots(reads, [...gen2Roots, ...furtherRoots])
      : { holding: [], others: [] };
  const base = { appId, environment, ...seen, holding, ...(scope.elsewhere && { elsewhere: found }) };
  const gen1 = root === undefined ? [] : [rootFacts(root, signs)];
  if (!whole) return { ...base, gen1, gen2: [], unread: unread.sort() };
  const [tree1, tree2] = await Promise.all([
    readTrees(trees, root === undefined ? [] : [root], 'Gen 1'),
    readTrees(
      trees,
      [...new Set([...gen2Roots, ...(branch === undefined ? others : []), ...furtherRoots])],
      'Gen 2',
    ),
  ]);
  const [first, ...rest] = tree1.length > 0 ? tree1 : gen1;
  const withPolicy = first ? [{ ...first, ...(policy !== undefined && { policy }) }, ...rest] : [];
  return { ...base, gen1: withPolicy, gen2: tree2, unread: unread.sort() };
}

/** Creates the reads. Apps that the policy excludes are not read. */
export function createReadMigrationFacts(targets: Targets, refuseApp: RefuseApp): ReadMigrationFacts {
  const keptReadsByTarget = new WeakMap<Target, WithKeptReads>();

  return async (environment, scope) => {
    const target = targets.get(environment.target);
    const refusal = refuseApp(environment.appId, target.name);
    if (refusal)
      throw new ServerError('policy_denied', { message: refusalText('describe_environment', refusal) });
    const withKeptReads = keptReadsByTarget.get(target) ?? createWithKeptReads(AT_ONCE);
    keptReadsByTarget.set(target, withKeptReads);
    const { kept = createKeptReads() } = scope;
    return withKeptReads(kept, shared => readFacts(environment, scope, { target, shared, kept, refuseApp }));
  };
}
