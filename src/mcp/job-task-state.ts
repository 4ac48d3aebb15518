/** The state and the result of a task that is an AWS job, made from the job's report. Pure. */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { ServerError } from '../errors.ts';
import { type JobRef, jobUri } from '../jobs/job.ts';
import type { JobChange, JobReport } from '../jobs/report.ts';
import { quoteName } from '../lib/quote.ts';
import { jobLine, toResult } from './results.ts';
import { LEAST_POLL_MS, type TaskState } from './tasks.ts';

/** What stands in the handle of a job's task. */
export interface JobTaskData extends JobRef {
  /** AWS's name of what the job does. */
  readonly operation: string;
}

/** The result for the tool that started the job. A job that failed is a tool's failure, not the protocol's. */
function resultOf(data: JobTaskData, { job, note, nextStep }: JobReport): CallToolResult {
  const { appId, backendEnvironmentName, jobId } = data;
  const { operation, status } = job;
  const answer = { appId, backendEnvironmentName, jobId, operation, status };
  const failure = job.state === 'failed' ? new ServerError('job_failed') : undefined;
  return toResult({ answer, job, notes: [...(note === undefined ? [] : [note]), nextStep] }, failure);
}

/** The state of the task of a job, by the job's report or by the failure after which nothing can be known of it. */
export function taskStateOf(data: JobTaskData, change: JobChange): TaskState {
  if (change instanceof ServerError) {
    const result = toResult({ answer: { ...data }, notes: [] }, change);
    return { status: 'completed', statusMessage: change.message, result };
  }
  const { job, asOf, progress, waitingFor, nextStep, ttlMs } = change;
  const line = jobLine(job);
  const lastUpdatedAt = job.updatedAt ?? asOf;
  if (job.state === 'succeeded' || job.state === 'failed')
    return { status: 'completed', statusMessage: line, lastUpdatedAt, result: resultOf(data, change) };
  const more = [
    ...(progress === undefined ? [] : [`About ${progress} % by past jobs.`]),
    ...(job.state === 'stalled' ? [nextStep] : waitingFor ? [`Waiting for ${waitingFor}.`] : []),
  ];
  return {
    status: 'working',
    statusMessage: [line, ...more].join(' '),
    lastUpdatedAt,
    // A client must not be asked to come back at once, however old the report is.
    pollIntervalMs: Math.max(LEAST_POLL_MS, Math.round(ttlMs)),
  };
}

export function cancelledState(data: JobTaskData, at: string): TaskState {
  const statusMessage = `This server watches job ${quoteName(data.jobId)} no more. AWS cannot cancel a job: it goes on there, and nothing was undone. How it stands: read ${jobUri(data)} or call get_backend_job.`;
  return { status: 'cancelled', statusMessage, lastUpdatedAt: at };
}
