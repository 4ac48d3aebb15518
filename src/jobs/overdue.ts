/** Whether a job runs far longer than such jobs do, and the sentence that says so. Pure. */
import { durationText } from '../lib/duration.ts';

const MINUTE_MS = 60_000;
/** No job is overdue earlier, since the durations of quick jobs vary more. */
const SOONEST_MS = 5 * MINUTE_MS;
const TIMES_TYPICAL = 3;
/** When a job is overdue if there are no past jobs to compare with. Pushes of Amplify take minutes. */
const ALONE_MS = 60 * MINUTE_MS;

/** The age of a running job, and how long past jobs of its kind took; undefined where that is unknown. */
export interface JobAge {
  readonly elapsedMs?: number | undefined;
  readonly expectedMs?: number | undefined;
}

export function isOverdue({ elapsedMs, expectedMs }: JobAge): boolean {
  if (elapsedMs === undefined) return false;
  return elapsedMs > (expectedMs === undefined ? ALONE_MS : Math.max(SOONEST_MS, TIMES_TYPICAL * expectedMs));
}

/** How long such jobs take and how old this one is; undefined for one that is not overdue. */
export function overdueText(age: JobAge): string | undefined {
  const { elapsedMs, expectedMs } = age;
  if (elapsedMs === undefined || !isOverdue(age)) return undefined;
  const usual = expectedMs === undefined ? 'minutes' : `about ${durationText(expectedMs)}`;
  return `Such jobs take ${usual}; this one has run for ${durationText(elapsedMs)}, far beyond that.`;
}
