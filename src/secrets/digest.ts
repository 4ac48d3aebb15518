/** The same short text for what says the same: of a plan that was confirmed, of a place that was shown. */
import { createHash } from 'node:crypto';

/** Objects with their members in one order, whatever order they came in. */
function canonical(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** SHA-256 of the value's JSON, in base64url. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, canonical)).digest('base64url');
}

/** A value whose lists, however deep, are in one order, whatever order they came in. */
export function unordered(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (!Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unordered(inner)]));
  const items = value.map(unordered).map(item => ({ item, key: JSON.stringify(item, canonical) ?? '' }));
  return items.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ item }) => item);
}
