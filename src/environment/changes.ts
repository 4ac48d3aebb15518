/**
 * What a write changes, member by member: the present and the requested value, only where the two differ. Callers withhold
 * the secrets on both sides first.
 */
import { isObject, type Json } from '../lib/json.ts';
import { isWithheld } from '../lib/withheld-mark.ts';
import type { Change } from './schema-changes.ts';

/** A reference to a secret is one value, not a structure. */
const isStructure = (value: unknown): value is Json => isObject(value) && !Object.hasOwn(value, '$secret');

/** A value with its lists sorted, since AWS promises no order. */
const comparable = (value: unknown) =>
  JSON.stringify(Array.isArray(value) ? value.map(item => JSON.stringify(item)).sort() : value);

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

/**
 * The requested members that differ from the present ones. Members that are left out stay unchanged.
 * @param before undefined where the present state is unknown: then every requested member is a change
 */
export async function findChanges(before: unknown, after: unknown, path = ''): Promise<Change[]> {
  if (isStructure(after)) {
    const inner: Change[] = [];
    for (const [name, value] of Object.entries(after)) {
      const was = isStructure(before) ? (before[name] ?? null) : before;
      for (const change of await findChanges(was, value, join(path, name))) inner.push(change);
    }
    return inner;
  }
  const areTexts = typeof before === 'string' && typeof after === 'string';
  if (path.endsWith('transformSchema') && areTexts && before !== after) {
    // The parser is large, so the first two schemas that differ load it.
    const { differencesInSchema } = await import('./schema-changes.ts');
    const ofSchema = await differencesInSchema(before, after, path);
    if (ofSchema) return ofSchema;
  }
  // Withheld values may be equal or not, so they count as a change.
  const isSame = comparable(before) === comparable(after) && !isWithheld(after);
  if (after === undefined || isSame) return [];
  return [{ path, ...(before !== undefined && { before }), after }];
}
