/**
 * What a call reads for its own sake: an app's environments, a resource's settings, the job that it started.
 * The call that needs it has passed the gate; these are no calls of their own.
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
import { createRequest } from './send.ts';

type Args = Readonly<Record<string, unknown>>;

/** What ended before is history: nobody needs to hear of it again. */
const LATELY_MS = 3_600_000;

const byToolName = new Map(operations.map(operation => [operation.toolName, operation]));

/** The operation behind a tool. @throws internal where there is none: names are checked before they get here */
export function operationOf(toolName: string): Operation {
  const operation = byToolName.get(toolName);
  if (!operation) throw new ServerError('internal', { cause: new Error(`no operation ${toolName}`) });
  return operation;
}

/** Calls a read tool on a target; its answer as a reader may have it. */
export function readerOf(target: Target, signal?: AbortSignal) {
  const request = createRequest(target.send);
  return async (toolName: string, args: Args): Promise<Readonly<Record<string, unknown>>> => {
    const operation = operationOf(toolName);
    return (await shapeAnswer(operation, (await request(operation, args, signal)).answer, false)).answer;
  };
}

/** Looks at one job. @param isPoll asks once: whoever polls plans the next look himself */
export async function readJob(
  target: Target,
  { appId, backendEnvironmentName, jobId }: JobRef,
  isPoll: boolean,
  signal?: AbortSignal,
): Promise<PolledJob> {
  const address = { appId, backendEnvironmentName, jobId };
  const operation = { ...operationOf('get_backend_job'), isPoll };
  const { answer, aheadMs } = await createRequest(target.send)(operation, address, signal);
  const shaped = await shapeAnswer(operation, answer, false);
  return { job: toJob(address, shaped.answer, 'unknown'), aheadMs };
}

/** A target's jobs and environments. */
export function jobSourceOf(target: Target, signal?: AbortSignal): JobSource {
  const read = readerOf(target, signal);
  return {
    getJob: (appId, backendEnvironmentName, jobId) =>
      readJob(target, { appId, backendEnvironmentName, jobId }, false, signal),
    async listEnvironments(appId) {
      const { backendEnvironmentList } = await read('get_backend', { appId });
      return (backendEnvironmentList as string[] | undefined) ?? [];
    },
  };
}

/** The job of some facts, under the environment that they or the arguments name; undefined where that is not known. */
export function namedJob(operation: Operation, args: Args, facts: Args): Job | undefined {
  const { jobId } = facts;
  const appId = String(facts.appId ?? args.appId);
  const named = facts.backendEnvironmentName ?? args.targetEnvironmentName ?? args.backendEnvironmentName;
  if (typeof jobId !== 'string' || typeof named !== 'string') return undefined;
  return toJob({ appId, backendEnvironmentName: named, jobId }, facts, operation.name);
}

/** The job that an answer names, under the environment that it names, else where it is found; with a note where it is not. */
export async function jobOf(
  operation: Operation,
  args: Args,
  answer: Args,
  source: JobSource,
): Promise<{ job?: Job; notes: string[] }> {
  const { jobId } = answer;
  if (!(operation.startsJob || operation.answersJob) || typeof jobId !== 'string') return { notes: [] };
  const job = namedJob(operation, args, answer);
  if (job) return { job, notes: [] };
  const appId = String(answer.appId ?? args.appId);
  try {
    const { job } = await locateJob(source, appId, undefined, jobId);
    return { job, notes: [] };
  } catch (thrown) {
    // The write was accepted; that its job cannot be read yet must not make it look like a failure.
    const { code } = toServerError(thrown);
    const note = `AWS started job ${quoteName(jobId)}, but it cannot be read yet (${code}): look with list_backend_jobs.`;
    return { notes: [note] };
  }
}

/**
 * The jobs that an answer tells of: the call's own, or those of a listing that run or ended of late.
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
  return ((answer.jobs ?? []) as Record<string, unknown>[]).flatMap(facts => {
    const { appId, backendEnvironmentName, jobId } = facts;
    if (typeof appId !== 'string' || typeof backendEnvironmentName !== 'string' || typeof jobId !== 'string')
      return [];
    const listed = toJob({ appId, backendEnvironmentName, jobId }, facts, 'unknown');
    const isOld = Date.parse(listed.updatedAt ?? '') < awsNow - LATELY_MS;
    return listed.state === 'running' || !isOld ? [listed] : [];
  });
}
