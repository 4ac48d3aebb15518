/** Durations and ages in words, in the one form that this server uses. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `40 s`, `12 min`, `5 h` or `3 days`, rounded; never less than `1 s`. */
export function durationText(ms: number): string {
  if (ms < 1.5 * MINUTE_MS) return `${Math.max(1, Math.round(ms / 1000))} s`;
  if (ms < 1.5 * HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  return ms < 2 * DAY_MS ? `${Math.round(ms / HOUR_MS)} h` : `${Math.round(ms / DAY_MS)} days`;
}
