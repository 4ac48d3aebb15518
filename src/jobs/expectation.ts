/**
 * What past jobs of an operation make one expect of the next: a typical duration, and a band around it.
 * Quantiles, so that one odd job among them moves little.
 */

/** Durations in milliseconds, low <= typical <= high. */
export interface Expectation {
  /** Few jobs end before. */
  readonly lowMs: number;
  /** The median. */
  readonly typicalMs: number;
  /** Few jobs take longer. */
  readonly highMs: number;
  readonly samples: number;
}

/** Shares of the jobs. Looking from earlier on costs a poll of every job, looking until later only of the slow. */
const LOW = 0.2;
const HIGH = 0.9;
/** By how much the band of a single sample is wider at either end. */
const DOUBT = 0.3;
/** A record that was rewritten days later looks like a job of days: no band is wider than this. */
const MOST_TIMES_TYPICAL = 3;

function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/**
 * From the durations of past jobs of one operation in milliseconds, in any order. What cannot be a duration is
 * ignored; undefined where nothing is left to go by.
 */
export function expectFrom(durationsMs: readonly number[]): Expectation | undefined {
  const sorted = durationsMs.filter(ms => Number.isFinite(ms) && ms >= 1).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const typicalMs = quantile(sorted, 0.5);
  // Few samples say little of the spread.
  const doubt = DOUBT / sorted.length;
  const highMs = Math.min(quantile(sorted, HIGH) * (1 + doubt), typicalMs * MOST_TIMES_TYPICAL);
  return {
    lowMs: Math.round(quantile(sorted, LOW) * (1 - doubt)),
    typicalMs: Math.round(typicalMs),
    highMs: Math.round(highMs),
    samples: sorted.length,
  };
}
