/**
 * Authorizes a checked call before it is sent: the policy decides, and a person confirms what the policy wants
 * confirmed. A dry run shows the plan that would be confirmed. Only reads are sent to AWS here.
 */
import { ServerError } from '../../errors.ts';
import type { GuardFinding } from '../../migration/index.ts';
import { type Decision, needsDestroyedFacts, type PolicySettings, refusalText } from '../../policy/decide.ts';
import type { Read } from '../read-environment.ts';
import { createReader } from '../reads.ts';
import { type ConfirmedCall, createConfirmations, type GivenConfirmation } from './confirmation.ts';
import type { OpenConfirmations } from './confirmation-store.ts';
import { createDecideWith, type DecideWith } from './decide-with.ts';
import { checkDryRun, type ResolveSecrets } from './dry-run-checks.ts';
import { reasonOf, refuseStrayAnswer } from './given-answer.ts';
import { type Inventory, readInventory } from './inventory.ts';
import { type JointCalls, JointConfirmations, mergedCall } from './joint-confirmation.ts';
import { readLosses } from './losses.ts';
import {
  findMigration,
  type GuardMigration,
  inMigrationError,
  migrationNotes,
  migrationProblems,
  migrationRemarks,
} from './migration-guard.ts';
import type { PageApprovals } from './page-approval.ts';
import type { PendingCall } from './pending-call.ts';
import { describeTarget, type Plan, planRequest, policyText } from './plan.ts';
import { boundedPlan } from './plan-bounds.ts';
import { type PlanRead, readForDryRun, readOrFail } from './plan-read.ts';
import { ifReadable, otherLosses, requestRemarks } from './plan-remarks.ts';
import { createStateReader, type StateReader } from './prior-state.ts';
import { readRequestedChanges } from './requested-changes.ts';

/** The confirmation that a call carries. */
export interface ConfirmationInput extends GivenConfirmation {
  /** The calls, this one among them, that a person confirms with one answer. */
  readonly together?: JointCalls<PendingCall> | undefined;
}

/** What plans say of secrets. */
interface SecretHandling {
  /** Finds out whether the server knows the secrets that a dry run refers to. */
  readonly resolveSecrets?: ResolveSecrets | undefined;
  /** Whether answers show secrets. */
  readonly showsSecrets?: boolean;
}

/** A call that may go on. */
export interface Authorization {
  /** Why it is allowed, for the audit. */
  readonly reason: string;
  /** What the caller should know of it, a sentence each. */
  readonly notes: readonly string[];
}

/** Authorizes the calls of a process. */
export interface Authorizer {
  /** What the call would do. */
  plan(call: PendingCall): Promise<Plan>;
  /**
   * Lets the call go on.
   * @param prepare runs between the policy's decision and the question to a person
   * @throws policy_denied, in_migration, what `prepare` throws, ConfirmationRequired, or why the confirmation does not hold
   */
  authorize(
    call: PendingCall,
    confirmation: ConfirmationInput,
    prepare?: () => Promise<void>,
  ): Promise<Authorization>;
  /** Answers on the plan's page. */
  readonly approvals: PageApprovals;
}

/** An app as AmplifyBackend describes it. */
interface KnownApp {
  readonly name?: string;
  readonly environments: readonly string[];
}

/** The policy's decision on a call, with what was read for it. */
interface DecidedCall {
  readonly decision: Decision;
  readonly state: StateReader;
  /** Set where the operation concerns every environment of the app. */
  readonly app?: KnownApp;
  /** What an update or an import would destroy. */
  readonly losses?: Inventory | undefined;
  /** What was found of a migration to Gen 2. */
  readonly migration?: GuardFinding | undefined;
}

const environmentOf = ({ args }: PendingCall) => args.targetEnvironmentName ?? args.backendEnvironmentName;

/** The policy of a call. A call from a page can always ask the person who looks at it. */
const policyOf = ({ isFromPage = false }: PendingCall, policy: PolicySettings): PolicySettings =>
  isFromPage && policy.confirm === 'never' ? { ...policy, confirm: 'destructive' } : policy;

/** What a person types: the environment that changes, or the app where the call names no environment. */
const phraseOf = (call: PendingCall): string => String(environmentOf(call) ?? call.args.appId);

/** @throws ServerError */
async function readApp(read: Read, appId: unknown): Promise<KnownApp> {
  const { appName, backendEnvironmentList } = await read('get_backend', { appId });
  return {
    ...(typeof appName === 'string' && appName !== '' && { name: appName }),
    environments: (backendEnvironmentList as string[] | undefined) ?? [],
  };
}

/** Asks the policy, and reads what its decision depends on. */
async function decideCall(
  { operation, args, target, signal }: PendingCall,
  policy: PolicySettings,
  decideWith: DecideWith,
  planRead: PlanRead,
): Promise<DecidedCall> {
  const decision = decideWith({ environments: [] });
  const state = createStateReader(createReader(target, signal), operation, args);
  if (decision.kind === 'deny' || operation.access === 'read') return { decision, state };
  if (!operation.everyEnvironment) {
    // A deletion needs a confirmation whatever it destroys. The plan reads what it destroys, before a person is asked.
    const losses = needsDestroyedFacts(policy)
      ? await planRead('what it destroys', () => readLosses(state, operation, args))
      : undefined;
    return losses ? { decision: decideWith({ destroys: true }), state, losses } : { decision, state };
  }
  // The names of the environments matter only where some are protected, or where a person is shown what is deleted.
  const needsEnvironments =
    decision.kind === 'confirm' || policy.protected.length + policy.readOnlyEnvironments.length > 0;
  if (!needsEnvironments) return { decision, state };
  const app = await planRead('which environments it deletes', () => readApp(state.read, args.appId));
  return { decision: decideWith({ environments: app?.environments }), state, ...(app && { app }) };
}

/** The whole plan; `plan-bounds.ts` shortens it for display. */
async function planCall(
  call: PendingCall,
  { decision, state, app, losses, migration }: DecidedCall,
  { planRead, showsSecrets }: { readonly planRead: PlanRead; readonly showsSecrets: boolean },
): Promise<Plan> {
  const { operation, args, target } = call;
  const request = planRequest(operation, args);
  // Apps that the policy excludes are not read.
  if (decision.kind === 'deny')
    return { ...(await describeTarget(target)), request, policy: policyText(decision) };
  const { read } = state;
  const asks = decision.kind === 'confirm';
  const inventory =
    asks && !losses
      ? await planRead('what it deletes', () => readInventory(read, operation, args, app?.environments))
      : undefined;
  const goes = losses ?? inventory?.goes;
  const alsoGoes = asks ? await otherLosses(call) : [];
  const reading = readRequestedChanges(state, operation, args, request.body);
  const isStrict = planRead === readOrFail;
  const { changes = [], remark } = (isStrict ? await reading : await ifReadable(reading)) ?? {};
  const name = (app ?? (await ifReadable(readApp(read, args.appId))))?.name;
  const environment = environmentOf(call);
  const remarks = [
    ...migrationRemarks(operation, migration, asks),
    ...(inventory?.remarks ?? []),
    ...requestRemarks(call, showsSecrets),
    ...(remark === undefined ? [] : [remark]),
  ];
  return {
    ...(await describeTarget(target)),
    app: { id: String(args.appId), ...(name !== undefined && { name }) },
    ...(typeof environment === 'string' && { environment }),
    request,
    ...(changes.length > 0 && { changes }),
    policy: policyText(decision),
    ...(inventory && { stays: inventory.stays }),
    ...(remarks.length > 0 && { remarks }),
    ...(asks && {
      confirmation: {
        type: phraseOf(call),
        ...(goes && { goes }),
        ...(inventory && inventory.notItemized.length > 0 && { notItemized: inventory.notItemized }),
        ...(alsoGoes.length > 0 && { alsoGoes }),
      },
    }),
  };
}

/** What an authorizer is created from. */
export interface AuthorizerOptions {
  readonly policy: PolicySettings;
  /** The apps that a target is limited to. */
  readonly targetApps: (target: string | undefined) => readonly string[] | undefined;
  /** Opens the confirmations that processes share. */
  readonly openConfirmations?: OpenConfirmations | undefined;
  readonly secrets?: SecretHandling;
  readonly guardMigration?: GuardMigration | undefined;
}

/** Creates the authorizer of a process. */
export function createAuthorizer({
  policy: settings,
  targetApps,
  openConfirmations,
  secrets: { resolveSecrets, showsSecrets = false } = {},
  guardMigration,
}: AuthorizerOptions): Authorizer {
  const confirmations = createConfirmations(openConfirmations, undefined, settings.confirmBy);
  const jointConfirmations = new JointConfirmations();

  async function decideOn(call: PendingCall, planRead = readOrFail): Promise<DecidedCall> {
    const policy = policyOf(call, settings);
    const decideWith = createDecideWith(call, policy, targetApps(call.target.name));
    const decided = await decideCall(call, policy, decideWith, planRead);
    const migration = await findMigration(call, decided, planRead, guardMigration);
    const mustConfirmPush = migration?.mustAsk === true && decided.decision.kind === 'allow';
    return { ...decided, ...(mustConfirmPush && { decision: decideWith({ reachesGen2: true }) }), migration };
  }
  /** The call that a person must confirm, if any, and what the caller should know. @throws policy_denied, in_migration */
  async function whatToConfirm(
    call: PendingCall,
    prepare?: () => Promise<void>,
  ): Promise<{ readonly confirmed?: ConfirmedCall; readonly notes: readonly string[] }> {
    const { operation, args, caller, workflow } = call;
    const decided = await decideOn(call);
    const { decision, migration } = decided;
    if (decision.kind === 'deny')
      throw new ServerError('policy_denied', { message: refusalText(operation.toolName, decision) });
    if (migration?.refusal) throw inMigrationError(migration.refusal);
    await prepare?.();
    const notes = migrationNotes(operation, migration);
    if (decision.kind === 'allow') return { notes };
    // The plan is read again when the answer comes: what would be deleted then must be what the person confirmed.
    const tool = workflow ?? operation.toolName;
    const plan = await planCall(call, decided, { planRead: readOrFail, showsSecrets });
    return { confirmed: { tool, args, caller, plan }, notes };
  }

  return {
    approvals: confirmations.approvals,
    async plan(call) {
      const unread: string[] = [];
      const planRead = readForDryRun(unread);
      const decided = await decideOn(call, planRead);
      // A caller whom the policy refuses must not learn what exists.
      const isRefused = decided.decision.kind === 'deny';
      const [plan, findings] = await Promise.all([
        planCall(call, decided, { planRead, showsSecrets }),
        isRefused ? undefined : checkDryRun(call, decided.state.read, resolveSecrets),
      ]);
      const { notChecked = [] } = findings ?? {};
      const { unseen } = decided.migration ?? {};
      const problems = [...migrationProblems(decided.migration), ...(findings?.problems ?? [])];
      const allUnread = [...unread, ...notChecked, ...(unseen === undefined ? [] : [unseen])];
      return boundedPlan({
        ...plan,
        ...(problems.length > 0 && { problems }),
        ...(allUnread.length > 0 && { notChecked: allUnread }),
      });
    },
    async authorize(call, { together, ...given }, prepare) {
      const { confirmed: toConfirm, notes } = await whatToConfirm(call, prepare);
      if (!toConfirm) {
        if (call.operation.access !== 'read') refuseStrayAnswer(given.answer);
        return { reason: 'allowed', notes };
      }
      const confirm = (all: ConfirmedCall) => confirmations.check(all, given);
      if (!together) await confirm(toConfirm);
      else
        await jointConfirmations.check(toConfirm, together.key, async () => {
          // The policy decides about all before a person is asked. All are of one operation, so all need the person.
          const all: ConfirmedCall[] = [];
          for (const one of together.calls) all.push((await whatToConfirm(one)).confirmed ?? toConfirm);
          await confirm(mergedCall(all));
          return all;
        });
      return { reason: reasonOf(given), notes };
    },
  };
}
