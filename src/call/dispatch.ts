/**
 * The one path that a call to AWS takes: validate, authorize (policy, confirmation), audit, send, shape the answer. No
 * other code sends a write. Answers are in the REST API's spelling, with secrets withheld.
 */

import type { Targets } from '../aws/targets.ts';
import { outputsIn } from '../environment/index.ts';
import { MAX_PAGES, type Operation } from '../operations/define.ts';
import type { PolicySettings } from '../policy/decide.ts';
import { shapeAnswer } from './answer.ts';
import { type Audit, type Finish, failedResult } from './audit/index.ts';
import type { Person } from './audit/line.ts';
import { type Authorizer, type ConfirmationInput, createAuthorizer } from './authorize/authorize.ts';
import type { OpenConfirmations } from './authorize/confirmation-store.ts';
import { mergedPlan } from './authorize/joint-confirmation.ts';
import { createMigrationGuard } from './authorize/migration-guard.ts';
import type { PendingCall } from './authorize/pending-call.ts';
import { describeTarget, dryRunNotes, planRequest } from './authorize/plan.ts';
import type { CallContext, CallOperation, Outcome } from './call-operation.ts';
import { explainFailure } from './explain-failure.ts';
import { withFoundJob } from './found-job.ts';
import type { JobService } from './job-service.ts';
import type { ReadMigrationFacts } from './migration-reads.ts';
import { createJobSource, createReader, findStartedJob, observedJobs } from './reads.ts';
import type { AwsAnswer } from './reconcile.ts';
import { type Recorder, runRecorded } from './record.ts';
import { createSendOperation, readPages } from './send.ts';
import { withStoredValues } from './stored-values.ts';
import { type ValidatedCall, validateCall } from './validate-call.ts';
import { createWriteLedger, type WriteLedger } from './write-ledger.ts';

type Args = Record<string, unknown>;

/** What the dispatch needs from the process. */
export interface DispatchOptions {
  readonly targets: Targets;
  readonly policy: PolicySettings;
  /** The apps that a target is limited to, in addition to the policy's limits. */
  readonly targetApps?: (target: string | undefined) => readonly string[] | undefined;
  /** Replaces references by the secrets that they name, as far as these may be used with the target. */
  readonly resolveSecrets?: (
    operation: Operation,
    args: Readonly<Args>,
    target: string | undefined,
  ) => Promise<{ args: Args; notes: readonly string[] }>;
  /** Where writes are recorded, and in whose name. */
  readonly audit?: (Pick<Audit, 'begin'> & { readonly person: Person }) | undefined;
  /** Whether answers show secret members. */
  readonly revealSecrets: boolean;
  readonly recorder: Recorder;
  /** All writes of this process. Without it, a new ledger holds only the writes of these calls. */
  readonly ledger?: WriteLedger | undefined;
  /** Opens the confirmations that processes share. Called by the first question. */
  readonly openConfirmations?: OpenConfirmations | undefined;
}

/** Arguments with secrets and stored values in the place of what stands for them, and notes about that. */
interface ResolvedArguments {
  readonly args: Readonly<Args>;
  readonly notes: readonly string[];
}

/** Replaces references to secrets, and marks of withheld values, in the arguments of a write. @throws ServerError */
async function resolveArguments(
  call: ValidatedCall,
  resolveSecrets: DispatchOptions['resolveSecrets'],
): Promise<ResolvedArguments> {
  const { operation, args, target } = call;
  if (operation.access === 'read') return { args, notes: [] };
  const resolved = (await resolveSecrets?.(operation, args, target.name)) ?? { args, notes: [] };
  if (!call.keepsStored) return resolved;
  return { ...resolved, args: await withStoredValues({ ...call, args: resolved.args }) };
}

/** Writes the first audit line of a write. @returns what writes the second line; undefined for a call without one */
async function beginAudit(
  audit: DispatchOptions['audit'],
  { operation, args, target, caller }: PendingCall,
  { client, serverRequestId }: CallContext,
  decision: string,
): Promise<Finish | undefined> {
  if (!audit || operation.access === 'read') return undefined;
  return audit.begin({
    who: audit.person.who,
    caller: { key: caller, client, ...audit.person.claims },
    ...{ tool: operation.toolName, ...(await describeTarget(target)), serverRequestId },
    request: planRequest(operation, args),
    decision,
  });
}

/** Sends a call: an operation that lists is read page by page. @throws ServerError */
function sendCall(
  { operation, target, signal, all }: ValidatedCall,
  args: Readonly<Args>,
  ledger: WriteLedger,
): Promise<AwsAnswer> {
  const sendOperation = createSendOperation(target.send, { ledger, readOutputs: outputsIn });
  return operation.pages
    ? readPages(sendOperation, operation, operation.pages, args, all ? MAX_PAGES : 1, signal)
    : sendOperation(operation, args, signal);
}

/** The failure of a call with what its caller needs for the next call, and with the job that the call may have started. */
async function failureOf(thrown: unknown, call: ValidatedCall, jobs: JobService) {
  const { operation, args, target, signal } = call;
  const failure = await explainFailure(thrown, operation, args, createReader(target, signal));
  return withFoundJob(failure, call, jobs);
}

/** Shapes the answer to a call, and lets the job service watch the jobs in it. */
async function outcomeOf(
  { operation, args, target, caller, signal }: ValidatedCall,
  { answer: raw, aheadMs }: AwsAnswer,
  revealSecrets: boolean,
  jobs: JobService,
): Promise<Pick<Outcome, 'answer' | 'job'> & { shapeNotes: readonly string[]; jobNotes: readonly string[] }> {
  const { answer, notes: shapeNotes } = await shapeAnswer(operation, raw, revealSecrets);
  const { job, notes: jobNotes } = await findStartedJob(
    operation,
    args,
    answer,
    createJobSource(target, signal),
  );
  for (const observed of observedJobs(operation, answer, job, target.awsNow()))
    await jobs.observe({ job: observed, aheadMs, target, caller, isLive: !operation.startsJob });
  return { answer, ...(job && { job }), shapeNotes, jobNotes };
}

/** Creates the function that takes every call through its steps. */
export function createDispatch(
  options: DispatchOptions,
  jobs: JobService,
  readMigrationFacts: ReadMigrationFacts,
): { callOperation: CallOperation } & Pick<Authorizer, 'approvals'> {
  const { targets, policy, audit, resolveSecrets, revealSecrets, recorder } = options;
  const { ledger = createWriteLedger(), targetApps, openConfirmations } = options;
  const authorizer = createAuthorizer({
    ...{ policy, openConfirmations },
    targetApps: targetApps ?? (() => undefined),
    secrets: { resolveSecrets, showsSecrets: revealSecrets },
    guardMigration: createMigrationGuard(readMigrationFacts, policy),
  });

  /** Answers a dry run with the plan of all calls that a person confirms together. */
  async function planCalls(calls: readonly ValidatedCall[]): Promise<Outcome> {
    const plan = mergedPlan(await Promise.all(calls.map(one => authorizer.plan(one))));
    return { answer: { plan }, notes: dryRunNotes(plan) };
  }

  /** Authorizes a call, and resolves its arguments meanwhile. @throws as `authorize` of the authorizer */
  async function authorize(call: ValidatedCall, given: ConfirmationInput) {
    let resolved: ResolvedArguments = { args: call.args, notes: [] };
    // Between policy and confirmation: a caller whom the policy refuses must not learn which secrets exist, and a
    // person must not confirm a call that fails for an unknown secret.
    const prepare = async () => {
      resolved = await resolveArguments(call, resolveSecrets);
    };
    const { reason, notes } = await authorizer.authorize(call, given, prepare);
    return { reason, warnings: notes, resolved };
  }

  /** Takes an authorized call through the audit to AWS, and records its result. @throws ServerError */
  async function sendAudited(
    call: ValidatedCall,
    args: Readonly<Args>,
    context: CallContext,
    reason: string,
  ): Promise<AwsAnswer> {
    const finishAudit = await beginAudit(audit, call, context, reason);
    const answered = await sendCall(call, args, ledger).catch(async thrown => {
      await finishAudit?.(failedResult(thrown));
      throw await failureOf(thrown, call, jobs);
    });
    const { requestId } = answered;
    const { jobId } = answered.answer;
    await finishAudit?.({ outcome: 'ok', requestId, ...(jobId ? { jobId: String(jobId) } : {}) });
    return answered;
  }

  const callOperation: CallOperation = (toolName, rawArgs, context = {}) =>
    runRecorded(recorder, toolName, context, async () => {
      const call = validateCall(targets, toolName, rawArgs, context);
      const together = context.together && {
        key: context.together,
        calls: context.together.map(one => validateCall(targets, toolName, one, context)),
      };
      if (call.isDryRun) return { outcome: await planCalls(together?.calls ?? [call]) };

      const { answer: personAnswer, showsPages } = context;
      const given = { answer: personAnswer, showsPages, token: call.confirmationToken, together };
      const { reason, warnings, resolved } = await authorize(call, given);
      const answered = await sendAudited(call, resolved.args, context, reason);
      const { shapeNotes, jobNotes, ...shaped } = await outcomeOf(call, answered, revealSecrets, jobs);
      const notes = [...warnings, ...shapeNotes, ...resolved.notes, ...(answered.notes ?? []), ...jobNotes];
      return { outcome: { ...shaped, notes }, requestId: answered.requestId };
    });
  return { callOperation, approvals: authorizer.approvals };
}
