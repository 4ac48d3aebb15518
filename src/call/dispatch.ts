/**
 * The one path that a call to AWS takes: validate, gate (policy, confirmation), audit, send, shape, name the
 * job. Nothing reaches AWS past it. What comes out is in the REST API's spelling, with secrets withheld.
 */

import type { Targets } from '../aws/targets.ts';
import { outputsIn } from '../environment/index.ts';
import type { ServerError } from '../errors.ts';
import { type Job, JobFailure } from '../jobs/job.ts';
import { MAX_PAGES, type Operation } from '../operations/define.ts';
import { validateArguments } from '../operations/validate.ts';
import type { PolicySettings, Via } from '../policy/decide.ts';
import { refuseWithheld } from '../secrets/redaction.ts';
import { shapeAnswer } from './answer.ts';
import { createFindApp, createListVisibleApps, type FindApp, type ListVisibleApps } from './apps.ts';
import { type Audit, failedResult } from './audit/index.ts';
import type { Caller } from './audit/line.ts';
import { createGate, type PendingCall } from './authorize/authorize.ts';
import type { FormAnswer, OpenConfirmations } from './authorize/confirmation.ts';
import { type Place, planRequest, whereTo } from './authorize/plan.ts';
import { withHelp } from './failure-help.ts';
import { JobService } from './job-service.ts';
import { jobOf, jobSourceOf, namedJob, observedJobs, operationOf, readerOf } from './reads.ts';
import type { Answered } from './reconcile.ts';
import { OutcomeUnknown } from './reconcile.ts';
import { type Origin, type Recorder, recorded } from './record.ts';
import { createRefuseApp } from './refuse-app.ts';
import { createRequest, readPages } from './send.ts';
import type { Shared } from './shared.ts';
import { createStacks, type Stacks } from './stacks.ts';
import { createLedger, type WriteLedger } from './write-ledger.ts';

/** What came of a call. */
export interface Outcome {
  /** AWS's answer under the REST API's member names; the plan of a dry run. */
  readonly answer: Readonly<Record<string, unknown>>;
  /** The job that the call started or read. */
  readonly job?: Job;
  /** The answer as a person reads it, where it can be said better than in JSON. */
  readonly text?: string;
  /** Whether the text says all that the answer does: a result then shows it alone, without the answer as JSON. */
  readonly isTextWhole?: boolean;
  /** What the reader must know besides: text that was not JSON, pages left out. */
  readonly notes: readonly string[];
}

/** Who calls, and what came with the call beside its arguments. */
export interface CallContext extends Origin {
  readonly signal?: AbortSignal | undefined;
  /** Names the caller in the audit, and binds confirmations to them. */
  readonly caller?: string | undefined;
  /** The name and version that the client program gives itself, for the audit. */
  readonly client?: string | undefined;
  /** How the call came about, where not by the tool's own name. */
  readonly via?: Via | undefined;
  /** The workflow of which the call is a step. */
  readonly workflow?: string | undefined;
  /** What a person answered to the question that an earlier round of this call asked. */
  readonly form?: FormAnswer | undefined;
  /** Tells the client how far the call is, where it wants to know; each `progress` above the one before. */
  readonly onProgress?: ((step: Progress) => void) | undefined;
  /** Only looks: a step that would write is refused. */
  readonly onlyLooks?: boolean | undefined;
  /** Learns of each job that a workflow begins to wait for: from then on the call may take long. */
  readonly onJob?: ((job: Job) => void) | undefined;
}

/** How far a call is. */
export interface Progress {
  readonly progress: number;
  readonly total?: number;
  readonly message: string;
}

type Args = Record<string, unknown>;

/** Who a caller is, for the audit. */
export interface Person {
  readonly who: string;
  /** What their token says of them. */
  readonly claims?: Omit<Caller, 'key' | 'client'>;
}

/** What executing needs from the process. */
export interface CallPathOptions {
  readonly targets: Targets;
  readonly policy: PolicySettings;
  /** Apps that a target is limited to, on top of the policy's. */
  readonly targetApps?: (target: string | undefined) => readonly string[] | undefined;
  /** Puts secrets in the place of references to them, as far as they may be named with the target. */
  readonly resolveSecrets?: (
    operation: Operation,
    args: Readonly<Args>,
    target: string | undefined,
  ) => Promise<{ args: Args; notes: readonly string[] }>;
  /** Where writes are recorded, and as whose. */
  readonly audit?: (Pick<Audit, 'begin'> & { readonly person: Person }) | undefined;
  /** Let secret members of answers through. */
  readonly revealSecrets: boolean;
  readonly recorder: Recorder;
  /** All writes of this process; one of its own knows only of those that go through it. */
  readonly ledger?: WriteLedger | undefined;
  /** With the other replicas of this server, where there are some. */
  readonly shared?: Shared | undefined;
  /** What makes confirmations good for more than this process; the first question asks for it. */
  readonly openConfirmations?: OpenConfirmations | undefined;
}

/** Calls one operation by its tool name. @throws RegisteredError, and nothing else */
export type CallOperation = (toolName: string, args: unknown, context?: CallContext) => Promise<Outcome>;

/** Says where a target is, and as whom the server acts there. @throws RegisteredError */
export type WhereTo = (target: string | undefined) => Promise<Place>;

/** Epoch milliseconds on the clock of AWS, by a target's last answer. */
export type AwsNow = (target: string | undefined) => number;

/** Makes the path, and what is read on top of it. */
export function createCallPath(options: CallPathOptions): {
  callOperation: CallOperation;
  jobs: JobService;
  listApps: ListVisibleApps;
  findApp: FindApp;
  stacks: Stacks;
  whereTo: WhereTo;
  awsNow: AwsNow;
} {
  const { targets, policy, audit, resolveSecrets, revealSecrets, recorder, shared } = options;
  const { ledger = createLedger(), openConfirmations } = options;
  const targetApps = options.targetApps ?? (() => undefined);
  const gate = createGate(policy, targetApps, openConfirmations);
  const refuseApp = createRefuseApp(policy, targetApps);
  const jobs = new JobService({ targets, refuseApp, shared: shared?.jobs });
  const listApps = createListVisibleApps(targets, refuseApp);

  /** Writes the first audit line of a write. @returns what writes the second; undefined where there is none */
  async function begin(
    { operation, args, target, caller }: PendingCall,
    { client, serverRequestId }: CallContext,
    decision: string,
  ) {
    if (!audit || operation.access === 'read') return undefined;
    return audit.begin({
      who: audit.person.who,
      caller: { key: caller, client, ...audit.person.claims },
      ...{ tool: operation.toolName, ...(await whereTo(target)), serverRequestId },
      request: planRequest(operation, args),
      decision,
    });
  }

  /** Sends a call that may go out, a write between its two audit lines. */
  async function send(
    passing: PendingCall,
    resolved: { args: Readonly<Args>; notes: readonly string[] },
    context: CallContext,
    allowed: string,
    all: boolean,
  ) {
    const { operation, args, target, signal } = passing;
    const finish = await begin(passing, context, allowed);
    try {
      const ask = createRequest(target.send, { ledger, readOutputs: outputsIn });
      const answered: Answered & { notes?: readonly string[] } = operation.pages
        ? await readPages(ask, operation, operation.pages, resolved.args, all ? MAX_PAGES : 1, signal)
        : await ask(operation, resolved.args, signal);
      const { jobId } = answered.answer;
      await finish?.({
        outcome: 'ok',
        requestId: answered.requestId,
        ...(jobId ? { jobId: String(jobId) } : {}),
      });
      return { ...answered, notes: [...resolved.notes, ...(answered.notes ?? [])] };
    } catch (thrown) {
      await finish?.(failedResult(thrown));
      const failure = await withHelp(thrown, operation, args, readerOf(target, signal));
      throw await withFoundJob(failure, passing);
    }
  }

  /** A write of which nobody can tell whether it was done, with the job that may be its own: that is followed from now on. */
  async function withFoundJob(
    failure: ServerError,
    { operation, args, target, caller }: PendingCall,
  ): Promise<ServerError> {
    if (!(failure instanceof OutcomeUnknown) || !failure.found) return failure;
    const job = namedJob(operation, args, failure.found);
    if (!job) return failure;
    await jobs.observe({ job, target, caller, isLive: true });
    return new JobFailure(failure, job);
  }

  async function perform(toolName: string, rawArgs: unknown, context: CallContext) {
    const { signal, caller = 'unknown', form, via, workflow } = context;
    const operation = operationOf(toolName);
    const checked = validateArguments(operation, rawArgs, targets.names);
    const { target: targetName, dryRun, confirmationToken, all, ...rest } = checked;
    const args = Object.fromEntries(Object.entries(rest).filter(([name]) => !operation.shows.includes(name)));
    refuseWithheld(args);
    const target = targets.get(targetName as string | undefined);
    const passing = { operation, args, target, caller, signal, via, workflow };
    if (dryRun) {
      const plan = await gate.plan(passing);
      const notes = ['Dry run: nothing was sent to AWS.'];
      return { outcome: { answer: { plan }, notes }, requestId: undefined };
    }
    let resolved: { args: Readonly<Args>; notes: readonly string[] } = { args, notes: [] };
    // After the policy, which tells nobody which secrets there are; and before a person is asked, whom an unknown
    // reference must not cost a yes.
    const prepare = async () => {
      if (operation.access !== 'read')
        resolved = (await resolveSecrets?.(operation, args, target.name)) ?? resolved;
    };
    const shown = { form, token: confirmationToken as string | undefined };
    const allowed = await gate.authorize(passing, shown, prepare);
    const answered = await send(passing, resolved, context, allowed, all === true);
    const { answer, notes } = await shapeAnswer(operation, answered.answer, revealSecrets);
    const found = await jobOf(operation, args, answer, jobSourceOf(target, signal));
    for (const job of observedJobs(operation, answer, found.job, target.awsNow()))
      await jobs.observe({ job, aheadMs: answered.aheadMs, target, caller, isLive: !operation.startsJob });
    const outcome = {
      answer,
      notes: [...notes, ...answered.notes, ...found.notes],
      ...(found.job && { job: found.job }),
    };
    return { outcome, requestId: answered.requestId };
  }

  const callOperation: CallOperation = (toolName, args, context = {}) =>
    recorded(recorder, toolName, context, () => perform(toolName, args, context));

  /** Who asks for it alone must learn why it is not to be had. */
  const whereToStrictly: WhereTo = async name => {
    const target = targets.get(name);
    await target.identity();
    return whereTo(target);
  };

  return {
    ...{ callOperation, jobs, listApps },
    findApp: createFindApp(listApps),
    stacks: createStacks(targets, refuseApp),
    whereTo: whereToStrictly,
    awsNow: name => targets.get(name).awsNow(),
  };
}
