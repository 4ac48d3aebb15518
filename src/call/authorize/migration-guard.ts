/**
 * Checks, before a write that deletes or deploys, whether a Gen 2 app depends on the environment. Looking for signs costs a
 * few reads. Only if there is a sign are the stacks of both generations read.
 */
import { ServerError, toServerError } from '../../errors.ts';
import {
  type Gen2Use,
  type GuardFinding,
  guardOf,
  type HoldingKind,
  type StackEffect,
  signsOf,
} from '../../migration/index.ts';
import type { Operation } from '../../operations/define.ts';
import { toolsetOf } from '../../operations/index.ts';
import type { Decision, PolicySettings } from '../../policy/decide.ts';
import { createKeptReads } from '../kept-reads.ts';
import type { MigrationScope, ReadMigrationFacts } from '../migration-reads.ts';
import { type Read, readEnvironmentAt } from '../read-environment.ts';
import type { Inventory } from './inventory.ts';
import { readLosses } from './losses.ts';
import { type PlanRead, readOrFail } from './plan-read.ts';
import type { PlannedWrite } from './plan-remarks.ts';
import type { StateReader } from './prior-state.ts';

/** What an operation does to an environment's stacks; undefined where it leaves them alone. */
export function stackEffectOf(operation: Operation): StackEffect | undefined {
  const { toolName, access } = operation;
  if (toolName === 'delete_backend' || toolName === 'remove_all_backends') return 'deletes';
  if (toolName === 'clone_backend') return 'creates';
  if (!['auth', 'api', 'storage'].includes(toolsetOf(operation))) return undefined;
  if (access === 'delete') return 'deletes';
  return access === 'create' || access === 'update' ? 'pushes' : undefined;
}

/**
 * Whether the meta of the environment is read for the guard: for a push, whose environment may be locked, and for a
 * deletion whose plan reads it anyway. Of all environments of an app it is read only where the app shows a sign.
 */
const readsMeta = ({ access, everyEnvironment }: Operation, { kind }: Decision): boolean =>
  !everyEnvironment && (access !== 'delete' || kind === 'confirm');

/** What the deletion of a resource deletes, by the toolset of the operation. */
const deletedKinds: Readonly<Record<string, readonly HoldingKind[]>> = {
  auth: ['user pool', 'identity pool'],
  api: ['table'],
  storage: ['bucket'],
};

/** Whether a write itself deletes a thing; undefined where it deletes all that an environment has. */
function deletesOf(operation: Operation, losses: Inventory | undefined) {
  if (losses) {
    const names = new Set(Object.values(losses).flatMap(all => all.flatMap(({ holds }) => holds)));
    return ({ name }: Gen2Use) => names.has(name);
  }
  const kinds = deletedKinds[toolsetOf(operation)];
  return kinds && (({ kind, ofModel }: Gen2Use) => kinds.includes(kind) && (kind !== 'table' || ofModel));
}

const SEARCH_SCOPE =
  'Gen 2 backends that use its tables, pools or buckets are looked for in this account and region only.';

/** What a plan says of a migration. If a person is asked, the plan also says what could not be checked. */
export const migrationRemarks = (
  operation: Operation,
  found: GuardFinding | undefined,
  asks: boolean,
): readonly string[] =>
  found
    ? [
        ...found.warnings,
        ...(asks && found.unseen !== undefined ? [found.unseen] : []),
        ...(asks && stackEffectOf(operation) === 'deletes' ? [SEARCH_SCOPE] : []),
      ]
    : [];

/**
 * What the answer of a call says of a migration. If no person was asked, no plan has shown what could not be checked, so the
 * answer says it.
 */
export const migrationNotes = (operation: Operation, found: GuardFinding | undefined): readonly string[] =>
  found
    ? [
        ...found.warnings,
        ...(stackEffectOf(operation) !== 'creates' && found.unseen !== undefined ? [found.unseen] : []),
      ]
    : [];

/** A write that the guard judges, and how to read for it. */
export interface GuardInput {
  readonly write: PlannedWrite;
  /** Reads AmplifyBackend; what it has read already is not read again. */
  readonly read: Read;
  /** The environments of the app, where the write concerns all of them. */
  readonly environments?: readonly string[] | undefined;
  /** What an update destroys; undefined where that is nothing. */
  readonly losses: () => Promise<Inventory | undefined>;
  /** Whether the environment's meta is read for the plan in any case. */
  readonly readsMeta: boolean;
  /** Whether a read that may succeed later fails the write. */
  readonly isStrict: boolean;
}

/** @throws ServerError where a read may succeed later */
export type GuardMigration = (guarded: GuardInput) => Promise<GuardFinding | undefined>;

/** The root stack in the environment's meta; null where it has none or cannot be read. @throws ServerError not_found */
async function rootStackOf(read: Read, appId: string, name: string): Promise<string | null> {
  const found = await readEnvironmentAt(read, { appId, backendEnvironmentName: name }, false);
  return found.state === 'unreadable' ? null : (found.stack.id ?? found.stack.name ?? null);
}

/** The environments of an app; none where AmplifyBackend does not know it. @throws ServerError */
async function environmentsOf(read: Read, appId: unknown): Promise<readonly string[]> {
  const found = await undefinedIfMissing(() => read('get_backend', { appId }));
  const names: unknown = found?.backendEnvironmentList;
  return Array.isArray(names) ? names.map(String) : [];
}

/** Reads; undefined for an environment that does not exist. AWS itself refuses the write then. */
async function undefinedIfMissing<Value>(run: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await run();
  } catch (thrown) {
    if (toServerError(thrown).code === 'not_found') return undefined;
    throw thrown;
  }
}

function mergeFindings(findings: readonly GuardFinding[]): GuardFinding {
  const refusals = findings.flatMap(({ refusal }) => refusal ?? []);
  const unseen = findings.flatMap(one => one.unseen ?? []);
  const [first] = refusals;
  return {
    hasSigns: findings.some(({ hasSigns }) => hasSigns),
    ...(findings.some(({ mustAsk }) => mustAsk) && { mustAsk: true as const }),
    ...(first && { refusal: { ...first, message: refusals.map(({ message }) => message).join(' ') } }),
    warnings: [...new Set(findings.flatMap(({ warnings }) => warnings))],
    ...(unseen.length > 0 && { unseen: [...new Set(unseen)].join(' ') }),
  };
}

/** Creates the guard of a process. */
export function createMigrationGuard(
  readFacts: ReadMigrationFacts,
  { allowMigrated = false, confirm }: Pick<PolicySettings, 'allowMigrated' | 'confirm'>,
): GuardMigration {
  const settings = { allowMigrated, canAsk: confirm !== 'never' };

  /** Judges the write for one of the environments that it concerns. */
  async function guardEnvironment(
    guarded: GuardInput,
    effect: StackEffect,
    environment: string,
    kept = createKeptReads(),
  ) {
    const { write, read, readsMeta, isStrict } = guarded;
    const { args, target, signal } = write;
    const appId = String(args.appId);
    const ref = { appId, backendEnvironmentName: environment, target: target.name };
    // A clone creates this environment, which has no stack yet.
    const isNew = environment === args.targetEnvironmentName;
    const findRoot = () => rootStackOf(read, appId, environment);
    // Null where it is not read yet, or where there is none.
    const knownRoot = readsMeta && !isNew ? await undefinedIfMissing(findRoot) : null;
    if (knownRoot === undefined) return undefined;
    const losses = effect === 'pushes' ? await guarded.losses() : undefined;
    const judged = {
      ...{ ...settings, effect, destroys: losses !== undefined },
      deletes: deletesOf(write.operation, losses),
    };
    const scope: MigrationScope = { whole: false, rootStack: knownRoot, isStrict, kept, signal };
    const seen = await readFacts(ref, { ...scope, ...(!isNew && { elsewhere: 'search' as const }) });
    const { elsewhere = [] } = seen;
    if (isNew || (signsOf(seen).signs.length === 0 && elsewhere.length === 0)) return guardOf(seen, judged);
    // AWS's tool sets the app's variable and the lock together, so a lock alone is looked for only with the meta.
    const root = readsMeta ? knownRoot : await undefinedIfMissing(findRoot);
    if (root === undefined) return undefined;
    const facts = await readFacts(ref, { ...scope, whole: true, rootStack: root, elsewhere });
    // The second read does not search again, so what the search could not read is still unknown.
    const unread = [...new Set([...facts.unread, ...seen.unread])];
    return guardOf({ ...facts, unread }, judged);
  }

  return async guarded => {
    const { operation, args } = guarded.write;
    const effect = stackEffectOf(operation);
    if (!effect) return undefined;
    if (!operation.everyEnvironment)
      return guardEnvironment(
        guarded,
        effect,
        String(args.targetEnvironmentName ?? args.backendEnvironmentName),
      );
    // Without a sign at the app and without Gen 2 backends of other apps, no environment needs a check of its own.
    const { target, signal } = guarded.write;
    const app = { appId: String(args.appId), backendEnvironmentName: '', target: target.name };
    const kept = createKeptReads();
    const scope = { whole: false, rootStack: null, isStrict: guarded.isStrict, kept, signal };
    const facts = await readFacts(app, { ...scope, elsewhere: 'search' });
    const seen = guardOf(facts, { ...settings, effect });
    if (!seen.hasSigns && !facts.elsewhere?.length) return seen;
    const names = guarded.environments ?? (await environmentsOf(guarded.read, args.appId));
    const findings: GuardFinding[] = [];
    for (const name of names) {
      const finding = await guardEnvironment(guarded, effect, name, kept);
      if (finding) findings.push(finding);
    }
    return findings.length > 0 ? mergeFindings(findings) : undefined;
  };
}

/** What was decided about a call, as far as the guard needs it. */
interface DecidedWrite {
  readonly decision: Decision;
  readonly state: StateReader;
  readonly app?: { readonly environments: readonly string[] };
  readonly losses?: Inventory | undefined;
}

/** Asks the guard about a write, unless the policy denies the write. @throws as `planRead` does */
export async function findMigration(
  write: PlannedWrite,
  { decision, state, app, losses }: DecidedWrite,
  planRead: PlanRead,
  guard: GuardMigration | undefined,
): Promise<GuardFinding | undefined> {
  if (!guard || decision.kind === 'deny') return undefined;
  const { operation, args } = write;
  return planRead('whether a Gen 2 app depends on it', async () =>
    guard({
      ...{ write, read: state.read, environments: app?.environments, isStrict: planRead === readOrFail },
      losses: async () => losses ?? (await readLosses(state, operation, args)),
      readsMeta: readsMeta(operation, decision),
    }),
  );
}

/** Why a dry run says that the write would be refused. */
export const migrationProblems = (found: GuardFinding | undefined): readonly string[] =>
  found?.refusal ? [found.refusal.message, found.refusal.hint] : [];

/** The error of a refused write. */
export const inMigrationError = (refusal: NonNullable<GuardFinding['refusal']>) =>
  new ServerError('in_migration', refusal);
