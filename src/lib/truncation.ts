/** What stands in the place of a value that was too much to be read or shown, and how it is known again. */

export const TOO_DEEP = '[nested too deeply to be shown]';

/** Why something is not read for its length, to follow its name. */
export const lengthReason = (length: number, most: number): string =>
  `has ${length} characters, more than ${most}`;

/** Stands for a part. @param why as `tooLong` says it */
export const truncationMark = (why: string): string => `[cut: it ${why}]`;

const cut =
  /\[cut: it (has \d+ characters, more than \d+|is of a resource with more than \d+ values or characters)\]$/;

/** Why a text was cut that ends with such a mark; undefined where it does not. */
export const truncationReason = (text: string): string | undefined => cut.exec(text.slice(-100))?.[1];

/** Whether a value is not what was there. */
export const isTruncated = (value: unknown): boolean =>
  typeof value === 'string' && (value === TOO_DEEP || truncationReason(value) !== undefined);
