/** Marks that replace values which are too large to be read or shown. */

export const TOO_DEEP = '[nested too deeply to be shown]';

/** Why a text is too long, as a clause to follow its name. */
export const lengthReason = (length: number, most: number): string =>
  `has ${length} characters, more than ${most}`;

const OPENING = '[cut: it ';

/** The mark in the place of a value. @param why a clause, as `lengthReason` gives it */
export const truncationMark = (why: string): string => `${OPENING}${why}]`;

/** The known reasons, with 0 for each number. */
const reasons = new Set([lengthReason(0, 0), 'is of a resource with more than 0 values or characters']);

/** Why a text was cut; undefined if it does not end with such a mark. */
export function truncationReason(text: string): string | undefined {
  const end = text.slice(-100);
  const opening = end.lastIndexOf(OPENING);
  if (opening < 0 || !end.endsWith(']')) return undefined;
  const why = end.slice(opening + OPENING.length, -1);
  return reasons.has(why.replace(/\d+/g, '0')) ? why : undefined;
}

/** Whether a value, or its end, was replaced by a mark. */
export const isTruncated = (value: unknown): boolean =>
  typeof value === 'string' && (value === TOO_DEEP || truncationReason(value) !== undefined);
