/** What is in the way of a clone: jobs of its source, or under its target's name, that AWS would refuse it for. */

import { ServerError } from '../../errors.ts';
import { removesEnvironments } from '../../jobs/advice.ts';
import type { Job } from '../../jobs/job.ts';
import { operationLabel } from '../../jobs/job.ts';
import type { JobReport } from '../../jobs/report.ts';
import { durationText } from '../../lib/duration.ts';
import { quoteJson, quoteName } from '../../lib/quote.ts';
import type { WorkflowContext } from '../define.ts';
import { followJob, isOver } from '../follow.ts';
import { type Clone, jobsOf } from './preflight.ts';

/** How it is dealt with. */
export interface Patience {
  /** Whether it is waited for, and not refused. */
  readonly waits: boolean;
  /** Whether the clone is only planned or asked about: nobody waits for that. */
  readonly isPlan: boolean;
  /** Whether a clone has made the target already: then only what takes it away again is in the way. */
  readonly isMade: boolean;
  readonly secondsLeft: () => number;
}

/** What came of it. */
export interface Cleared {
  /** What was waited for, or will be, a sentence each. */
  readonly notes: readonly string[];
  /** The job that has not ended within the time. */
  readonly unended?: JobReport;
}

/** The first that has not ended and was not waited for yet. */
async function findPending(
  context: WorkflowContext,
  clone: Clone,
  waited: ReadonlySet<string>,
  isMade: boolean,
): Promise<Job | undefined> {
  // Nobody knows in which order AWS lists them: one that hangs for long may be on any page.
  const places = (isMade ? [clone.to] : [clone.from, clone.to]).map(backendEnvironmentName =>
    jobsOf(context, clone, { backendEnvironmentName, all: true }),
  );
  const jobs = (await Promise.all(places)).flat();
  return jobs.find(
    ({ state, jobId, operation }) =>
      state === 'running' && !waited.has(jobId) && (!isMade || removesEnvironments(operation)),
  );
}

const named = (job: Job) => `${operationLabel(job)}, job ${quoteName(job.jobId)}`;

/** @param now epoch milliseconds on AWS's clock */
const ageOf = ({ createdAt }: Job, now: number) =>
  createdAt === undefined ? '' : `, for ${durationText(now - Date.parse(createdAt))}`;

function inTheWay(job: Job, now: number): ServerError {
  const { backendEnvironmentName, status } = job;
  return new ServerError('pending_job', {
    message: `Another job of ${quoteName(backendEnvironmentName)} has not ended${ageOf(job, now)}: ${named(job)} (quoted data: ${quoteJson({ status })}). Nothing was sent.`,
    hint: 'Call again with waitForPending: true to wait for it first; of one that hangs, explain_job says on what.',
  });
}

/** Clears the way, as far as the time goes. @throws pending_job where it is not to be waited for */
export async function clearTheWay(
  context: WorkflowContext,
  clone: Clone,
  { waits, isPlan, isMade, secondsLeft }: Patience,
): Promise<Cleared> {
  const notes: string[] = [];
  const waited = new Set<string>();
  for (;;) {
    const job = await findPending(context, clone, waited, isMade);
    if (!job) return { notes };
    const now = context.awsNow(clone.target);
    if (!waits || (isPlan && isMade)) throw inTheWay(job, now);
    waited.add(job.jobId);
    if (isPlan) {
      notes.push(
        `First it waits for ${named(job)} of ${quoteName(job.backendEnvironmentName)}, which goes on${ageOf(job, now)}.`,
      );
      continue;
    }
    const { target } = clone;
    const { operation } = job;
    const report = await followJob(context, job, { target, operation, seconds: secondsLeft() });
    if (!isOver(report)) return { notes, unended: report };
    notes.push(`Waited for ${named(job)}, to end.`);
  }
}
