/** AWS's times: AmplifyBackend gives strings whose form it does not fix. */

/** Larger numbers are milliseconds: seconds reach this value in the year 5138, milliseconds passed it in 1973. */
const LARGEST_SECONDS = 1e11;

const hasZone = /(?:Z|[+-]\d\d:?\d\d|GMT|UTC)(?: \([^()]*\))?$/i;
const isIso = /^\d{4}-\d\d-\d\d/;

/** Parses an ISO time or any other form that `Date` reads. Without a zone it is UTC, never this machine's zone. */
function parsedText(text: string): number {
  if (hasZone.test(text) || !/\d:\d\d/.test(text)) return Date.parse(text);
  return Date.parse(isIso.test(text) ? `${text.replace(' ', 'T')}Z` : `${text} UTC`);
}

/** Epoch milliseconds of a time that AWS gave: epoch seconds, epoch milliseconds or a text; undefined for no time. */
export function awsTime(value: unknown): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  const epoch = /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
  const time =
    epoch === undefined ? parsedText(text) : epoch < LARGEST_SECONDS ? epoch * 1000 : Math.trunc(epoch);
  // The range of Date.
  return Math.abs(time) <= 8.64e15 ? time : undefined;
}

/** A time that AWS gave, in ISO 8601 and UTC; undefined for no time. */
export function isoTime(value: unknown): string | undefined {
  const time = awsTime(value);
  return time === undefined ? undefined : new Date(time).toISOString();
}
