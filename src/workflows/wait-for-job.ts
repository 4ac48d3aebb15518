/**
 * `wait_for_job`: waits until a job ends, but not for longer than hosts wait for a call. It costs what one
 * watched job costs, however many wait.
 */
import { z } from 'zod';
import { RegisteredError } from '../errors.ts';
import type { Outcome } from '../execute.ts';
import type { JobAddress } from '../jobs/job.ts';
import type { JobReport } from '../jobs/report.ts';
import { appId, backendEnvironmentName, jobId } from '../operations/ids.ts';
import type { Workflow } from './define.ts';

/** Most hosts give a call up after 60 s. */
const DEFAULT_SECONDS = 50;
const MOST_SECONDS = 3_600;
/** How often a client that wants to know is told how far the job is. */
const PROGRESS_EVERY_MS = 2_000;

const isOver = ({ job: { state } }: JobReport) => state === 'succeeded' || state === 'failed';

const aborted = (signal: AbortSignal) =>
  new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

function outcomeOf(report: JobReport): Outcome {
  const { job, note, ...facts } = report;
  const goOn = isOver(report) ? [] : ['It has not ended yet: call wait_for_job again to go on waiting.'];
  return { answer: facts, job, notes: [...goOn, ...(note === undefined ? [] : [note])] };
}

export const waitForJob: Workflow = {
  toolName: 'wait_for_job',
  title: 'Wait for a job to end',
  access: 'read',
  iamActions: ['GetBackend', 'GetBackendJob', 'ListBackendJobs'].map(name => `amplifybackend:${name}`),
  toolInput: z.strictObject({
    appId,
    backendEnvironmentName,
    jobId,
    timeoutSeconds: z
      .number()
      .int()
      .min(1)
      .max(MOST_SECONDS)
      .optional()
      .describe(`Default ${DEFAULT_SECONDS}; hosts give up at 60`),
  }),
  output: z.object({
    job: z.object({}),
    asOf: z.string(),
    elapsedMs: z.number(),
    expectedMs: z.number(),
    progress: z.number(),
    waitingFor: z.string(),
    nextStep: z.string(),
    ttlMs: z.number(),
    notes: z.array(z.string()),
  }),

  async run(
    { timeoutSeconds = DEFAULT_SECONDS, target, ...where },
    { jobs, signal, caller = 'unknown', onProgress },
  ) {
    const address = where as unknown as JobAddress;
    const looker = { caller, signal, target: target as string | undefined };
    const startedAt = performance.now();
    let shown = -1;
    /** Percents where the end can be foreseen, else seconds: the two must not mix within one call. */
    let total: 100 | undefined;
    const tellProgress = ({ job, progress, waitingFor }: JobReport) => {
      if (shown < 0 && progress !== undefined) total = 100;
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      const step = total === undefined ? seconds : Math.min(progress ?? shown, 99);
      if (step <= shown) return;
      shown = step;
      const message = `${job.state}: waiting for ${waitingFor ?? 'AWS'}`;
      onProgress?.({ progress: step, ...(total !== undefined && { total }), message });
    };
    const stopwatch = AbortSignal.timeout(Number(timeoutSeconds) * 1000);
    const over = new AbortController();
    const release = await jobs.follow(address, looker, change => {
      if (change instanceof RegisteredError || isOver(change)) over.abort();
      else tellProgress(change);
    });
    const remind = () => {
      const latest = jobs.peek(address);
      if (latest) tellProgress(latest);
    };
    const reminder = onProgress && setInterval(remind, PROGRESS_EVERY_MS);
    try {
      await aborted(AbortSignal.any([over.signal, stopwatch, ...(signal ? [signal] : [])]));
    } finally {
      release();
      clearInterval(reminder);
    }
    if (signal?.aborted) throw new RegisteredError('cancelled');
    return outcomeOf(await jobs.read(address, looker));
  },
};
