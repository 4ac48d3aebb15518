/** How far a job is likely to be, and whether it still lives: by its age against what past jobs took. */
import type { Expectation } from './expectation.ts';

const AT_TYPICAL = 90;
const MOST = 99;

/** Percent, 0 to 99: straight up to 90 at the typical time, then ever slower. Only AWS says 100. */
export function progressOf(elapsedMs: number, { typicalMs }: Expectation): number {
  const share = Math.max(0, elapsedMs) / typicalMs;
  const percent = share <= 1 ? share * AT_TYPICAL : MOST - (MOST - AT_TYPICAL) / share;
  return Math.min(MOST, Math.floor(percent));
}

const MINUTE_MS = 60_000;

/** Minutes are normal, hours mean stuck: without past jobs to go by, an hour of age and half an hour of silence. */
export function isStalled(job: {
  readonly ageMs: number;
  /** Since AWS's update time, or a change that was seen. */
  readonly quietMs: number;
  readonly expectation: Expectation | undefined;
}): boolean {
  const { ageMs, quietMs, expectation } = job;
  if (!expectation) return ageMs > 60 * MINUTE_MS && quietMs > 30 * MINUTE_MS;
  // Five times what the slow ones took is no mere delay, unless these are so quick that seconds decide.
  const farMs = Math.max(5 * expectation.highMs, 10 * MINUTE_MS);
  return ageMs > farMs && quietMs > farMs / 2;
}
