/** A GraphQL schema by types and fields, so that two of them differ by what they say and not by how they are written. */
import { type ASTNode, type ConstDirectiveNode, type DefinitionNode, parse, print } from 'graphql';

/** Types by name: their directives, and their fields with type and directives. */
export type SchemaByType = Record<string, Record<string, string>>;

/** The key under which a type's own line stands among its fields; no field can be named so. */
const OWN = '(type)';

/** A node as text, without its description, which changes nothing. */
const bare = (node: ASTNode, without: object = {}) =>
  print(Object.assign({}, node, without, { description: undefined }));

const joined = (directives: readonly ConstDirectiveNode[] | undefined) =>
  (directives ?? [])
    .map(node => print(node))
    .sort()
    .join(' ');

const line = (...parts: string[]) => parts.filter(part => part !== '').join(' ');

function describe(node: DefinitionNode): [string, Record<string, string>] {
  const name = 'name' in node && node.name ? node.name.value : node.kind;
  const parts = 'fields' in node ? node.fields : 'values' in node ? node.values : undefined;
  if (!parts || node.kind === 'OperationDefinition') return [name, { [OWN]: bare(node) }];
  const directives = 'directives' in node ? joined(node.directives as readonly ConstDirectiveNode[]) : '';
  const fields = parts.map(part => [
    part.name.value,
    line(bare(part, { directives: [] }), joined(part.directives)),
  ]);
  return [name, { [OWN]: line(node.kind, directives), ...Object.fromEntries(fields) }];
}

/** Reads a schema; undefined where it is none. */
export function readSchema(text: string): SchemaByType | undefined {
  try {
    return Object.fromEntries(parse(text, { noLocation: true }).definitions.map(describe));
  } catch {
    // Not ours to judge: it is compared as the text that it is.
    return undefined;
  }
}
