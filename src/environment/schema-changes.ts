/** What differs between two GraphQL schemas, type by type and field by field. */
import { type ASTNode, type DefinitionNode, print } from 'graphql';
import { readDefinitions } from './schema.ts';

/** A member that is asked for. */
export interface Change {
  /** From the outside in: `resourceConfig.permissions.authenticated`. */
  readonly path: string;
  /** What is there, null where that is nothing; absent where nobody can tell, or where nothing is changed but asked. */
  readonly before?: unknown;
  /** What is asked for; null where what is there goes. */
  readonly after: unknown;
}

/** Types by name; each by its fields or values, and by its own line under no name. */
type Types = Map<string, Map<string, string>>;

const OWN = '';

/** A node on one line, without its description, which changes nothing. */
const lineOf = (node: ASTNode, without: object = {}) =>
  print(Object.assign({}, node, without, { description: undefined })).replaceAll(/\s+/g, ' ');

function take(types: Types, node: DefinitionNode): void {
  const name = 'name' in node && node.name ? node.name.value : node.kind;
  const lines = new Map(types.get(name));
  const parts = 'fields' in node ? node.fields : 'values' in node ? node.values : undefined;
  const without = 'fields' in node ? { fields: [] } : 'values' in node ? { values: [] } : {};
  lines.set(OWN, lineOf(node, without));
  for (const part of parts ?? []) lines.set(part.name.value, lineOf(part));
  types.set(name, lines);
}

const sizeOf = (lines: Map<string, string>) => `${lines.get(OWN)} with ${lines.size - 1} fields`;

function differencesIn(was: Map<string, string>, is: Map<string, string>, path: string): Change[] {
  const names = [...new Set([...was.keys(), ...is.keys()])];
  return names.flatMap(name => {
    const [before, after] = [was.get(name), is.get(name)];
    if (before === after) return [];
    return [{ path: name === OWN ? path : `${path}.${name}`, before: before ?? null, after: after ?? null }];
  });
}

/** All of them; undefined where one of the two is no schema. */
export async function differencesInSchema(
  before: string,
  after: string,
  path: string,
): Promise<Change[] | undefined> {
  const was = await readDefinitions<Types>(before, new Map(), take);
  const is = await readDefinitions<Types>(after, new Map(), take);
  if ('unreadable' in was || 'unreadable' in is) return undefined;
  const names = [...new Set([...was.value.keys(), ...is.value.keys()])];
  return names.flatMap(name => {
    const [ofBefore, ofAfter] = [was.value.get(name), is.value.get(name)];
    const at = `${path}.${name}`;
    if (ofBefore && ofAfter) return differencesIn(ofBefore, ofAfter, at);
    return [
      { path: at, before: ofBefore ? sizeOf(ofBefore) : null, after: ofAfter ? sizeOf(ofAfter) : null },
    ];
  });
}
