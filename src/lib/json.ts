/** Guards for values of foreign JSON. */

/** A structure of JSON: no list, no null. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether a value is a structure. */
export const isObject = (value: unknown): value is Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The value where it is a structure, else an empty one. */
export const objectOf = (value: unknown): Json => (isObject(value) ? value : {});

/** The value where it is a text that is not empty. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** An own member of the value, never one of its prototype. */
export const memberOf = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/**
 * Whether JSON names `dryRun` more than once. Of equal names JSON.parse keeps the last, which could turn a plan into a
 * write; no tool takes the name at two places.
 */
export const repeatsDryRun = (json: string): boolean => (json.match(/"dryRun"\s*:/g) ?? []).length > 1;

/** The structure that a text holds as JSON; undefined where it holds none, or names `dryRun` more than once. */
export function parseStructure(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text) || repeatsDryRun(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
