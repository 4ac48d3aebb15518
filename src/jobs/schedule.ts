/** When to look at a job next: often where its end is likely, seldom elsewhere. Pure. */
import type { Expectation } from './expectation.ts';

/** What the next look depends on. */
export interface Pace {
  /** Since AWS created the job, in milliseconds. */
  readonly ageMs: number;
  readonly expectation: Expectation | undefined;
  /** Looks in a row that failed. */
  readonly failures: number;
  /** 0 to 1. */
  readonly random: () => number;
}

const FLOOR_MS = 1_000;
const LOWEST_FLOOR_MS = 250;
const CAP_MS = 60_000;
const FAILURE_CAP_MS = 90_000;
const FAILURE_BASE_MS = 1_000;
/** A look each time that the age has grown by this share finds an end after half of it on average. */
const STEP = 0.1;

function plannedDelay(ageMs: number, expectation: Expectation | undefined): number {
  if (!expectation) return Math.max(FLOOR_MS, ageMs * STEP);
  const { lowMs, typicalMs, highMs } = expectation;
  const dense = typicalMs * STEP;
  const start = lowMs - dense / 2;
  if (ageMs < start) {
    // One early look catches what fails at once; then straight to where the end is likely.
    const early = Math.max(2 * FLOOR_MS, Math.min(lowMs / 4, 30_000));
    const step = ageMs < early / 2 ? early : Math.max(early, ageMs);
    const left = start - ageMs;
    return step > left / 2 ? left : step;
  }
  return ageMs <= highMs ? dense : Math.max(dense, (ageMs - highMs) * 0.25);
}

/** Milliseconds until the next look. */
export function nextDelay({ ageMs, expectation, failures, random }: Pace): number {
  const floor = Math.max(LOWEST_FLOOR_MS, Math.min(FLOOR_MS, (expectation?.typicalMs ?? CAP_MS) / 10));
  const jitter = 0.95 + random() * 0.1;
  const planned = Math.min(CAP_MS, Math.max(floor, plannedDelay(ageMs, expectation)));
  if (failures === 0) return Math.max(floor, planned * jitter);
  const patience = Math.min(FAILURE_CAP_MS, FAILURE_BASE_MS * 2 ** (failures - 1));
  return Math.max(planned, patience) * jitter;
}
