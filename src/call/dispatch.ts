/**
 * The one path that a call to AWS takes: validate, authorize (policy, confirmation), audit, send, shape the answer. No
 * other code sends a write. Answers are in the REST API's spelling, with secrets withheld.
 */

import type { Targets } from '../aws/targets.ts';
import { outputsIn } from '../environment/index.ts';
import type { Job } from '../jobs/job.ts';
import { MAX_PAGES, type Operation } from '../operations/define.ts';
import { validateArguments } from '../operations/validate.ts';
import type { PolicySettings, Via } from '../policy/decide.ts';
import { refuseWithheldValues } from '../secrets/redaction.ts';
import { shapeAnswer } from './answer.ts';
import {
  type AllowedApps,
  createFindApp,
  createListVisibleApps,
  type FindApp,
  type ListVisibleApps,
} from './apps.ts';
import { type Audit, type Finish, failedResult } from './audit/index.ts';
import type { Caller } from './audit/line.ts';
import { type Authorizer, createAuthorizer, type PendingCall } from './authorize/authorize.ts';
import type { PersonAnswer } from './authorize/confirmation.ts';
import type { OpenConfirmations } from './authorize/confirmation-store.ts';
import type { PlannedBefore } from './authorize/dry-run-checks.ts';
import { mergedPlan } from './authorize/joint-confirmation.ts';
import { createMigrationGuard } from './authorize/migration-guard.ts';
import { describeTarget, dryRunNotes, planRequest, type TargetDescription } from './authorize/plan.ts';
import { explainFailure } from './explain-failure.ts';
import { withFoundJob } from './found-job.ts';
import { JobService } from './job-service.ts';
import { createReadMigration, type ReadMigrationFacts } from './migration-reads.ts';
import { createJobSource, createReader, findStartedJob, observedJobs, operationOf } from './reads.ts';
import { type Origin, type Recorder, runRecorded } from './record.ts';
import { createAllowedApps, createRefuseApp } from './refuse-app.ts';
import { createSendOperation, readPages } from './send.ts';
import type { SharedState } from './shared-state.ts';
import { createStacks, type Stacks } from './stacks.ts';
import { type AreStored, createAreStored, withStoredValues } from './stored-values.ts';
import { createWriteLedger, type WriteLedger } from './write-ledger.ts';

/** The result of a call. */
export interface Outcome {
  /** AWS's answer under the REST API's member names, or the plan of a dry run. */
  readonly answer: Readonly<Record<string, unknown>>;
  /** The job that the call started or read. */
  readonly job?: Job;
  /** The answer as prose, for tools that describe it in sentences. */
  readonly text?: string;
  /** Whether the text says all that the answer does. A result then shows the text alone, without the JSON. */
  readonly isTextWhole?: boolean;
  /** Further facts for the reader: text that was not JSON, pages that were left out. */
  readonly notes: readonly string[];
}

/** The caller, and what a call carries besides its arguments. */
export interface CallContext extends Origin {
  readonly signal?: AbortSignal | undefined;
  /** Names the caller in the audit. Confirmations are bound to it. */
  readonly caller?: string | undefined;
  /** The name and version that the client program gives itself, for the audit. */
  readonly client?: string | undefined;
  /** How the call was made, unless by the tool's own name. */
  readonly via?: Via | undefined;
  /** The workflow that the call is a step of. */
  readonly workflow?: string | undefined;
  /** A person's answer to the question that an earlier round of this call asked. */
  readonly answer?: PersonAnswer | undefined;
  /** Whether the client can show the plan's page to a person, who answers there. */
  readonly showsPages?: boolean | undefined;
  /** Whether a person made the call on a page that shows each plan. Such a person confirms what destroys under any setting. */
  readonly asksOnPage?: boolean | undefined;
  /** Reports progress to a client that asked for it. Each `progress` is greater than the one before. */
  readonly onProgress?: ((step: Progress) => void) | undefined;
  /** What an earlier step of the workflow would create. A dry run does not check that it exists. */
  readonly plannedBefore?: readonly PlannedBefore[] | undefined;
  /**
   * The arguments of all calls that a person confirms with one answer, this call's included. Each of these calls carries
   * the same array.
   */
  readonly together?: readonly object[] | undefined;
  /** Whether steps that write are refused. */
  readonly readsOnly?: boolean | undefined;
  /** Whether a withheld value in the arguments stands for the value that AWS stores. Only workflows set it. */
  readonly keepsStored?: boolean | undefined;
  /** Called with each job that a workflow begins to wait for: from then on the call may take long. */
  readonly onJob?: ((job: Job) => void) | undefined;
}

/** The progress of a call. */
export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message: string;
}

type Args = Record<string, unknown>;

/** The person behind a caller, for the audit. */
export interface Person {
  readonly who: string;
  /** Claims of the person's token. */
  readonly claims?: Omit<Caller, 'key' | 'client'>;
}

/** What calls need from the process. */
export interface CallPathOptions {
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
  /** The names of the secrets that may be used with a target. */
  readonly secretNames?: ListSecretNames;
  /** Where writes are recorded, and in whose name. */
  readonly audit?: (Pick<Audit, 'begin'> & { readonly person: Person }) | undefined;
  /** Whether answers show secret members. */
  readonly revealSecrets: boolean;
  readonly recorder: Recorder;
  /** All writes of this process. Without it, a new ledger holds only the writes of these calls. */
  readonly ledger?: WriteLedger | undefined;
  /** State that replicas of this server share. */
  readonly shared?: SharedState | undefined;
  /** Opens the confirmations that processes share. Called by the first question. */
  readonly openConfirmations?: OpenConfirmations | undefined;
}

/** Calls one operation by its tool name. @throws ServerError, and nothing else */
export type CallOperation = (toolName: string, args: unknown, context?: CallContext) => Promise<Outcome>;

/** The account, region and identity of a target. @throws ServerError */
export type DescribeTarget = (target: string | undefined) => Promise<TargetDescription>;

/** The names of the secrets that arguments may refer to on a target, never their values. @throws ServerError */
export type ListSecretNames = (target: string | undefined) => Promise<readonly string[]>;

/** Epoch milliseconds on AWS's clock, by a target's last answer. */
export type AwsClock = (target: string | undefined) => number;

/** A call whose arguments were checked, with the options that the tool takes in addition to AWS's members. */
interface ValidatedCall extends PendingCall {
  readonly isDryRun: boolean;
  /** Whether a listing is read past its first page. */
  readonly all: boolean;
  readonly confirmationToken: string | undefined;
}

/** Validates a call. @throws ServerError invalid_arguments */
function validateCall(
  targets: Targets,
  toolName: string,
  rawArgs: unknown,
  context: CallContext,
): ValidatedCall {
  const { signal, caller = 'unknown', via, workflow, plannedBefore, keepsStored = false } = context;
  const operation = operationOf(toolName);
  const checked = validateArguments(operation, rawArgs, targets.names);
  const { target: targetName, dryRun, confirmationToken, all, ...rest } = checked;
  const args = Object.fromEntries(Object.entries(rest).filter(([name]) => !operation.shows.includes(name)));
  if (!keepsStored) refuseWithheldValues(args);
  return {
    ...{ operation, args, caller, signal, via, workflow, plannedBefore, keepsStored },
    asksOnPage: context.asksOnPage === true || context.answer?.method === 'page',
    target: targets.get(targetName as string | undefined),
    ...{ isDryRun: dryRun === true, all: all === true },
    confirmationToken: confirmationToken as string | undefined,
  };
}

/** Writes the first audit line of a write. @returns what writes the second line; undefined for a call without one */
async function beginAudit(
  audit: CallPathOptions['audit'],
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

/** Creates the function that takes every call through its steps. */
function createDispatch(
  options: CallPathOptions,
  jobs: JobService,
  readMigrationFacts: ReadMigrationFacts,
): { callOperation: CallOperation } & Pick<Authorizer, 'approvals'> {
  const { targets, policy, audit, resolveSecrets, revealSecrets, recorder } = options;
  const { ledger = createWriteLedger(), targetApps, openConfirmations } = options;
  const limits = targetApps ?? (() => undefined);
  const secrets = { resolveSecrets, showsSecrets: revealSecrets };
  const guard = createMigrationGuard(readMigrationFacts, policy);
  const authorizer = createAuthorizer(policy, limits, openConfirmations, secrets, guard);
  const dispatch: CallOperation = (toolName, rawArgs, context = {}) => {
    return runRecorded(recorder, toolName, context, async () => {
      const call = validateCall(targets, toolName, rawArgs, context);
      const { operation, args, target, caller, signal, confirmationToken: token } = call;
      const together = context.together && {
        key: context.together,
        calls: context.together.map(one => validateCall(targets, toolName, one, context)),
      };
      if (call.isDryRun) {
        const plan = mergedPlan(await Promise.all((together?.calls ?? [call]).map(authorizer.plan)));
        return { outcome: { answer: { plan }, notes: dryRunNotes(plan) }, requestId: undefined };
      }

      let resolved: { args: Readonly<Args>; notes: readonly string[] } = { args, notes: [] };
      // Between policy and confirmation: a caller whom the policy refuses must not learn which secrets exist, and a
      // person must not confirm a call that fails for an unknown secret.
      const prepare = async () => {
        if (operation.access === 'read') return;
        resolved = (await resolveSecrets?.(operation, args, target.name)) ?? resolved;
        if (call.keepsStored)
          resolved = { ...resolved, args: await withStoredValues({ ...call, args: resolved.args }) };
      };
      const { reason, notes: warnings } = await authorizer.authorize(
        call,
        { answer: context.answer, showsPages: context.showsPages, token, together },
        prepare,
      );

      const finishAudit = await beginAudit(audit, call, context, reason);
      const sendOperation = createSendOperation(target.send, { ledger, readOutputs: outputsIn });
      const maxPages = call.all ? MAX_PAGES : 1;
      const sending = operation.pages
        ? readPages(sendOperation, operation, operation.pages, resolved.args, maxPages, signal)
        : sendOperation(operation, resolved.args, signal);
      const answered = await sending.catch(async thrown => {
        await finishAudit?.(failedResult(thrown));
        const failure = await explainFailure(thrown, operation, args, createReader(target, signal));
        throw await withFoundJob(failure, call, jobs);
      });
      const { aheadMs, requestId } = answered;
      const { jobId } = answered.answer;
      await finishAudit?.({ outcome: 'ok', requestId, ...(jobId ? { jobId: String(jobId) } : {}) });

      const { answer, notes } = await shapeAnswer(operation, answered.answer, revealSecrets);
      const found = await findStartedJob(operation, args, answer, createJobSource(target, signal));
      for (const job of observedJobs(operation, answer, found.job, target.awsNow()))
        await jobs.observe({ job, aheadMs, target, caller, isLive: !operation.startsJob });
      const allNotes = [...warnings, ...notes, ...resolved.notes, ...(answered.notes ?? []), ...found.notes];
      return { outcome: { answer, notes: allNotes, ...(found.job && { job: found.job }) }, requestId };
    });
  };
  return { callOperation: dispatch, approvals: authorizer.approvals };
}

/** Creates the function that calls operations, and the other reads that tools need: jobs, apps, stacks, targets. */
export function createCallPath(options: CallPathOptions): {
  callOperation: CallOperation;
  approvals: Authorizer['approvals'];
  areStored: AreStored;
  jobs: JobService;
  listApps: ListVisibleApps;
  findApp: FindApp;
  allowedApps: AllowedApps;
  secretNames: ListSecretNames;
  stacks: Stacks;
  describeTarget: DescribeTarget;
  awsNow: AwsClock;
  readMigrationFacts: ReadMigrationFacts;
} {
  const { targets, policy, shared } = options;
  const { targetApps = () => undefined, secretNames = async () => [] } = options;
  const refuseApp = createRefuseApp(policy, targetApps);
  const allowedOn = createAllowedApps(policy, targetApps);
  const allowedApps: AllowedApps = name => allowedOn(targets.get(name).name);
  const jobs = new JobService({ targets, refuseApp, shared: shared?.jobs });
  const listApps = createListVisibleApps(targets, refuseApp);
  const readMigrationFacts = createReadMigration(targets, refuseApp);
  return {
    ...createDispatch(options, jobs, readMigrationFacts),
    ...{ jobs, listApps },
    areStored: createAreStored(options),
    findApp: createFindApp(listApps, allowedApps),
    ...{ allowedApps, secretNames },
    stacks: createStacks(targets, refuseApp),
    readMigrationFacts,
    async describeTarget(name) {
      const target = targets.get(name);
      // `whoami` and other readers of the account alone need the reason why it is unknown, so the failure is thrown.
      await target.identity();
      return describeTarget(target);
    },
    awsNow: name => targets.get(name).awsNow(),
  };
}
