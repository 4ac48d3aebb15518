/** A point in the past as people and models write it: a time, or how long ago. */
import { awsTime } from './aws-time.ts';

const UNITS: readonly (readonly [unit: RegExp, ms: number])[] = [
  [/^(?:m|min|mins|minute|minutes)$/, 60_000],
  [/^(?:h|hr|hrs|hour|hours)$/, 3_600_000],
  [/^(?:d|day|days)$/, 86_400_000],
  [/^(?:w|wk|week|weeks)$/, 7 * 86_400_000],
  [/^(?:month|months)$/, 30 * 86_400_000],
];

const DURATION = /^(?:since )?(?:the )?(?:last |past )?(?:(\d{1,6}|an?) ?)?([a-z]{1,8})(?: ago)?$/;
const DATE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d|$)/;

/** Milliseconds of `7 days`, `12h` or `last week`; undefined for anything else. */
function durationOf(text: string): number | undefined {
  const [, count = 'a', unit = ''] = DURATION.exec(text) ?? [];
  const [, ms] = UNITS.find(([words]) => words.test(unit)) ?? [];
  return ms === undefined ? undefined : (count.startsWith('a') ? 1 : Number(count)) * ms;
}

const DAY_MS = 86_400_000;
/** Days before today, in UTC. */
const DAYS: Readonly<Record<string, number>> = { today: 0, yesterday: 1 };

/** The start of `today` or `yesterday`. */
function startOfDay(text: string, now: number): number | undefined {
  const word = text.replace(/^since /, '');
  const days = Object.hasOwn(DAYS, word) ? DAYS[word] : undefined;
  return days === undefined ? undefined : Math.floor(now / DAY_MS) * DAY_MS - days * DAY_MS;
}

/**
 * Epoch milliseconds of an ISO 8601 time (UTC where it names no zone), of the start of `today` or `yesterday` in UTC, or of a
 * duration before `now`; undefined for anything else.
 */
export function parseSince(given: string, now: number): number | undefined {
  const text = given.trim();
  if (DATE.test(text)) return awsTime(text);
  const day = startOfDay(text.toLowerCase(), now);
  if (day !== undefined) return day;
  const ms = durationOf(text.toLowerCase());
  return ms === undefined ? undefined : now - ms;
}
