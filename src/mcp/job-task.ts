/**
 * The tasks that are AWS jobs. The task stands as its job does; its result is what the tool would have said
 * had it waited. AWS cannot cancel a job, so cancelling ends our watching and nothing else.
 */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Jobs } from '../call/jobs.ts';
import type { SharedFacts } from '../call/shared-state.ts';
import { ServerError, toServerError } from '../errors.ts';
import { type JobRef, jobUri } from '../jobs/job.ts';
import type { JobChange, JobReport, Release } from '../jobs/report.ts';
import { quoteName } from '../lib/quote.ts';
import { jobLine, toResult } from './results.ts';
import { isOver, TASK_LIFE_MS, type TaskContext, type TaskKind, type TaskState } from './tasks.ts';

/** What stands in the handle of a job's task. */
export interface JobTaskData extends JobRef {
  /** AWS's name of what the job does. */
  readonly operation: string;
}

/** A client must not be asked to come back at once, however old the answer is. */
const LEAST_POLL_MS = 500;

/** Cancellations that are remembered; of older ones the task simply goes on. */
const MOST_CANCELLED = 1_000;

/** The job's result for the tool that started it. A job that failed is a tool's failure, not the protocol's. */
function resultOf(data: JobTaskData, { job, note, nextStep }: JobReport): CallToolResult {
  const { appId, backendEnvironmentName, jobId } = data;
  const { operation, status } = job;
  const answer = { appId, backendEnvironmentName, jobId, operation, status };
  const failure = job.state === 'failed' ? new ServerError('job_failed') : undefined;
  return toResult({ answer, job, notes: [...(note === undefined ? [] : [note]), nextStep] }, failure);
}

/** A job that nobody can tell the end of. */
function lostResult(data: JobTaskData, failure: ServerError): CallToolResult {
  return toResult({ answer: { ...data }, notes: [] }, failure);
}

/** A job's report as the state of its task. */
function stateOf(data: JobTaskData, change: JobChange): TaskState {
  if (change instanceof ServerError)
    return { status: 'completed', statusMessage: change.message, result: lostResult(data, change) };
  const { job, asOf, progress, waitingFor, nextStep, ttlMs } = change;
  const line = jobLine(job);
  const lastUpdatedAt = job.updatedAt ?? asOf;
  if (job.state === 'succeeded' || job.state === 'failed')
    return { status: 'completed', statusMessage: line, lastUpdatedAt, result: resultOf(data, change) };
  const more = [
    ...(progress === undefined ? [] : [`About ${progress} % by past jobs.`]),
    ...(job.state === 'stalled' ? [nextStep] : waitingFor ? [`Waiting for ${waitingFor}.`] : []),
  ];
  const statusMessage = [line, ...more].join(' ');
  return {
    status: 'working',
    statusMessage,
    lastUpdatedAt,
    pollIntervalMs: Math.max(LEAST_POLL_MS, Math.round(ttlMs)),
  };
}

/** The kind; `jobs` checks ids and policy at every look. @param facts where the caller's applications tell each other what was cancelled */
export function jobTaskKind(jobs: Pick<Jobs, 'read' | 'follow'>, facts?: SharedFacts): TaskKind<JobTaskData> {
  const cancelledAt = new Map<string, string>();
  const onCancel = new Map<string, Set<() => void>>();
  const keyOf = (data: JobTaskData, { caller }: TaskContext) => JSON.stringify([caller, jobUri(data)]);
  const lookerOf = ({ operation }: JobTaskData, { caller, signal }: TaskContext) => ({
    caller,
    signal,
    operation,
  });

  const factOf = (data: JobTaskData) => `cancelled ${jobUri(data)}`;

  function remember(key: string, at: string): void {
    const [oldest] = cancelledAt.keys();
    if (cancelledAt.size >= MOST_CANCELLED && oldest !== undefined) cancelledAt.delete(oldest);
    cancelledAt.set(key, at);
    for (const tellCancelled of [...(onCancel.get(key) ?? [])]) tellCancelled();
  }

  /** Looks whether another application was told to cancel it. A mark that cannot be read is none: the job is AWS's. */
  async function ask(data: JobTaskData, ctx: TaskContext): Promise<void> {
    const key = keyOf(data, ctx);
    const at = cancelledAt.has(key) ? undefined : await facts?.get(factOf(data)).catch(() => undefined);
    if (at !== undefined) remember(key, at);
  }

  function cancelled(data: JobTaskData, ctx: TaskContext): TaskState | undefined {
    const lastUpdatedAt = cancelledAt.get(keyOf(data, ctx));
    if (lastUpdatedAt === undefined) return undefined;
    const statusMessage = `This server watches job ${quoteName(data.jobId)} no more. AWS cannot cancel a job: it goes on there, and nothing was undone. How it stands: read ${jobUri(data)} or call get_backend_job.`;
    return { status: 'cancelled', statusMessage, lastUpdatedAt };
  }

  async function read(data: JobTaskData, ctx: TaskContext): Promise<TaskState> {
    await ask(data, ctx);
    const mark = cancelled(data, ctx);
    if (mark) return mark;
    try {
      return stateOf(data, await jobs.read(data, lookerOf(data, ctx)));
    } catch (thrown) {
      const failure = toServerError(thrown);
      if (failure.code === 'job_vanished') return stateOf(data, failure);
      throw failure;
    }
  }

  async function follow(
    data: JobTaskData,
    ctx: TaskContext,
    onChange: (state: TaskState) => void,
  ): Promise<Release> {
    const key = keyOf(data, ctx);
    let isReleased = false;
    let releaseJob: Release | undefined;
    const releaseFact = facts?.follow(factOf(data), at => remember(key, at));
    const release = () => {
      isReleased = true;
      releaseJob?.();
      releaseFact?.();
      const listeners = onCancel.get(key);
      listeners?.delete(tellCancelled);
      if (listeners?.size === 0) onCancel.delete(key);
    };
    const tell = (state: TaskState | undefined) => {
      if (isReleased || !state) return;
      if (isOver(state)) release();
      onChange(state);
    };
    const tellCancelled = () => tell(cancelled(data, ctx));
    onCancel.set(key, (onCancel.get(key) ?? new Set()).add(tellCancelled));
    await ask(data, ctx);
    tellCancelled();
    if (isReleased) return release;
    try {
      releaseJob = await jobs.follow(data, lookerOf(data, ctx), change => tell(stateOf(data, change)));
      // The end, or a cancellation, may have come while the following began.
      if (isReleased) releaseJob();
      return release;
    } catch (thrown) {
      release();
      throw thrown;
    }
  }

  async function cancel(data: JobTaskData, ctx: TaskContext): Promise<void> {
    const key = keyOf(data, ctx);
    try {
      if (isOver(await read(data, ctx))) return;
    } catch (thrown) {
      // Whoever waits no more need not wait for AWS to answer either.
      if (toServerError(thrown).code === 'not_found') throw thrown;
    }
    const at = new Date().toISOString();
    remember(key, at);
    facts?.put(factOf(data), at, TASK_LIFE_MS);
  }

  return { read, follow, cancel };
}
