/** What differs between two GraphQL schemas, type by type and field by field. */
import { OWN, readTypes } from './schema-types.ts';

/** A member that is asked for. */
export interface Change {
  /** From the outside in: `resourceConfig.permissions.authenticated`. */
  readonly path: string;
  /** What is there, null where that is nothing; absent where nobody can tell, or where nothing is changed but asked. */
  readonly before?: unknown;
  /** What is asked for; null where what is there goes. */
  readonly after: unknown;
}

type Parts = Readonly<Record<string, string>>;

const namesIn = (was: object, is: object) => [...new Set([...Object.keys(was), ...Object.keys(is)])];

/** Names come from a schema and may be those that every object has: `constructor`. */
const memberOf = <Value>(of: Readonly<Record<string, Value>>, name: string) =>
  Object.hasOwn(of, name) ? of[name] : undefined;

/** A type as a whole. */
const sizeOf = (parts: Parts) => `${parts[OWN]} with ${Object.keys(parts).length - 1} fields`;

function differencesIn(was: Parts, is: Parts, path: string): Change[] {
  return namesIn(was, is).flatMap(name => {
    const [before, after] = [memberOf(was, name), memberOf(is, name)];
    if (before === after) return [];
    return [{ path: name === OWN ? path : `${path}.${name}`, before: before ?? null, after: after ?? null }];
  });
}

/** All of them; undefined where one of the two cannot be read. */
export async function differencesInSchema(
  before: string,
  after: string,
  path: string,
): Promise<Change[] | undefined> {
  const [was, is] = await Promise.all([readTypes(before), readTypes(after)]);
  if ('unreadable' in was || 'unreadable' in is) return undefined;
  return namesIn(was.value, is.value).flatMap(name => {
    const [ofBefore, ofAfter] = [memberOf(was.value, name), memberOf(is.value, name)];
    const at = `${path}.${name}`;
    if (ofBefore && ofAfter) return differencesIn(ofBefore, ofAfter, at);
    return [
      { path: at, before: ofBefore ? sizeOf(ofBefore) : null, after: ofAfter ? sizeOf(ofAfter) : null },
    ];
  });
}
