/** The mark in place of a secret value. It is refused as an argument, so it can never be written back. */
export const WITHHELD = '[withheld]';

/** Whether a value is or contains the mark. */
export const isWithheld = (value: unknown): boolean => typeof value === 'string' && value.includes(WITHHELD);
