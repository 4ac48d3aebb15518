/**
 * What is said of a job beside its facts: what it waits for, and the next sensible step. AWS's free text goes
 * in only as quoted data.
 */

import { durationText } from '../lib/duration.ts';
import { quote } from '../lib/quote.ts';
import type { Job } from './job.ts';

/** Whether the operation takes environments away, and its job's record with them. */
export const removesEnvironments = (operation: string) =>
  operation === 'DeleteBackend' || operation === 'RemoveAllBackends';

/** What to do once an operation has succeeded: a finished job is not yet a finished piece of work. */
const afterSuccess: Readonly<Record<string, string>> = {
  CloneBackend:
    'Compare the target with its source (compare_environments) before you call it complete: a finished job is not a finished clone.',
  DeleteBackend: 'Confirm with get_backend that the environment is gone.',
  RemoveAllBackends: 'Confirm with get_backend that no environment is left.',
};

/** What a job that runs waits for. @param movedMs since its stack moved, where that was its last sign of life */
export function waitingFor(
  { status }: Job,
  expectedMs: number | undefined,
  movedMs: number | undefined,
): string {
  const past =
    expectedMs === undefined ? '' : `; past jobs of this kind took about ${durationText(expectedMs)}`;
  const moved = movedMs === undefined ? '' : `; CloudFormation's last event was ${durationText(movedMs)} ago`;
  return `AWS, which says ${quote(status, 64)}${moved}${past}`;
}

/** The next sensible step. @param quietMs since the last sign of life */
export function nextStep({ state, operation, error }: Job, quietMs: number, ttlMs: number): string {
  switch (state) {
    case 'running':
      return `Wait with wait_for_job, or look again in ${durationText(ttlMs)}. Do not start the same again meanwhile.`;
    case 'stalled':
      return `No sign of life for ${durationText(quietMs)}. Nothing was cancelled, and AWS has no cancel: see with explain_job what it hangs on, and tell the person, before anything else is tried.`;
    case 'failed':
      return `${error ? "Read AWS's words in error" : "The job's record gives no reason"}; explain_job looks into the stack's events as well. See with get_backend what stands now before you try again: a failed job can leave an empty environment behind.`;
    case 'succeeded':
      return afterSuccess[operation] ?? 'Nothing is left to do for this job.';
  }
}
