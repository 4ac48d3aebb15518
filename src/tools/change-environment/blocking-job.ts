/** The job that blocks a change: its state, and what to do about it. */
import { ServerError, toServerError } from '../../errors.ts';
import { type EnvironmentRef, isEnded, operationLabel } from '../../jobs/job.ts';
import { overdueText } from '../../jobs/overdue.ts';
import type { JobReport } from '../../jobs/report.ts';
import { quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import type { PendingJob } from '../shared/pending-jobs.ts';
import { jobReaderOf } from '../shared/read.ts';

const AFTERWARDS = 'then call again with the same arguments';

/** What to do about a job that is stalled or overdue; undefined where waiting helps. */
export function stuckStep(report: JobReport): string | undefined {
  const isStuck =
    !isEnded(report.job) && (report.job.state === 'stalled' || overdueText(report) !== undefined);
  return isStuck ? report.nextStep : undefined;
}

/** A blocking job as a sentence, and what to do until it no longer blocks. */
export interface Blocking {
  readonly message: string;
  readonly step: string;
}

/** @throws ServerError cancelled */
async function readReport(context: ToolContext, ref: EnvironmentRef, { jobId }: PendingJob) {
  try {
    return await context.jobs.read({ ...ref, jobId }, jobReaderOf(context, ref.target));
  } catch (thrown) {
    if (toServerError(thrown).code === 'cancelled') throw thrown;
    return undefined;
  }
}

/** @throws ServerError cancelled */
export async function describeBlocking(
  context: ToolContext,
  ref: EnvironmentRef,
  job: PendingJob,
): Promise<Blocking> {
  const { backendEnvironmentName: environment } = ref;
  const report = await readReport(context, ref, job);
  const stuck = report && stuckStep(report);
  const what = `${operationLabel(job)}, job ${quoteName(job.jobId)}`;
  return {
    message: `Another job of ${quoteName(environment)} has not ended${stuck ? ', and seems to hang' : ''}: ${what}.`,
    step: stuck ?? `Wait for job ${quoteName(job.jobId)} with wait_for_job, ${AFTERWARDS}.`,
  };
}

/** @throws ServerError pending_job where a job blocks a write */
export async function refuseWhilePending(
  context: ToolContext,
  ref: EnvironmentRef,
  pending: readonly PendingJob[],
): Promise<void> {
  const [job] = pending;
  if (!job) return;
  const { message, step } = await describeBlocking(context, ref, job);
  throw new ServerError('pending_job', { message: `${message} Nothing more was sent.`, hint: step });
}
