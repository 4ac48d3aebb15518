/** Marks in the place of values that are too large to be read or shown. */

export const TOO_DEEP = '[nested too deeply to be shown]';

/** Why a text is too long, as a clause to follow its name. */
export const lengthReason = (length: number, most: number): string =>
  `has ${length} characters, more than ${most}`;

/** The mark in the place of a value. @param why a clause, as `lengthReason` gives it */
export const truncationMark = (why: string): string => `[cut: it ${why}]`;

const cut =
  /\[cut: it (has \d+ characters, more than \d+|is of a resource with more than \d+ values or characters)\]$/;

/** Why a text was cut; undefined where it does not end with such a mark. */
export const truncationReason = (text: string): string | undefined => cut.exec(text.slice(-100))?.[1];

/** Whether a value, or its end, was replaced by a mark. */
export const isTruncated = (value: unknown): boolean =>
  typeof value === 'string' && (value === TOO_DEEP || truncationReason(value) !== undefined);
