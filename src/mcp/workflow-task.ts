/**
 * The tasks that are workflows: one that begins to wait for a job goes on without its caller, for as long as a token
 * with its rights is valid. It runs in this application; another of the caller's that is asked for it repeats what
 * this one says. Where nobody has it any more (after a restart, or since the token expired) it is run again as one that
 * only looks, so that being asked for a task never starts a write.
 */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { CallContext, Execute } from '../call/dispatch.ts';
import type { Jobs } from '../call/jobs.ts';
import { ServerError, toServerError } from '../errors.ts';
import type { Job } from '../jobs/job.ts';
import { quoteName } from '../lib/quote.ts';
import { failureResult } from './confirm.ts';
import { jobLine, toResult } from './results.ts';
import { type Announcement, createSharedRuns, type RunFacts } from './shared-runs.ts';
import { isOver, type TaskContext, type TaskKind, type TaskState } from './tasks.ts';

/** What stands in the handle of a workflow's task. */
export interface WorkflowTaskData {
  /** Names the run in the process that has it. */
  readonly runId: string;
  readonly toolName: string;
  /** Absent where they are too many for a handle: then nobody but that process can go on. */
  readonly args?: Readonly<Record<string, unknown>>;
}

/** What came of a beginning: an end at once, or something to wait for. */
export type Begun = { readonly result: CallToolResult } | { readonly data: WorkflowTaskData };

/** The workflows of a process that go on without their callers. */
export interface WorkflowTasks {
  readonly kind: TaskKind<WorkflowTaskData>;
  /** @throws RegisteredError what the workflow throws before it waits for anything */
  begin(toolName: string, args: Readonly<Record<string, unknown>>, context: CallContext): Promise<Begun>;
  /** Ends all that goes on; AWS goes on with its jobs. */
  close(): void;
}

interface Run {
  readonly abort: AbortController;
  readonly followers: Set<(state: TaskState) => void>;
  state: TaskState;
  job?: Job;
  /** Says to the caller's other applications how it stands. */
  announcement?: Announcement;
  /** When it is known whether another application has it. */
  found?: Promise<void>;
}

/** The longest that a workflow waits. */
const MOST_SECONDS = 3_600;
const MOST_RUNS = 1_000;
/** A task id travels in headers, whose length is bounded everywhere. */
const MOST_ARGS_LENGTH = 2_000;
const POLL_MS = 2_000;
const LEAST_POLL_MS = 500;

const now = () => new Date().toISOString();

/** Makes them. @param facts where the caller's applications tell each other how their runs stand */
export function createWorkflowTasks(
  execute: Execute,
  jobs: Pick<Jobs, 'peek'>,
  facts?: RunFacts,
): WorkflowTasks {
  const runs = new Map<string, Run>();
  const shared = facts && createSharedRuns(facts);

  function keep(runId: string, run: Run): void {
    for (const [oldest, { state }] of runs) {
      if (runs.size < MOST_RUNS) break;
      if (isOver(state)) runs.delete(oldest);
    }
    runs.set(runId, run);
  }

  function put(run: Run, state: TaskState): void {
    if (isOver(run.state)) return;
    run.state = { lastUpdatedAt: now(), ...state };
    run.announcement?.say();
    for (const follower of [...run.followers]) follower(run.state);
  }

  /** Executes; the run learns of whatever becomes of it. */
  async function perform(
    run: Run,
    { toolName, args = {} }: Omit<WorkflowTaskData, 'runId'>,
    context: CallContext,
  ): Promise<CallToolResult> {
    const waitFor = (job: Job) => {
      run.job = job;
      put(run, { status: 'working', statusMessage: jobLine(job), pollIntervalMs: POLL_MS });
      context.onJob?.(job);
    };
    const all = { ...args, timeoutSeconds: MOST_SECONDS };
    return toResult(await execute(toolName, all, { ...context, signal: run.abort.signal, onJob: waitFor }));
  }

  /** Takes note of the end of a run that nobody waits for. */
  async function settle(runId: string, run: Run, ending: Promise<CallToolResult>): Promise<void> {
    try {
      put(run, { status: 'completed', result: await ending });
    } catch (thrown) {
      if (toServerError(thrown).code === 'token_expired') forget(runId, run);
      else put(run, { status: 'completed', result: await failureResult(thrown) });
    }
  }

  /** It stopped with its token: whoever asks for it next, with a token of their own, has it looked at anew. */
  function forget(runId: string, run: Run): void {
    if (runs.get(runId) === run) runs.delete(runId);
    run.announcement?.end();
    run.followers.clear();
  }

  const newRun = (): Run => ({
    abort: new AbortController(),
    followers: new Set(),
    state: { status: 'working', lastUpdatedAt: now(), pollIntervalMs: POLL_MS },
  });

  async function begin(
    toolName: string,
    args: Readonly<Record<string, unknown>>,
    context: CallContext,
  ): Promise<Begun> {
    const run = newRun();
    const giveUp = () => run.abort.abort();
    context.signal?.addEventListener('abort', giveUp, { once: true });
    if (context.signal?.aborted) giveUp();
    let wait = () => {};
    const waiting = new Promise<undefined>(resolve => {
      wait = () => resolve(undefined);
    });
    const ending = perform(run, { toolName, args }, { ...context, onJob: wait });
    try {
      const result = await Promise.race([ending, waiting]);
      if (result) return { result };
    } finally {
      context.signal?.removeEventListener('abort', giveUp);
    }
    const runId = crypto.randomUUID();
    keep(runId, run);
    announce(runId, run);
    void settle(runId, run, ending);
    // A confirmation is worth one call; whoever goes on with this later only looks.
    const { confirmationToken: _, ...again } = args;
    const fits = JSON.stringify(again).length <= MOST_ARGS_LENGTH;
    return { data: { runId, toolName, ...(fits && { args: again }) } };
  }

  /** Says to the caller's other applications how it stands, and hears when one of them was told to cancel it. */
  function announce(runId: string, run: Run): void {
    if (!shared) return;
    const onCancel = (state: TaskState) => {
      if (state.status !== 'cancelled') return;
      put(run, state);
      run.abort.abort();
    };
    run.announcement = shared.own(runId, () => run.state, onCancel);
  }

  /** Runs it again as one that only looks: nobody has it any more. */
  function lookAnew(run: Run, { runId, toolName, args }: WorkflowTaskData, { caller }: TaskContext): void {
    const ending = args
      ? perform(run, { toolName, args }, { caller, readsOnly: true })
      : Promise.reject(new ServerError('task_interrupted'));
    void settle(runId, run, ending);
  }

  /** Finds out whether another application has it, and repeats that one where it does. */
  async function findElsewhere(run: Run, data: WorkflowTaskData, ctx: TaskContext): Promise<void> {
    const begin = () => lookAnew(run, data, ctx);
    if (!(await shared?.watch(data.runId, state => put(run, state), begin))) begin();
  }

  /** The run of a handle, which is the caller's own; another's, or begun anew, where this one has none. */
  async function runOf(data: WorkflowTaskData, ctx: TaskContext): Promise<Run> {
    const { runId } = data;
    const known = runs.get(runId);
    const run = known ?? newRun();
    if (!known) {
      keep(runId, run);
      run.found = findElsewhere(run, data, ctx);
    }
    try {
      await run.found;
    } catch (thrown) {
      // Nobody could tell; the next one who asks tries again.
      runs.delete(runId);
      throw thrown;
    }
    return run;
  }

  /** How a run stands; its job's latest report says when to ask again. */
  function stateOf({ state, job }: Run): TaskState {
    if (state.status !== 'working' || !job) return state;
    const report = jobs.peek(job);
    if (!report) return state;
    const pollIntervalMs = Math.max(LEAST_POLL_MS, Math.round(report.ttlMs));
    return { ...state, statusMessage: jobLine(report.job), pollIntervalMs };
  }

  return {
    begin,
    kind: {
      read: async (data, ctx) => stateOf(await runOf(data, ctx)),

      async follow(data, ctx, onChange) {
        const run = await runOf(data, ctx);
        if (isOver(run.state)) {
          onChange(run.state);
          return () => {};
        }
        // Of its own for each follow, so that whoever follows twice is called twice.
        const follower = (state: TaskState) => onChange(state);
        run.followers.add(follower);
        return () => void run.followers.delete(follower);
      },

      async cancel(data, ctx) {
        const run = await runOf(data, ctx);
        const what = run.job
          ? ` Job ${quoteName(run.job.jobId)} goes on at AWS, which cannot cancel it.`
          : '';
        const statusMessage = `Nothing more is started, and nothing was undone.${what} Called again with the same arguments, ${data.toolName} goes on from what is there.`;
        put(run, { status: 'cancelled', statusMessage });
        shared?.cancel(data.runId, run.state);
        run.abort.abort();
      },
    },
    close() {
      shared?.close();
      for (const { abort } of runs.values()) abort.abort();
      runs.clear();
    },
  };
}
