/**
 * The expected duration of a job, from past jobs of its operation: a typical duration, and a band around it. Both are
 * quantiles, so that one unusual job changes little.
 */

/** Durations in milliseconds, low <= typical <= high. */
export interface Expectation {
  /** Few jobs end earlier. */
  readonly lowMs: number;
  /** The median. */
  readonly typicalMs: number;
  /** Few jobs take longer. */
  readonly highMs: number;
  readonly samples: number;
}

/** Quantiles of the band. An earlier start costs a poll for every job; a later end costs polls for slow jobs only. */
const LOW = 0.2;
const HIGH = 0.9;
/** How much wider the band of a single sample is, at either end. */
const DOUBT = 0.3;
/** The widest band: a record that was rewritten days later looks like a job that took days. */
const MOST_TIMES_TYPICAL = 3;

function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/**
 * @param durationsMs the durations of past jobs of one operation, in any order; impossible ones are ignored
 * @returns undefined if there are none
 */
export function expectationFrom(durationsMs: readonly number[]): Expectation | undefined {
  const sorted = durationsMs.filter(ms => Number.isFinite(ms) && ms >= 1).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const typicalMs = quantile(sorted, 0.5);
  // Few samples say little about the spread.
  const doubt = DOUBT / sorted.length;
  const highMs = Math.min(quantile(sorted, HIGH) * (1 + doubt), typicalMs * MOST_TIMES_TYPICAL);
  return {
    lowMs: Math.round(quantile(sorted, LOW) * (1 - doubt)),
    typicalMs: Math.round(typicalMs),
    highMs: Math.round(highMs),
    samples: sorted.length,
  };
}
