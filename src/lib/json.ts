/** Guards for values of foreign JSON. */

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether a value is an object, but not a list or null. */
export const isObject = (value: unknown): value is Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The value if it is an object, else an empty object. */
export const objectOf = (value: unknown): Json => (isObject(value) ? value : {});

/** The value if it is a non-empty text. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** An own member of the value, never one of its prototype. */
export const memberOf = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/**
 * Whether JSON has `dryRun` more than once. JSON.parse keeps the last of equal names, which could turn a dry run into a write;
 * no tool takes the name in two places.
 */
export const repeatsDryRun = (json: string): boolean => (json.match(/"dryRun"\s*:/g) ?? []).length > 1;

/** The object or list that a text holds as JSON; undefined if it holds none, or has `dryRun` more than once. */
export function parseStructure(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text) || repeatsDryRun(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
