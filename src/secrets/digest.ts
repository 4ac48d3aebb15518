/** Digests of values: equal values have equal digests. Used for confirmed plans and published views. */
import { createHash } from 'node:crypto';

/** Objects with their members in sorted order. */
function canonical(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** SHA-256 of the value's JSON, in base64url. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, canonical)).digest('base64url');
}

/** A value whose lists, at every depth, are in sorted order. */
export function unordered(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (!Array.isArray(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unordered(inner)]));
  const items = value.map(unordered).map(item => ({ item, key: JSON.stringify(item, canonical) ?? '' }));
  return items.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ item }) => item);
}
