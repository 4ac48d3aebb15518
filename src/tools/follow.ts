/** Following a job within one call: to its end, or as long as hosts wait; telling how far it is meanwhile. */
import { z } from 'zod';
import type { JobReadContext } from '../call/jobs.ts';
import { ServerError } from '../errors.ts';
import type { JobRef } from '../jobs/job.ts';
import type { JobReport } from '../jobs/report.ts';
import type { WorkflowContext } from './define.ts';

/** Most hosts give a call up after 60 s. */
export const DEFAULT_SECONDS = 50;
const MOST_SECONDS = 3_600;
/** How often a client that wants to know is told how far the job is. */
const PROGRESS_EVERY_MS = 2_000;

/** How long a call may take. */
export const timeoutSeconds = z
  .number()
  .int()
  .min(1)
  .max(MOST_SECONDS)
  .optional()
  .describe(`Default ${DEFAULT_SECONDS}; hosts give up at 60`);

/** Whether the job has ended. */
export const isOver = ({ job: { state } }: JobReport) => state === 'succeeded' || state === 'failed';

const aborted = (signal: AbortSignal) =>
  new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Follows; answers how the job stands at its end or when the time is up. @throws RegisteredError */
export async function followJob(
  { jobs, signal, caller = 'unknown', onProgress, onJob }: WorkflowContext,
  address: JobRef,
  { seconds, ...how }: Pick<JobReadContext, 'target' | 'operation'> & { readonly seconds: number },
): Promise<JobReport> {
  const looker = { caller, signal, ...how };
  const startedAt = performance.now();
  let shown = -1;
  /** Percents where the end can be foreseen, else seconds: the two must not mix within one call. */
  let total: 100 | undefined;
  const tellProgress = ({ job, progress, waitingFor }: JobReport) => {
    if (shown < 0 && progress !== undefined) total = 100;
    const elapsed = Math.round((performance.now() - startedAt) / 1000);
    const step = total === undefined ? elapsed : Math.min(progress ?? shown, 99);
    if (step <= shown) return;
    shown = step;
    const message = `${job.state}: waiting for ${waitingFor ?? 'AWS'}`;
    onProgress?.({ progress: step, ...(total !== undefined && { total }), message });
  };
  const over = new AbortController();
  const release = await jobs.follow(address, looker, change => {
    if (change instanceof ServerError || isOver(change)) over.abort();
    else tellProgress(change);
  });
  const remind = () => {
    const latest = jobs.peek(address);
    if (latest) tellProgress(latest);
  };
  const known = jobs.peek(address);
  if (known && !over.signal.aborted) onJob?.(known.job);
  const reminder = onProgress && setInterval(remind, PROGRESS_EVERY_MS);
  try {
    const ends = [over.signal, AbortSignal.timeout(seconds * 1000), ...(signal ? [signal] : [])];
    await aborted(AbortSignal.any(ends));
  } finally {
    release();
    clearInterval(reminder);
  }
  if (signal?.aborted) throw new ServerError('cancelled');
  return jobs.read(address, looker);
}
