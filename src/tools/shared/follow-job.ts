/** Follows a job within one call, to its end or until the call's time is up, and reports progress meanwhile. */
import { z } from 'zod';
import type { JobReadContext } from '../../call/jobs.ts';
import { ServerError } from '../../errors.ts';
import { isEnded, type JobRef } from '../../jobs/job.ts';
import type { JobReport } from '../../jobs/report.ts';
import type { ToolContext } from '../define.ts';
import { jobReaderOf } from './read.ts';

/** Most hosts give a call up after 60 s. */
export const DEFAULT_SECONDS = 50;
const MOST_SECONDS = 3_600;
const PROGRESS_EVERY_MS = 2_000;

/** The argument that bounds how long a call waits. */
export const timeoutSeconds = z
  .number()
  .int()
  .min(1)
  .max(MOST_SECONDS)
  .optional()
  .describe(`Seconds, default ${DEFAULT_SECONDS}; hosts give up at 60`);

const aborted = (signal: AbortSignal) =>
  new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** @returns the job at its end, or when the time is up @throws ServerError */
export async function followJob(
  context: ToolContext,
  ref: JobRef,
  { seconds, target, operation }: Pick<JobReadContext, 'target' | 'operation'> & { readonly seconds: number },
): Promise<JobReport> {
  const { jobs, signal, onProgress, onJob } = context;
  const follower = { ...jobReaderOf(context, target), operation };
  const startedAt = performance.now();
  let reported = -1;
  /** 100 where progress is reported in percent; undefined where it is reported in seconds. One call must not mix the two. */
  let total: 100 | undefined;
  const reportProgress = ({ job, progress, waitingFor }: JobReport) => {
    if (reported < 0 && progress !== undefined) total = 100;
    const elapsed = Math.round((performance.now() - startedAt) / 1000);
    const step = total === undefined ? elapsed : Math.min(progress ?? reported, 99);
    if (step <= reported) return;
    reported = step;
    const message = `${job.state}: waiting for ${waitingFor ?? 'AWS'}`;
    onProgress?.({ progress: step, ...(total !== undefined && { total }), message });
  };
  const ended = new AbortController();
  const release = await jobs.follow(ref, follower, change => {
    if (change instanceof ServerError || isEnded(change.job)) ended.abort();
    else reportProgress(change);
  });
  const repeat = () => {
    const latest = jobs.peek(ref);
    if (latest) reportProgress(latest);
  };
  const known = jobs.peek(ref);
  if (known && !ended.signal.aborted) onJob?.(known.job);
  const timer = onProgress && setInterval(repeat, PROGRESS_EVERY_MS);
  try {
    const ends = [ended.signal, AbortSignal.timeout(seconds * 1000), ...(signal ? [signal] : [])];
    await aborted(AbortSignal.any(ends));
  } finally {
    release();
    clearInterval(timer);
  }
  if (signal?.aborted) throw new ServerError('cancelled');
  return jobs.read(ref, follower);
}
