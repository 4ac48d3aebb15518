/**
 * The tasks that are workflows. A workflow that begins to wait for a job goes on without its caller, for as long as a
 * token with its rights is valid. It runs in this application; another application of the caller's that is asked for it
 * repeats what this one says. Where no application has it (after a restart, or since the token expired), it is run again
 * with writes refused, so that a read of a task never starts a write.
 */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { CallContext } from '../call/dispatch.ts';
import type { Jobs } from '../call/jobs.ts';
import { ServerError, toServerError } from '../errors.ts';
import type { Job } from '../jobs/job.ts';
import type { Release } from '../jobs/report.ts';
import { quoteName } from '../lib/quote.ts';
import type { CallTool } from '../tools/call-tool.ts';
import { failureResult } from './confirm.ts';
import { jobLine, toResult } from './results.ts';
import type { RunFacts } from './run-facts.ts';
import { SharedRuns } from './shared-runs.ts';
import { LEAST_POLL_MS, type TaskContext, type TaskKind, type TaskState } from './tasks.ts';
import { WorkflowRun } from './workflow-run.ts';

/** What stands in the handle of a workflow's task. */
export interface WorkflowTaskData {
  /** Names the run in the process that has it. */
  readonly runId: string;
  readonly toolName: string;
  /** Absent where they are too long for a handle: then only the process that has the run can go on. */
  readonly args?: Readonly<Record<string, unknown>>;
}

/** How a workflow started: it has ended already, or it waits for a job. */
export type WorkflowStart = { readonly result: CallToolResult } | { readonly data: WorkflowTaskData };

/** The longest that a workflow waits. */
const MOST_SECONDS = 3_600;
const MOST_RUNS = 1_000;
/** A task id travels in headers, whose length is bounded everywhere. */
const MOST_ARGS_LENGTH = 2_000;

/** The handle of a run. A confirmation is good for one call, and is left out. */
function dataOf(runId: string, toolName: string, args: Readonly<Record<string, unknown>>): WorkflowTaskData {
  const { confirmationToken: _, ...again } = args;
  const fits = JSON.stringify(again).length <= MOST_ARGS_LENGTH;
  return { runId, toolName, ...(fits && { args: again }) };
}

/** Rejects or resolves as the run does, or resolves to undefined once it waits for a job. */
async function untilItWaits(
  start: (onJob: () => void) => Promise<CallToolResult>,
): Promise<{ ending: Promise<CallToolResult>; result: CallToolResult | undefined }> {
  let onJob = () => {};
  const waits = new Promise<undefined>(resolve => {
    onJob = () => resolve(undefined);
  });
  const ending = start(onJob);
  return { ending, result: await Promise.race([ending, waits]) };
}

/** The workflows of an application that go on without their callers. */
export class WorkflowTasks {
  readonly kind: TaskKind<WorkflowTaskData> = {
    read: async (data, ctx) => this.#stateOf(await this.#runOf(data, ctx)),
    follow: (data, ctx, onChange) => this.#follow(data, ctx, onChange),
    cancel: (data, ctx) => this.#cancel(data, ctx),
  };
  readonly #callTool: CallTool;
  readonly #jobs: Pick<Jobs, 'peek'>;
  readonly #shared: SharedRuns | undefined;
  readonly #runs = new Map<string, WorkflowRun>();
  /** Runs of which it is not known yet whether another application has them. */
  readonly #searches = new WeakMap<WorkflowRun, Promise<void>>();

  /** @param facts where the caller's applications tell each other how their runs stand */
  constructor(callTool: CallTool, jobs: Pick<Jobs, 'peek'>, facts?: RunFacts) {
    this.#callTool = callTool;
    this.#jobs = jobs;
    this.#shared = facts && new SharedRuns(facts);
  }

  /** @throws RegisteredError what the workflow throws before it waits for anything */
  async begin(
    toolName: string,
    args: Readonly<Record<string, unknown>>,
    context: CallContext,
  ): Promise<WorkflowStart> {
    const run = new WorkflowRun();
    const abort = () => run.abort();
    context.signal?.addEventListener('abort', abort, { once: true });
    if (context.signal?.aborted) abort();
    let ending: Promise<CallToolResult>;
    try {
      const started = await untilItWaits(onJob => this.#perform(run, toolName, args, { ...context, onJob }));
      if (started.result) return { result: started.result };
      ending = started.ending;
    } finally {
      context.signal?.removeEventListener('abort', abort);
    }
    const runId = crypto.randomUUID();
    this.#keep(runId, run);
    this.#announce(runId, run);
    void this.#settle(runId, run, ending);
    return { data: dataOf(runId, toolName, args) };
  }

  /** Ends all runs of this application; AWS goes on with its jobs. */
  close(): void {
    this.#shared?.close();
    for (const run of this.#runs.values()) run.abort();
    this.#runs.clear();
  }

  async #follow(
    data: WorkflowTaskData,
    ctx: TaskContext,
    onChange: (state: TaskState) => void,
  ): Promise<Release> {
    return (await this.#runOf(data, ctx)).follow(onChange);
  }

  async #cancel(data: WorkflowTaskData, ctx: TaskContext): Promise<void> {
    const run = await this.#runOf(data, ctx);
    const goesOn = run.job ? ` Job ${quoteName(run.job.jobId)} goes on at AWS, which cannot cancel it.` : '';
    const statusMessage = `Nothing more is started, and nothing was undone.${goesOn} Called again with the same arguments, ${data.toolName} goes on from what is there.`;
    run.setState({ status: 'cancelled', statusMessage });
    this.#shared?.cancel(data.runId, run.state);
    run.abort();
  }

  /** Keeps a run; of too many, the oldest that are over are forgotten. */
  #keep(runId: string, run: WorkflowRun): void {
    for (const [oldest, { isOver }] of this.#runs) {
      if (this.#runs.size < MOST_RUNS) break;
      if (isOver) this.#runs.delete(oldest);
    }
    this.#runs.set(runId, run);
  }

  /** Executes the workflow for a run, which takes in the jobs that it waits for. */
  async #perform(
    run: WorkflowRun,
    toolName: string,
    args: Readonly<Record<string, unknown>>,
    context: CallContext,
  ): Promise<CallToolResult> {
    const onJob = (job: Job) => {
      run.waitFor(job, jobLine(job));
      context.onJob?.(job);
    };
    const allArgs = { ...args, timeoutSeconds: MOST_SECONDS };
    return toResult(await this.#callTool(toolName, allArgs, { ...context, signal: run.signal, onJob }));
  }

  /** Takes in the end of a run. One that its token ended is forgotten: who asks next brings a token of their own. */
  async #settle(runId: string, run: WorkflowRun, ending: Promise<CallToolResult>): Promise<void> {
    try {
      run.setState({ status: 'completed', result: await ending });
    } catch (thrown) {
      if (toServerError(thrown).code === 'token_expired') {
        if (this.#runs.get(runId) === run) this.#runs.delete(runId);
        run.discard();
      } else run.setState({ status: 'completed', result: await failureResult(thrown) });
    }
  }

  /** Tells the caller's other applications how a run stands, and ends it when one of them is told to cancel it. */
  #announce(runId: string, run: WorkflowRun): void {
    if (!this.#shared) return;
    const onCancel = (state: TaskState) => {
      if (state.status !== 'cancelled') return;
      run.setState(state);
      run.abort();
    };
    run.announceBy(this.#shared.announce(runId, () => run.state, onCancel));
  }

  /** The run of a handle. Where this application has none, another's is repeated, or the workflow is run again. */
  async #runOf(data: WorkflowTaskData, ctx: TaskContext): Promise<WorkflowRun> {
    const { runId } = data;
    const known = this.#runs.get(runId);
    const run = known ?? new WorkflowRun();
    if (!known) {
      this.#keep(runId, run);
      this.#searches.set(run, this.#search(run, data, ctx));
    }
    try {
      await this.#searches.get(run);
    } catch (thrown) {
      // Whether another application has it could not be found out; the next request tries again.
      this.#runs.delete(runId);
      throw thrown;
    }
    return run;
  }

  async #search(run: WorkflowRun, data: WorkflowTaskData, ctx: TaskContext): Promise<void> {
    const runAgain = () => this.#runWithoutWrites(run, data, ctx);
    const isElsewhere = await this.#shared?.watch(data.runId, state => run.setState(state), runAgain);
    if (!isElsewhere) runAgain();
  }

  #runWithoutWrites(
    run: WorkflowRun,
    { runId, toolName, args }: WorkflowTaskData,
    { caller }: TaskContext,
  ): void {
    const ending = args
      ? this.#perform(run, toolName, args, { caller, onlyLooks: true })
      : Promise.reject(new ServerError('task_interrupted'));
    void this.#settle(runId, run, ending);
  }

  /** How a run stands; its job's latest report says when to ask again. */
  #stateOf({ state, job }: WorkflowRun): TaskState {
    if (state.status !== 'working' || !job) return state;
    const report = this.#jobs.peek(job);
    if (!report) return state;
    const pollIntervalMs = Math.max(LEAST_POLL_MS, Math.round(report.ttlMs));
    return { ...state, statusMessage: jobLine(report.job), pollIntervalMs };
  }
}
