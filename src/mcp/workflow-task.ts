/**
 * The tasks for workflows. A workflow that begins to wait for a job continues without its caller, for as long as a token
 * with its rights is valid. It runs in one application; the caller's other applications repeat its published state. If no
 * application has the run (after a restart, or after the token has expired), the workflow runs again with writes refused,
 * so that reading a task never starts a write.
 */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { CallContext } from '../call/call-operation.ts';
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

/** The data in the handle of a workflow's task. */
export interface WorkflowTaskData {
  /** Names the run in its application. */
  readonly runId: string;
  readonly toolName: string;
  /** Absent if they are too long for a handle: then the workflow cannot run again in another application. */
  readonly args?: Readonly<Record<string, unknown>>;
}

/** How a workflow started: it has ended already, or it waits for a job. */
export type WorkflowStart = { readonly result: CallToolResult } | { readonly data: WorkflowTaskData };

/** The longest that a workflow waits. */
const LONGEST_WAIT_S = 3_600;
const MOST_RUNS = 1_000;
/** A task id is sent in HTTP headers, whose length is bounded. */
const MOST_ARGS_LENGTH = 2_000;

/** The data of a run. A confirmation is valid for one call, so it is left out. */
function dataOf(runId: string, toolName: string, args: Readonly<Record<string, unknown>>): WorkflowTaskData {
  const { confirmationToken: _, ...again } = args;
  const fits = JSON.stringify(again).length <= MOST_ARGS_LENGTH;
  return { runId, toolName, ...(fits && { args: again }) };
}

/** Resolves to the result of the run, or without one as soon as the run waits for a job. @throws what the run throws */
async function runUntilJob(
  start: (onJob: () => void) => Promise<CallToolResult>,
): Promise<{ ending: Promise<CallToolResult>; result: CallToolResult | undefined }> {
  let onJob = () => {};
  const waits = new Promise<undefined>(resolve => {
    onJob = () => resolve(undefined);
  });
  const ending = start(onJob);
  return { ending, result: await Promise.race([ending, waits]) };
}

/** The workflows of an application that continue without their callers. */
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
  /** Searches for runs that another application may have. */
  readonly #searches = new WeakMap<WorkflowRun, Promise<void>>();

  /** @param facts shares the states of runs between the caller's applications */
  constructor(callTool: CallTool, jobs: Pick<Jobs, 'peek'>, facts?: RunFacts) {
    this.#callTool = callTool;
    this.#jobs = jobs;
    this.#shared = facts && new SharedRuns(facts);
  }

  /** @throws ServerError what the workflow throws before it waits for anything */
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
      const started = await runUntilJob(onJob => this.#perform(run, toolName, args, { ...context, onJob }));
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

  /** Ends all runs of this application; the jobs continue at AWS. */
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
    const jobNote = run.job ? ` Job ${quoteName(run.job.jobId)} goes on at AWS, which cannot cancel it.` : '';
    const statusMessage = `The workflow was stopped; nothing was undone.${jobNote} To continue from what exists, call ${data.toolName} again with the same arguments.`;
    run.setState({ status: 'cancelled', statusMessage });
    this.#shared?.cancel(data.runId, run.state);
    run.abort();
  }

  /** Keeps a run. Beyond the limit, the oldest runs that have ended are forgotten. */
  #keep(runId: string, run: WorkflowRun): void {
    for (const [oldest, { isOver }] of this.#runs) {
      if (this.#runs.size < MOST_RUNS) break;
      if (isOver) this.#runs.delete(oldest);
    }
    this.#runs.set(runId, run);
  }

  /** Executes the workflow for a run, and records the jobs that it waits for. */
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
    const allArgs = { ...args, timeoutSeconds: LONGEST_WAIT_S };
    return toResult(await this.#callTool(toolName, allArgs, { ...context, signal: run.signal, onJob }));
  }

  /** Records the end of a run. A run whose token expired is forgotten: the next request brings a valid token. */
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

  /** Publishes the state of a run to the caller's other applications, and ends it when one of them cancels it. */
  #announce(runId: string, run: WorkflowRun): void {
    if (!this.#shared) return;
    const onCancel = (state: TaskState) => {
      if (state.status !== 'cancelled') return;
      run.setState(state);
      run.abort();
    };
    run.announceBy(this.#shared.announce(runId, () => run.state, onCancel));
  }

  /** The run of a handle. If this application has none, it repeats another's state or runs the workflow again. */
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
      // It is unknown whether another application has the run; the next request searches again.
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
      ? this.#perform(run, toolName, args, { caller, readsOnly: true })
      : Promise.reject(new ServerError('task_interrupted'));
    void this.#settle(runId, run, ending);
  }

  /** The state of a run, with the poll interval from its job's latest report. */
  #stateOf({ state, job }: WorkflowRun): TaskState {
    if (state.status !== 'working' || !job) return state;
    const report = this.#jobs.peek(job);
    if (!report) return state;
    const pollIntervalMs = Math.max(LEAST_POLL_MS, Math.round(report.ttlMs));
    return { ...state, statusMessage: jobLine(report.job), pollIntervalMs };
  }
}
