/**
 * Reads that belong to a call: an app's environments, a resource's settings, the job that the call started. The call
 * itself was authorized, so these reads are sent without a further check.
 */

import type { Target } from '../aws/targets.ts';
import { ServerError, toServerError } from '../errors.ts';
import type { PolledJob } from '../jobs/job.ts';
import { type Job, type JobRef, toJob } from '../jobs/job.ts';
import { type JobSource, locateJob } from '../jobs/locate.ts';
import { quoteName } from '../lib/quote.ts';
import type { Operation } from '../operations/define.ts';
import { operations } from '../operations/index.ts';
import { shapeAnswer } from './answer.ts';
import { jobsIn } from './job-facts.ts';
import { sendOnce } from './send.ts';

type Args = Readonly<Record<string, unknown>>;

/** A job that ended longer ago is not followed. */
const RECENT_MS = 3_600_000;

const byToolName = new Map(operations.map(operation => [operation.toolName, operation]));

/** The operation of a tool's name. @throws ServerError internal for an unknown name, since callers check names first */
export function operationOf(toolName: string): Operation {
  const operation = byToolName.get(toolName);
  if (!operation) throw new ServerError('internal', { cause: new Error(`no operation ${toolName}`) });
  return operation;
}

/** A function that calls a read tool on a target and answers without secrets. */
export function createReader(target: Target, signal?: AbortSignal) {
  return async (toolName: string, args: Args): Promise<Readonly<Record<string, unknown>>> => {
    const operation = operationOf(toolName);
    const { answer } = await sendOnce(target.send, operation, args, signal);
    return (await shapeAnswer(operation, answer, false)).answer;
  };
}

/** Reads one job. @param isPoll whether the read is not retried, since the poller repeats it itself */
export async function readJob(
  target: Target,
  { appId, backendEnvironmentName, jobId }: JobRef,
  isPoll: boolean,
  signal?: AbortSignal,
): Promise<PolledJob> {
  const ref = { appId, backendEnvironmentName, jobId };
  const operation = { ...operationOf('get_backend_job'), isPoll };
  const { answer, aheadMs } = await sendOnce(target.send, operation, ref, signal);
  const shaped = await shapeAnswer(operation, answer, false);
  return { job: toJob(ref, shaped.answer, 'unknown'), aheadMs };
}

/** Reads of a target's jobs and environments, for locating a job. */
export function createJobSource(target: Target, signal?: AbortSignal): JobSource {
  const read = createReader(target, signal);
  return {
    getJob: (appId, backendEnvironmentName, jobId) =>
      readJob(target, { appId, backendEnvironmentName, jobId }, false, signal),
    async listEnvironments(appId) {
      const { backendEnvironmentList } = await read('get_backend', { appId });
      return (backendEnvironmentList as string[] | undefined) ?? [];
    },
  };
}

/** The job that an answer's facts name. Its environment is that of the facts, else of the arguments; undefined without one. */
export function jobNamedIn(operation: Operation, args: Args, facts: Args): Job | undefined {
  const { jobId } = facts;
  const appId = String(facts.appId ?? args.appId);
  const named = facts.backendEnvironmentName ?? args.targetEnvironmentName ?? args.backendEnvironmentName;
  if (typeof jobId !== 'string' || typeof named !== 'string') return undefined;
  return toJob({ appId, backendEnvironmentName: named, jobId }, facts, operation.name);
}

/** The job that an answer names. Where the answer names no environment, the job is located; a note says if it is not found. */
export async function findStartedJob(
  operation: Operation,
  args: Args,
  answer: Args,
  source: JobSource,
): Promise<{ job?: Job; notes: string[] }> {
  const { jobId } = answer;
  if (!(operation.startsJob || operation.answersJob) || typeof jobId !== 'string') return { notes: [] };
  const job = jobNamedIn(operation, args, answer);
  if (job) return { job, notes: [] };
  const appId = String(answer.appId ?? args.appId);
  try {
    const { job } = await locateJob(source, appId, undefined, jobId);
    return { job, notes: [] };
  } catch (thrown) {
    // AWS accepted the write. A job that cannot be read yet must not make it look like a failure.
    const { code } = toServerError(thrown);
    const note = `AWS started job ${quoteName(jobId)}, but it cannot be read yet (${code}): find it with list_backend_jobs.`;
    return { notes: [note] };
  }
}

/**
 * The jobs in an answer that are worth following: the call's own, or those of a listing that run or ended recently.
 * @param awsNow epoch milliseconds on AWS's clock, which dates the jobs
 */
export function observedJobs(
  operation: Operation,
  answer: Args,
  job: Job | undefined,
  awsNow: number,
): Job[] {
  if (job) return [job];
  if (operation.pages !== 'jobs') return [];
  return jobsIn(answer).filter(({ state, updatedAt = '' }) => {
    const isOld = Date.parse(updatedAt) < awsNow - RECENT_MS;
    return state === 'running' || !isOld;
  });
}
