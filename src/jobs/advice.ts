/**
 * The texts of a job's report: what the job waits for, and the next step. AWS's free text is inserted as quoted data only.
 */
import { durationText } from '../lib/duration.ts';
import { quote } from '../lib/quote.ts';
import type { Job } from './job.ts';
import { type JobAge, overdueText } from './overdue.ts';

/** Whether the operation deletes environments; the record of its job is deleted with them. */
export const removesEnvironments = (operation: string) =>
  operation === 'DeleteBackend' || operation === 'RemoveAllBackends';

/** The next step after a success: some operations need a check after their job has finished. */
const afterSuccess: Readonly<Record<string, string>> = {
  CloneBackend:
    'Compare the target with its source (compare_environments) before you call it complete: a finished job is not a finished clone.',
  DeleteBackend: 'Confirm with get_backend that the environment is gone.',
  RemoveAllBackends: 'Confirm with get_backend that no environment is left.',
};

/** What a running job waits for. @param sinceStackEventMs milliseconds since its stack's last event, if that was its last sign of life */
export function waitingFor(
  { status }: Job,
  expectedMs: number | undefined,
  sinceStackEventMs: number | undefined,
): string {
  const past =
    expectedMs === undefined ? '' : `; past jobs of this kind took about ${durationText(expectedMs)}`;
  const stackEvent =
    sinceStackEventMs === undefined
      ? ''
      : `; CloudFormation's last event was ${durationText(sinceStackEventMs)} ago`;
  return `AWS, which says ${quote(status, 64)}${stackEvent}${past}`;
}

/** What the next step depends on, besides the job. */
interface NextStepFacts extends JobAge {
  /** Since the last sign of life. */
  readonly quietMs: number;
  readonly ttlMs: number;
}

const CONSOLE =
  'explain_job finds what it hangs on, and names its stack and the page of the AWS console where a person can act';

/** The next step for the agent. */
export function nextStep(
  { state, operation, error }: Job,
  { quietMs, ttlMs, ...age }: NextStepFacts,
): string {
  const overdue = overdueText(age);
  switch (state) {
    case 'running':
      if (overdue) return `${overdue} ${CONSOLE}. Do not start the same operation again meanwhile.`;
      return `Wait with wait_for_job, or check again in ${durationText(ttlMs)}. Do not start the same operation again meanwhile.`;
    case 'stalled':
      return `${overdue ? `${overdue} ` : ''}No sign of life for ${durationText(quietMs)}. Nothing was cancelled, and AWS cannot cancel a job. ${CONSOLE}: tell the person before you try anything else.`;
    case 'failed':
      return `${error ? "Read AWS's words in error" : "The job's record gives no reason"}; explain_job also reads the stack's events. Before you try again, check with get_backend what exists: a failed job can leave an empty environment behind.`;
    case 'succeeded':
      return afterSuccess[operation] ?? 'Nothing is left to do for this job.';
  }
}
