/** What past jobs of an operation make one expect of the next: a typical duration, and a band around it. */

/** Durations in milliseconds. */
export interface Expectation {
  readonly lowMs: number;
  readonly typicalMs: number;
  readonly highMs: number;
  readonly samples: number;
}

function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/** Undefined where there is nothing to go by. */
export function expectFrom(durationsMs: readonly number[]): Expectation | undefined {
  const sorted = durationsMs.filter(ms => Number.isFinite(ms) && ms > 0).sort((a, b) => a - b);
  if (sorted.length === 0) return undefined;
  const typicalMs = quantile(sorted, 0.5);
  // Few samples say little of the spread.
  const doubt = 0.5 / sorted.length;
  return {
    lowMs: Math.round(quantile(sorted, 0.1) * (1 - doubt)),
    typicalMs: Math.round(typicalMs),
    highMs: Math.round(quantile(sorted, 0.9) * (1 + doubt)),
    samples: sorted.length,
  };
}
