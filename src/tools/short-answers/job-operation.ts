/**
 * Adds state, createdAt and updatedAt to an answer that is a job's record, and a note where the job runs longer than usual.
 */
import type { Outcome } from '../../call/call-operation.ts';
import { isEnded, stateAndTimes } from '../../jobs/job.ts';
import { overdueText } from '../../jobs/overdue.ts';
import type { RawCall, ReadReport } from './raw-call.ts';

/** @throws ServerError */
export async function callJobOperation(
  call: RawCall,
  args: unknown,
  readReport: ReadReport,
): Promise<Outcome> {
  const outcome = await call(args);
  const { answer, job, notes } = outcome;
  if (answer.jobId === undefined) return outcome;
  const shown = { ...outcome, answer: { ...answer, ...stateAndTimes(answer) } };
  const report = job && !isEnded(job) ? await readReport(outcome) : undefined;
  if (!report || isEnded(report.job) || overdueText(report) === undefined) return shown;
  const { state } = report.job;
  return {
    ...shown,
    answer: { ...shown.answer, state },
    job: report.job,
    notes: [...notes, report.nextStep],
  };
}
