/**
 * When to poll a job next: often while its end is likely, rarely otherwise. Pure; `bench/jobs.mjs` measures how many polls
 * that takes and how late an end is noticed.
 */
import type { Expectation } from './expectation.ts';

/** What the next poll depends on. */
export interface Pace {
  /** Since AWS created the job, in milliseconds. */
  readonly ageMs: number;
  readonly expectation: Expectation | undefined;
  /** Failed polls in a row. */
  readonly failures: number;
  /** 0 to 1. */
  readonly random: () => number;
}

const FLOOR_MS = 1_000;
const LOWEST_FLOOR_MS = 250;
const CAP_MS = 60_000;
const FAILURE_CAP_MS = 90_000;
const FAILURE_BASE_MS = 1_000;
/** The delay as a share of the job's age. On average, an end is noticed half a delay late. */
const STEP = 0.1;
/** The most by which a delay is shortened at random, so that jobs started together are not polled together. */
const JITTER = 0.1;
/** The shortest delay after the first seconds: few jobs end that early. */
const EARLY_STEP_MS = 3_000;
/** Jobs that take longer than this are also polled early, in case they fail at once. */
const SHORT_MS = 30_000;
const FIRST_POLL_MS = 10_000;
/** Twice the delay in noticing the end that is accepted to save one poll. */
const POLL_WORTH_MS = 800;

/** The delay without an expectation: short at first, then a share of the age. */
const openDelay = (ageMs: number) =>
  Math.max(FLOOR_MS, Math.min(EARLY_STEP_MS, ageMs / 2), Math.min(CAP_MS, ageMs * STEP));

/**
 * The delay within the band of likely ends. The mean delay in noticing the end is half of it, the number of polls is the
 * band divided by it; the sum of both costs is least at this square root.
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
  // Overdue: more rarely with time, but not more rarely than a job without an expectation.
  if (ageMs > highMs) return Math.max(denseMs, Math.min((ageMs - highMs) / 4, openDelay(ageMs))) * jitter;
  if (ageMs >= lowMs - denseMs) return denseMs * jitter;
  // Before the band: in equal steps to just before its start, never past it.
  const leftMs = lowMs - (denseMs / 4) * random() - ageMs;
  const stepMs = Math.min(CAP_MS, lowMs <= SHORT_MS ? leftMs : Math.max(FIRST_POLL_MS, ageMs));
  const polls = Math.ceil(leftMs / stepMs);
  return polls === 1 ? leftMs : (leftMs / polls) * jitter;
}

/** Milliseconds until the next poll: 1 s to 60 s, less for jobs of a few seconds, up to 90 s after failures. */
export function nextDelay(pace: Pace): number {
  const { expectation, failures, random } = pace;
  const floorMs = Math.max(LOWEST_FLOOR_MS, Math.min(FLOOR_MS, (expectation?.typicalMs ?? CAP_MS) * STEP));
  const planned = plannedDelay(pace, floorMs);
  if (failures === 0) return Math.max(floorMs, planned);
  const patience = Math.min(FAILURE_CAP_MS, FAILURE_BASE_MS * 2 ** (failures - 1));
  return Math.max(floorMs, planned, patience * (1 - JITTER * random()));
}
