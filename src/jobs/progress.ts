/** The likely progress of a job, and whether it is stalled: its age compared with the durations of past jobs. */
import type { Expectation } from './expectation.ts';

const AT_TYPICAL = 90;
const MOST = 99;

/** Percent, 0 to 99: linear up to 90 at the typical time, then increasingly slower. 100 needs AWS's own report. */
export function progressOf(elapsedMs: number, { typicalMs }: Expectation): number {
  const share = Math.max(0, elapsedMs) / typicalMs;
  const percent = share <= 1 ? share * AT_TYPICAL : MOST - (MOST - AT_TYPICAL) / share;
  return Math.min(MOST, Math.floor(percent));
}

const MINUTE_MS = 60_000;

/** Whether a job is stalled. Without past jobs to compare with: after an hour of age and half an hour of silence. */
export function isStalled(job: {
  readonly ageMs: number;
  /** Since AWS's update time, or since the last observed change. */
  readonly quietMs: number;
  readonly expectation: Expectation | undefined;
}): boolean {
  const { ageMs, quietMs, expectation } = job;
  if (!expectation) return ageMs > 60 * MINUTE_MS && quietMs > 30 * MINUTE_MS;
  // Five times the duration of slow jobs, but at least ten minutes, since quick jobs vary more.
  const farMs = Math.max(5 * expectation.highMs, 10 * MINUTE_MS);
  return ageMs > farMs && quietMs > farMs / 2;
}
