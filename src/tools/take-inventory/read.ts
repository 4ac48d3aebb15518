/**
 * Reads the apps of the accounts for an inventory. One limit bounds the calls under way, whatever the number of accounts.
 * A read that fails is noted as a gap, and the others continue.
 */
import type { VisibleApp } from '../../call/apps.ts';
import { readEnvironmentAt } from '../../call/read-environment.ts';
import { type ServerError, toServerError } from '../../errors.ts';
import { isAppId } from '../../lib/app-id.ts';
import { createLimit, type Limit } from '../../lib/limit.ts';
import type { ToolContext } from '../define.ts';
import { movedIn, type RunRead, readGen2Ids, readRetention } from '../shared/moved-to-gen2.ts';
import { type Read, readKnownApp, readOn } from '../shared/read.ts';
import type { Gap, Gaps } from './gaps.ts';
import type { Account } from './output.ts';
import type { AppFacts, EnvironmentFacts } from './rows.ts';

/** AWS calls under way at a time. */
const CALLS_AT_ONCE = 4;

/** Gen 2 backends of one app whose outputs are read. */
const MOST_BACKENDS = 10;

/** What all reads of an inventory share. */
export interface InventoryContext {
  readonly context: ToolContext;
  readonly limit: Limit;
  readonly gaps: Gaps;
}

export const createInventoryContext = (context: ToolContext, gaps: Gaps): InventoryContext => ({
  ...{ context, gaps },
  limit: createLimit(CALLS_AT_ONCE),
});

/** An account, and those of its apps that the call asks for. */
export interface AccountApps {
  readonly account: Account;
  readonly apps: readonly WantedApp[];
  /** How many further apps the configuration excludes. */
  readonly hidden: number;
  /** Why nothing of the account can be read. */
  readonly failure?: ServerError;
}

export interface WantedApp extends Omit<AppFacts, 'environments' | 'branches'> {
  /** Whether Amplify lists it. AmplifyBackend may have an app without hosting that Amplify does not list. */
  readonly isListed: boolean;
}

/** Runs a read, and notes a gap where it fails. @returns undefined then @throws ServerError cancelled */
async function readOrNote<Value>(
  gaps: Gaps,
  gap: Gap,
  run: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await run();
  } catch (thrown) {
    const failure = toServerError(thrown);
    if (failure.code === 'cancelled') throw failure;
    gaps.add(gap, failure);
    return undefined;
  }
}

const isWanted = ({ appId, name }: VisibleApp, wanted: readonly string[] | undefined) =>
  !wanted || wanted.includes(appId) || wanted.includes(name);

/** The apps that Amplify lists, or the failure: apps whose ids are given can still be read without the list. */
async function listAppsOn({ context, limit }: InventoryContext, target: string | undefined) {
  try {
    const listed = await limit(() => context.listApps(target, context.signal));
    return { ...listed, failure: undefined };
  } catch (thrown) {
    const failure = toServerError(thrown);
    if (failure.code === 'cancelled') throw failure;
    return { apps: [], hidden: 0, failure };
  }
}

/** Reads the facts of a whole account and its list of apps. @param wanted ids and names of apps; undefined for all */
export async function readAccount(
  shared: InventoryContext,
  target: string | undefined,
  wanted: readonly string[] | undefined,
): Promise<AccountApps> {
  const { context, limit, gaps } = shared;
  const { signal } = context;
  const [listed, described, stacks] = await Promise.all([
    listAppsOn(shared, target),
    readOrNote(gaps, { what: 'the account', target, iamAction: 'sts:GetCallerIdentity' }, () =>
      limit(() => context.describeTarget(target)),
    ),
    readOrNote(gaps, { what: 'when stacks changed', target, iamAction: 'cloudformation:ListStacks' }, () =>
      limit(() => context.stacks.ofTarget(target, signal)),
    ),
  ]);
  const known = new Set(listed.apps.map(({ appId }) => appId));
  const allowed = context.allowedApps(target);
  const ids = (wanted ?? allowed ?? []).filter(isAppId);
  const unlisted = ids.filter(appId => !known.has(appId) && allowed?.includes(appId) !== false);
  if (listed.failure && unlisted.length > 0)
    gaps.add({ what: 'the list of apps', target, iamAction: 'amplify:ListApps' }, listed.failure);
  const holding = stacks && [...new Set(stacks.values())].filter(({ name }) => name.endsWith('-holding'));
  const common = { target, stacks, holding };
  const apps: WantedApp[] = [
    ...listed.apps
      .filter(app => isWanted(app, wanted))
      .map(({ appId, name, hasRepository = false, migratingEnvironment: migrating }) => ({
        ...common,
        ...{ appId, name, hasRepository, migrating, isListed: true },
      })),
    ...unlisted.map(appId => ({
      ...common,
      ...{ appId, name: undefined, hasRepository: undefined, migrating: undefined, isListed: false },
    })),
  ];
  const { account, region } = described ?? {};
  return {
    account: {
      ...(target !== undefined && { target }),
      ...(account !== undefined && { account, region }),
      ...(!listed.failure && { apps: listed.apps.length }),
    },
    apps,
    hidden: wanted ? 0 : listed.hidden,
    ...(listed.failure && unlisted.length === 0 && { failure: listed.failure }),
  };
}

/** Reads an environment with the policy of its root stack. */
async function readEnvironmentFacts(
  { context, limit, gaps }: InventoryContext,
  read: Read,
  { target, appId, name }: WantedApp,
  environment: string,
): Promise<EnvironmentFacts> {
  const gap = { target, appId, name, environment };
  const ref = { appId, backendEnvironmentName: environment };
  const found = await readOrNote(
    gaps,
    { ...gap, what: 'environments', iamAction: 'amplifybackend:GetBackend' },
    () => readEnvironmentAt(read, ref, 'apis'),
  );
  if (!found) return unreadable(appId, environment);
  if (found.state === 'unreadable') return { environment: found, policy: undefined };
  const stack = found.stack.id ?? found.stack.name;
  if (stack === undefined) return { environment: found, policy: null };
  const policy = await readOrNote(
    gaps,
    { ...gap, what: 'stack policies', iamAction: 'cloudformation:GetStackPolicy' },
    () => limit(() => context.stacks.policy({ ...ref, target }, stack, context.signal)),
  );
  return { environment: found, policy };
}

const unreadable = (appId: string, environment: string): EnvironmentFacts => ({
  environment: {
    ...{ state: 'unreadable', appId, environment, flags: { state: 'absent' } },
    ...{ why: 'could not be read', start: '' },
  },
  policy: undefined,
});

interface BackendFacts {
  readonly name: string | undefined;
  readonly environments: readonly EnvironmentFacts[];
}

/** Reads the environments' names from Amplify's own records, for an app that AmplifyBackend does not answer for. */
async function readRecords(
  { context, limit }: InventoryContext,
  { target, appId, name }: WantedApp,
): Promise<BackendFacts | undefined> {
  const records = await limit(() => context.stacks.records({ appId, target }, context.signal)).catch(
    thrown => {
      const failure = toServerError(thrown);
      if (failure.code === 'cancelled') throw failure;
      return undefined;
    },
  );
  return records && { name, environments: records.map(record => unreadable(appId, record.name)) };
}

/** Reads the environments of an app; undefined where that is impossible. */
async function readEnvironments(
  shared: InventoryContext,
  read: Read,
  app: WantedApp,
): Promise<BackendFacts | undefined> {
  const { target, appId, name } = app;
  const gap = { what: 'environments', target, appId, name, iamAction: 'amplifybackend:GetBackend' };
  const known = await readOrNote(shared.gaps, gap, async () => ({ facts: await readKnownApp(read, appId) }));
  if (!known) return readRecords(shared, app);
  const names = known.facts?.environments ?? [];
  return {
    name: known.facts?.appName,
    environments: await Promise.all(
      names.map(environment => readEnvironmentFacts(shared, read, app, environment)),
    ),
  };
}

/** Reads what has moved into the Gen 2 backends of an app; for an environment of which something has moved, also whether Gen 1 retains the rest. */
async function readMoved(
  { context, limit, gaps }: InventoryContext,
  { target, appId, name }: WantedApp,
  found: Pick<AppFacts, 'environments' | 'branches'>,
): Promise<Pick<AppFacts, 'environments' | 'gen2Ids'>> {
  const { environments, branches = [] } = found;
  const gen2 = branches.filter(({ backendStackArn }) => backendStackArn).slice(0, MOST_BACKENDS);
  if (gen2.length === 0 || !environments) return { environments };
  const contents = context.stacks.contents({ appId, target });
  const run: RunRead = (iamAction, read) =>
    readOrNote(gaps, { what: 'what Gen 2 has', target, appId, name, iamAction }, () => limit(read));
  const read = gen2.map(
    async branch => [branch.name, await readGen2Ids(contents, branch.backendStackArn ?? '', run)] as const,
  );
  const gen2Ids = new Map(await Promise.all(read));
  const ids = new Set([...gen2Ids.values()].flatMap(each => [...each]));
  const withRetention = environments.map(async (facts): Promise<EnvironmentFacts> => {
    const { environment } = facts;
    if (environment.state === 'unreadable' || movedIn(environment.resources, ids).length === 0) return facts;
    const root = environment.stack.id ?? environment.stack.name;
    return {
      ...facts,
      isRetained: root !== undefined && (await readRetention(contents, root, run)),
    };
  });
  return { environments: await Promise.all(withRetention), gen2Ids };
}

/** Reads an app; undefined for one that does not exist in this account. @throws ServerError cancelled */
export async function readAppFacts(shared: InventoryContext, app: WantedApp): Promise<AppFacts | undefined> {
  const { context, limit, gaps } = shared;
  const { target, appId, name, isListed } = app;
  const plain = readOn(context, target);
  const read: Read = (toolName, args) => limit(() => plain(toolName, args));
  const gap = { what: 'branches', target, appId, name, iamAction: 'amplify:ListBranches' };
  const [ofBackend, branches] = await Promise.all([
    readEnvironments(shared, read, app),
    isListed
      ? readOrNote(gaps, gap, () => limit(() => context.stacks.branchesOf({ appId, target }, context.signal)))
      : undefined,
  ]);
  if (!isListed && ofBackend?.environments.length === 0) return undefined;
  const moved = await readMoved(shared, app, { environments: ofBackend?.environments, branches });
  return { ...app, name: name ?? ofBackend?.name, ...moved, branches };
}
