/** The state and the result of a task that is an AWS job, made from the job's report. Pure. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { ServerError } from '../errors.ts';
import { isEnded, type JobRef, jobUri } from '../jobs/job.ts';
import type { JobChange, JobReport } from '../jobs/report.ts';
import { quoteName } from '../lib/quote.ts';
import { jobLine, toResult } from './results.ts';
import { LEAST_POLL_MS, type TaskState } from './tasks.ts';

/** The data in the handle of a job's task. */
export interface JobTaskData extends JobRef {
  /** AWS's name of the job's operation. */
  readonly operation: string;
}

/** The result of the tool that started the job. A failed job is a tool error, not a protocol error. */
function resultOf(data: JobTaskData, { job, note, nextStep }: JobReport): CallToolResult {
  const { appId, backendEnvironmentName, jobId } = data;
  const { operation, status } = job;
  const answer = { appId, backendEnvironmentName, jobId, operation, status };
  const failure = job.state === 'failed' ? new ServerError('job_failed') : undefined;
  return toResult({ answer, job, notes: [...(note === undefined ? [] : [note]), nextStep] }, failure);
}

/** The state of a job's task, from the job's report or from the failure that ended the watching. */
export function taskStateOf(data: JobTaskData, change: JobChange): TaskState {
  if (change instanceof ServerError) {
    const result = toResult({ answer: { ...data }, notes: [] }, change);
    return { status: 'completed', statusMessage: change.message, result };
  }
  const { job, asOf, progress, waitingFor, nextStep, ttlMs } = change;
  const line = jobLine(job);
  const lastUpdatedAt = job.updatedAt ?? asOf;
  if (isEnded(job))
    return { status: 'completed', statusMessage: line, lastUpdatedAt, result: resultOf(data, change) };
  const more = [
    ...(progress === undefined ? [] : [`About ${progress} % by past jobs.`]),
    ...(job.state === 'stalled' ? [nextStep] : waitingFor ? [`Waiting for ${waitingFor}.`] : []),
  ];
  return {
    status: 'working',
    statusMessage: [line, ...more].join(' '),
    lastUpdatedAt,
    // Even if the report is old, the client must wait for a while.
    pollIntervalMs: Math.max(LEAST_POLL_MS, Math.round(ttlMs)),
  };
}

export function cancelledState(data: JobTaskData, at: string): TaskState {
  const statusMessage = `This server no longer watches job ${quoteName(data.jobId)}. AWS cannot cancel a job: it goes on there, and nothing was undone. To see its state, read ${jobUri(data)} or call get_backend_job.`;
  return { status: 'cancelled', statusMessage, lastUpdatedAt: at };
}
