/** Jobs of the source, or under the target's name, for which AWS would refuse a clone. */

import { ServerError } from '../../errors.ts';
import { removesEnvironments } from '../../jobs/advice.ts';
import { isEnded, type Job, type JobRef, operationLabel } from '../../jobs/job.ts';
import type { JobReport } from '../../jobs/report.ts';
import { durationText } from '../../lib/duration.ts';
import { quote, quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { followJob } from '../shared/follow-job.ts';
import { jobReaderOf } from '../shared/read.ts';
import { type Clone, findCloneJob, readJobs } from './preflight.ts';
import type { WaitOptions } from './wait-options.ts';

export interface PendingJobs {
  /** A sentence for each job that was or will be waited for. */
  readonly notes: readonly string[];
  /** The job that has not ended within the time. */
  readonly notEnded?: JobReport;
  /** The clone that another call started meanwhile. */
  readonly started?: JobRef;
}

/** The first blocking job that this call has not waited for yet. */
async function findPending(
  context: ToolContext,
  clone: Clone,
  waitedFor: ReadonlySet<string>,
  targetExists: boolean,
): Promise<Job | undefined> {
  // AWS documents no order, so a job that hangs may be on any page.
  const lists = (targetExists ? [clone.to] : [clone.from, clone.to]).map(backendEnvironmentName =>
    readJobs(context, clone, { backendEnvironmentName, all: true }),
  );
  const jobs = (await Promise.all(lists)).flat();
  return jobs.find(
    ({ state, jobId, operation }) =>
      state === 'running' && !waitedFor.has(jobId) && (!targetExists || removesEnvironments(operation)),
  );
}

const label = (job: Job) => `${operationLabel(job)}, job ${quoteName(job.jobId)}`;

/** @param now epoch milliseconds on AWS's clock */
const ageText = ({ createdAt }: Job, now: number) =>
  createdAt === undefined ? '' : `, for ${durationText(now - Date.parse(createdAt))}`;

/** @param report shows whether the job is stalled; undefined where AWS could not be asked */
function pendingJob(job: Job, report: JobReport | undefined, now: number): ServerError {
  const { backendEnvironmentName, status, uri } = job;
  const isStalled = report?.job.state === 'stalled';
  const state = isStalled ? 'is stalled' : 'has not ended';
  return new ServerError('pending_job', {
    message: `Another job of ${quoteName(backendEnvironmentName)} ${state}${ageText(job, now)}: ${label(job)}; AWS says ${quote(status, 64)}. Nothing was sent.`,
    hint: isStalled
      ? `Waiting does not help. ${report.nextStep} Its job: ${quote(uri)}.`
      : `Call again with waitForPending: true to wait for it first. If it hangs, explain_job with job: ${quote(uri)} says on what.`,
  });
}

/** Waits for all blocking jobs, as long as there is time. @throws pending_job where the caller does not wait */
export async function waitForPendingJobs(
  context: ToolContext,
  clone: Clone,
  { waits, isPlan, targetExists, secondsLeft }: WaitOptions,
): Promise<PendingJobs> {
  const notes: string[] = [];
  const waitedFor = new Set<string>();
  for (;;) {
    const job = await findPending(context, clone, waitedFor, targetExists);
    if (!job) return { notes };
    // Another call may have started the same clone after this call first looked for one.
    if (!targetExists && job.operation === 'CloneBackend') {
      const started = await findCloneJob(context, clone);
      if (started?.jobId === job.jobId) return { notes, started };
    }
    const now = context.awsNow(clone.target);
    if (!waits || (isPlan && targetExists)) {
      const reader = jobReaderOf(context, clone.target);
      const report = await context.jobs.read(job, reader).catch(() => undefined);
      throw pendingJob(job, report, now);
    }
    waitedFor.add(job.jobId);
    if (isPlan) {
      notes.push(
        `The clone first waits for ${label(job)} of ${quoteName(job.backendEnvironmentName)}, which runs${ageText(job, now)}.`,
      );
      continue;
    }
    const { target } = clone;
    const { operation } = job;
    const report = await followJob(context, job, { target, operation, seconds: secondsLeft() });
    if (!isEnded(report.job)) return { notes, notEnded: report };
    notes.push(`Waited for ${label(job)}, to end.`);
  }
}
