/**
 * What a write changes, member by member: what is there before it and what it asks for, only where the two differ.
 * Secrets are withheld on both sides before they get here.
 */
import { isObject, type Json } from '../lib/json.ts';
import { isWithheld } from '../lib/withheld-mark.ts';
import type { Change } from './schema-changes.ts';

/** A reference to a secret is one value, not a structure. */
const isStructure = (value: unknown): value is Json => isObject(value) && !Object.hasOwn(value, '$secret');

/** As lists can be compared: AWS promises them no order. */
const comparable = (value: unknown) =>
  JSON.stringify(Array.isArray(value) ? value.map(item => JSON.stringify(item)).sort() : value);

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`);

/**
 * The members that are asked for and differ from what is there; what is left out stays as it is.
 * @param before undefined where nobody can tell: then all that is asked for is told
 */
export async function changesOf(before: unknown, after: unknown, path = ''): Promise<Change[]> {
  if (isStructure(after)) {
    const inner: Change[] = [];
    for (const [name, value] of Object.entries(after)) {
      const was = isStructure(before) ? (before[name] ?? null) : before;
      for (const change of await changesOf(was, value, join(path, name))) inner.push(change);
    }
    return inner;
  }
  const areTexts = typeof before === 'string' && typeof after === 'string';
  if (path.endsWith('transformSchema') && areTexts && before !== after) {
    // The parser is large, and loaded by the first two schemas that differ.
    const { differencesInSchema } = await import('./schema-changes.ts');
    const ofSchema = await differencesInSchema(before, after, path);
    if (ofSchema) return ofSchema;
  }
  // What is withheld may be the same on both sides or not; that it is asked for is all that can be told.
  const isSame = comparable(before) === comparable(after) && !isWithheld(after);
  if (after === undefined || isSame) return [];
  return [{ path, ...(before !== undefined && { before }), after }];
}
