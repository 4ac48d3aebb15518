/**
 * When to look at a job next: often where its end is likely, seldom elsewhere. Pure; `bench/jobs.mjs` shows
 * what it costs and how late an end is noticed.
 */
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
/** By how much a delay may be shortened, so that jobs that were started together are not polled together. */
const JITTER = 0.1;
/** Few jobs end within seconds: until steps of age are longer than this, they are this long. */
const EARLY_STEP_MS = 3_000;
/** A longer job is looked at early as well, for what fails at once; for a shorter one that is a poll too many. */
const SHORT_MS = 30_000;
const FIRST_LOOK_MS = 10_000;
/** Twice the delay of noticing that one poll less is worth. */
const POLL_WORTH_MS = 800;

/** With nothing to go by: quick at first, then in steps of age. */
const openDelay = (ageMs: number) =>
  Math.max(FLOOR_MS, Math.min(EARLY_STEP_MS, ageMs / 2), Math.min(CAP_MS, ageMs * STEP));

/**
 * The delay within the band. Half of it is the mean delay of noticing, band by delay the polls: what both
 * cost together is least at a square root.
 */
function denseDelay({ lowMs, typicalMs, highMs }: Expectation, floorMs: number): number {
  const best = Math.sqrt(POLL_WORTH_MS * (highMs - lowMs));
  return Math.min(CAP_MS, Math.max(floorMs, Math.min(typicalMs * STEP, best)));
}

function plannedDelay({ ageMs, expectation, random }: Pace, floorMs: number): number {
  const jitter = 1 - JITTER * random();
  if (!expectation) return openDelay(ageMs) * jitter;
  const { lowMs, highMs } = expectation;
  const denseMs = denseDelay(expectation, floorMs);
  // Overdue: seldomer with time, but never seldomer than a job of which nothing is known.
  if (ageMs > highMs) return Math.max(denseMs, Math.min((ageMs - highMs) / 4, openDelay(ageMs))) * jitter;
  if (ageMs >= lowMs - denseMs) return denseMs * jitter;
  // To just before the start of the band and never past it; from a step before on, the look counts as within.
  const leftMs = lowMs - (denseMs / 4) * random() - ageMs;
  const stepMs = Math.min(CAP_MS, lowMs <= SHORT_MS ? leftMs : Math.max(FIRST_LOOK_MS, ageMs));
  const looks = Math.ceil(leftMs / stepMs);
  return looks === 1 ? leftMs : (leftMs / looks) * jitter;
}

/** Milliseconds until the next look: 1 s to 60 s, less for jobs of a few seconds, up to 90 s after failures. */
export function nextDelay(pace: Pace): number {
  const { expectation, failures, random } = pace;
  const floorMs = Math.max(LOWEST_FLOOR_MS, Math.min(FLOOR_MS, (expectation?.typicalMs ?? CAP_MS) * STEP));
  const planned = plannedDelay(pace, floorMs);
  if (failures === 0) return Math.max(floorMs, planned);
  const patience = Math.min(FAILURE_CAP_MS, FAILURE_BASE_MS * 2 ** (failures - 1));
  return Math.max(floorMs, planned, patience * (1 - JITTER * random()));
}
