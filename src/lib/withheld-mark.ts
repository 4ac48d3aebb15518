/** What stands in place of a secret value. It is refused as an argument, so it can never be written back. */
export const WITHHELD = '[withheld]';

/** Whether a secret was withheld in a value, as a whole or in part. */
export const isWithheld = (value: unknown): boolean => typeof value === 'string' && value.includes(WITHHELD);
