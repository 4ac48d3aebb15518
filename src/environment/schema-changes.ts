/** What differs between two GraphQL schemas, type by type and field by field. */
import { OWN, readTypes } from './schema-types.ts';

/** A changed member. */
export interface Change {
  /** From the outside in: `resourceConfig.permissions.authenticated`. */
  readonly path: string;
  /** The present value; null for none; absent where it is unknown, or where the call is no update. */
  readonly before?: unknown;
  /** The requested value; null for a removal. */
  readonly after: unknown;
}

type Parts = Readonly<Record<string, string>>;

const namesIn = (was: object, is: object) => [...new Set([...Object.keys(was), ...Object.keys(is)])];

/** Own members only: names of a schema may be those that every object has, like `constructor`. */
const memberOf = <Value>(of: Readonly<Record<string, Value>>, name: string) =>
  Object.hasOwn(of, name) ? of[name] : undefined;

/** A type as a whole. */
function sizeOf(parts: Parts): string {
  const fields = Object.keys(parts).length - 1;
  return `${parts[OWN]} with ${fields} ${fields === 1 ? 'field' : 'fields'}`;
}

function differencesIn(was: Parts, is: Parts, path: string): Change[] {
  return namesIn(was, is).flatMap(name => {
    const [before, after] = [memberOf(was, name), memberOf(is, name)];
    if (before === after) return [];
    return [{ path: name === OWN ? path : `${path}.${name}`, before: before ?? null, after: after ?? null }];
  });
}

/** All changes; undefined where one of the schemas cannot be read. */
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
