/**
 * Reads what the cloud shows of an environment's way to Gen 2, into the facts that `src/migration/` judges. A read that AWS
 * denies becomes a sentence in these facts. Calls share reads, and a target runs at most four of them at a time.
 */
import type { Target, Targets } from '../aws/targets.ts';
import { namesOfThing } from '../environment/index.ts';
import { ServerError, toServerError } from '../errors.ts';
import type { EnvironmentRef } from '../jobs/job.ts';
import { type Gen2Elsewhere, gen2Branches, type MigrationFacts } from '../migration/index.ts';
import { refusalText } from '../policy/decide.ts';
import { findGen2Elsewhere, type Gen2Search, type Gen2SearchReads } from './gen2-elsewhere.ts';
import { createKeptReads, createWithKeptReads, type KeptReads, type WithKeptReads } from './kept-reads.ts';
import {
  type AppReads,
  findRootStack,
  hasSign,
  readOtherRoots,
  readSigns,
  rootFacts,
  type Signs,
} from './migration-signs.ts';
import { readTrees, type StackTrees } from './migration-stacks.ts';
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

/** The names and ids of the environment's own things that hold data, without imported ones; none where its meta is unreadable. */
async function readOwnNames({ target, appId, signal }: AppReads, environment: string): Promise<Set<string>> {
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
  reads: AppReads,
  environment: string,
  { elsewhere: wanted }: MigrationScope,
  known: readonly string[],
  { trees, refuseApp }: { readonly trees: Gen2SearchReads; readonly refuseApp: RefuseApp },
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

/** The stacks of both generations, each root with the stacks nested in it. If Gen 1's tree is empty, its root stack as the signs show it. */
async function readBothGenerations(
  trees: StackTrees,
  gen1Root: string | undefined,
  gen2Roots: readonly string[],
  signs: Signs,
): Promise<Pick<MigrationFacts, 'gen1' | 'gen2'>> {
  const [gen1Tree, gen2] = await Promise.all([
    readTrees(trees, gen1Root === undefined ? [] : [gen1Root], 'Gen 1'),
    readTrees(trees, gen2Roots, 'Gen 2'),
  ]);
  const [root, ...nested] = gen1Tree.length > 0 ? gen1Tree : rootFacts(gen1Root, signs);
  const { policy } = signs;
  return { gen1: root ? [{ ...root, ...(policy !== undefined && { policy }) }, ...nested] : [], gen2 };
}

/** The target of one call, and the reads that the call keeps. */
interface CallReads extends Pick<AppReads, 'target' | 'shared'> {
  readonly kept: KeptReads;
  readonly refuseApp: RefuseApp;
}

/** Reads the facts of one call: the signs first, since they name the root stacks of both generations. */
async function readFacts(
  { appId, backendEnvironmentName: environment }: EnvironmentRef,
  scope: MigrationScope,
  { target, shared, kept, refuseApp }: CallReads,
): Promise<MigrationFacts> {
  const { whole, branch, isStrict, signal } = scope;
  const unread: string[] = [];
  const tryRead = isStrict ? failOnTemporary(createTryRead(unread)) : createTryRead(unread);
  const reads: AppReads = { target, shared, tryRead, appId, signal };
  const gen1Root =
    scope.rootStack === undefined ? await findRootStack(reads, environment) : (scope.rootStack ?? undefined);
  const signs = await readSigns(reads, gen1Root);
  const branchRoots = gen2Branches(signs)
    .filter(({ name }) => branch === undefined || name === branch)
    .map(({ stackArn }) => stackArn);
  const trees = {
    ...{ stacks: target.stacks, shared, tryRead, listed: kept.stacks, signal },
    note: (sentence: string) => void unread.push(sentence),
  };
  const elsewhere = await readElsewhere(reads, environment, scope, branchRoots, { trees, refuseApp });
  const elsewhereRoots = elsewhere.map(({ stackArn }) => stackArn);
  const { holding, others } =
    whole || hasSign(signs)
      ? await readOtherRoots(reads, [...branchRoots, ...elsewhereRoots])
      : { holding: [], others: [] };
  const gen2Roots = [
    ...new Set([...branchRoots, ...(branch === undefined ? others : []), ...elsewhereRoots]),
  ];
  const stacks = whole
    ? await readBothGenerations(trees, gen1Root, gen2Roots, signs)
    : { gen1: rootFacts(gen1Root, signs), gen2: [] };
  // The policy is a fact of the root stack in `gen1`.
  const { policy: _, ...otherSigns } = signs;
  return {
    ...{ appId, environment, ...otherSigns, holding },
    ...(scope.elsewhere && { elsewhere }),
    ...stacks,
    unread: unread.sort(),
  };
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
