/** A GraphQL schema by types and fields, so that two schemas are compared by meaning and not by formatting. */
import {
  type ASTNode,
  type ConstDirectiveNode,
  type DefinitionNode,
  type FieldDefinitionNode,
  Kind,
  print,
} from 'graphql';
import { readDefinitions, type SchemaReading } from './schema.ts';

/** Types by name. Each has its own line under `(type)`, and its fields, values, members or operations. */
export type SchemaByType = Record<string, Record<string, string>>;

/** The member for a type's own line. No field can have this name. */
export const OWN = '(type)';

const line = (...parts: readonly string[]) => parts.filter(part => part !== '').join(' ');

/** Numbers repeated names, so that a second definition does not hide the first. */
class Keys {
  readonly #uses = new Map<string, number>();

  of(name: string): string {
    const uses = (this.#uses.get(name) ?? 0) + 1;
    this.#uses.set(name, uses);
    return uses === 1 ? name : `${name} (${uses})`;
  }
}

/** GraphQL's keyword of a kind of definition. */
const keywords: Readonly<Record<string, string>> = {
  [Kind.OBJECT_TYPE_DEFINITION]: 'type',
  [Kind.INTERFACE_TYPE_DEFINITION]: 'interface',
  [Kind.UNION_TYPE_DEFINITION]: 'union',
  [Kind.ENUM_TYPE_DEFINITION]: 'enum',
  [Kind.INPUT_OBJECT_TYPE_DEFINITION]: 'input',
  [Kind.SCALAR_TYPE_DEFINITION]: 'scalar',
  [Kind.SCHEMA_DEFINITION]: 'schema',
};

/** A type while it is assembled. Extensions add to it, wherever they are. */
interface Type {
  readonly kind: string;
  isDefined: boolean;
  readonly interfaces: Set<string>;
  readonly directives: string[];
  readonly keys: Keys;
  readonly parts: Map<string, string>;
}

type Named = { readonly name: { readonly value: string } };
type Directed = { readonly directives?: readonly ConstDirectiveNode[] | undefined };

const byName = <Node extends Named>(nodes: readonly Node[] = []) =>
  [...nodes].sort((a, b) => (a.name.value < b.name.value ? -1 : 1));

/** Directives as texts, sorted: neither their order nor that of their arguments matters. */
const directivesOf = ({ directives = [] }: Directed) =>
  directives.map(node => print({ ...node, arguments: byName(node.arguments) })).sort();

/** A node as text, without directives and descriptions. */
function bare(node: ASTNode): string {
  const { arguments: given } = node as Partial<FieldDefinitionNode>;
  const changed = {
    description: undefined,
    directives: [],
    ...(given && { arguments: byName(given).map(argument => ({ ...argument, description: undefined })) }),
  };
  return print({ ...node, ...changed } as ASTNode);
}

function partsOf(node: DefinitionNode): [name: string, text: string][] {
  if ('operationTypes' in node) return (node.operationTypes ?? []).map(part => [part.operation, print(part)]);
  if ('types' in node) return (node.types ?? []).map(part => [part.name.value, 'member']);
  const parts = 'fields' in node ? node.fields : 'values' in node ? node.values : undefined;
  return (parts ?? []).map(part => [part.name.value, line(bare(part), ...directivesOf(part))]);
}

/** The key of a definition. Directives, queries and fragments get keys that cannot be type names. */
export function nameOf(node: DefinitionNode): string {
  const name = 'name' in node && node.name ? node.name.value : '';
  switch (node.kind) {
    case Kind.SCHEMA_DEFINITION:
    case Kind.SCHEMA_EXTENSION:
      return 'schema';
    case Kind.DIRECTIVE_DEFINITION:
      return `@${name}`;
    case Kind.OPERATION_DEFINITION:
      return line(node.operation, name);
    case Kind.FRAGMENT_DEFINITION:
      return `fragment ${name}`;
    default:
      return name;
  }
}

const whole: readonly string[] = [
  Kind.DIRECTIVE_DEFINITION,
  Kind.OPERATION_DEFINITION,
  Kind.FRAGMENT_DEFINITION,
];

/** Assembles types from their definitions and extensions. */
class Types {
  readonly #keys = new Keys();
  readonly #types = new Map<string, Type>();
  readonly #texts = new Map<string, string>();

  add(node: DefinitionNode): void {
    const name = nameOf(node);
    if (whole.includes(node.kind)) {
      this.#texts.set(this.#keys.of(name), line(bare(node), ...directivesOf(node as Directed)));
      return;
    }
    const type = this.#typeFor(node, name);
    const { interfaces = [] } = node as { readonly interfaces?: readonly Named[] };
    for (const { name: implemented } of interfaces) type.interfaces.add(implemented.value);
    type.directives.push(...directivesOf(node as Directed));
    for (const [part, text] of partsOf(node)) type.parts.set(type.keys.of(part), text);
  }

  /** The type that a node adds to: one of its name, unless both are definitions; else a new type. */
  #typeFor({ kind: nodeKind }: DefinitionNode, name: string): Type {
    const isDefinition = !nodeKind.endsWith('Extension');
    const kind = nodeKind.replace('Extension', 'Definition');
    const known = this.#types.get(name);
    if (known && known.kind === kind && !(known.isDefined && isDefinition)) {
      known.isDefined ||= isDefinition;
      return known;
    }
    const type = {
      ...{ kind, isDefined: isDefinition, interfaces: new Set<string>(), directives: [] },
      ...{ keys: new Keys(), parts: new Map<string, string>() },
    };
    this.#types.set(this.#keys.of(name), type);
    return type;
  }

  all(): SchemaByType {
    const texts = [...this.#texts].map(([name, text]) => [name, { [OWN]: text }] as const);
    const types = [...this.#types].map(([name, { kind, isDefined, interfaces, directives, parts }]) => {
      const own = line(
        isDefined ? '' : 'extend',
        keywords[kind] ?? kind,
        interfaces.size > 0 ? `implements ${[...interfaces].sort().join(' & ')}` : '',
        ...directives.sort(),
      );
      return [name, { [OWN]: own, ...Object.fromEntries(parts) }] as const;
    });
    return Object.fromEntries([...types, ...texts]);
  }
}

/** Reads a schema by types. */
export async function readTypes(text: string): Promise<SchemaReading<SchemaByType>> {
  const types = new Types();
  const unreadable = await readDefinitions(text, definition => types.add(definition));
  return unreadable === undefined ? { value: types.all() } : { unreadable };
}
