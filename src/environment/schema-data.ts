/**
 * What a GraphQL schema of Amplify's holds data in: the tables behind its `@model` types and many-to-many relations,
 * by the key that each is made with, and whether it is searched. Both generations of directives are read: `@key` of
 * transformer version 1, `@primaryKey` and `@index` of version 2.
 */
import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DefinitionNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type TypeNode,
} from 'graphql';
import { readDefinitions, type SchemaReading } from './schema.ts';

/** A key, or keys. */
export interface SchemaKey {
  /** As a person reads it: `id: ID`, `customer: ID, date: AWSDate`. */
  readonly text: string;
  /** What DynamoDB makes of it: only where this differs it is another key. */
  readonly shape: string;
}

/** A table as the schema makes it. */
export interface SchemaTable {
  /** Its primary key. A change replaces the table. */
  readonly key: SchemaKey;
  /** Its indexes that share the partition key. As local ones they are part of the table: a change may replace it. */
  readonly localIndexes: SchemaKey;
}

/** The data behind a schema. */
export interface SchemaData {
  /** By the name that the table's own name begins with; AWS adds the API's id and the environment. */
  readonly tables: ReadonlyMap<string, SchemaTable>;
  /** Whether a search domain is kept beside the tables. */
  readonly isSearched: boolean;
}

type Directed = { readonly directives?: readonly ConstDirectiveNode[] | undefined };

const directivesOf = ({ directives = [] }: Directed, name: string) =>
  directives.filter(directive => directive.name.value === name);

const has = (node: Directed, name: string) => directivesOf(node, name).length > 0;

function argument({ arguments: given = [] }: ConstDirectiveNode, name: string): ConstValueNode | undefined {
  return given.find(one => one.name.value === name)?.value;
}

const textOf = (value: ConstValueNode | undefined) => (value?.kind === Kind.STRING ? value.value : undefined);

/** A list of names; one name can stand for a list of one. */
function namesOf(value: ConstValueNode | undefined): string[] {
  if (value?.kind === Kind.LIST) return value.values.flatMap(namesOf);
  const name = textOf(value);
  return name === undefined ? [] : [name];
}

function typeName(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : typeName(type.type);
}

/** Types whose values DynamoDB keeps as numbers; all others are texts to it. */
const numbers = ['Int', 'Float', 'AWSTimestamp'];

/** Fields as a key names them. A sort key of several fields is one text to DynamoDB. */
function keyOf(fields: readonly FieldDefinitionNode[], names: readonly string[]): SchemaKey {
  const typed = names.map(name => {
    const field = fields.find(one => one.name.value === name);
    // Amplify adds an `id` where a type has none.
    return { name, type: field ? typeName(field.type) : 'ID' };
  });
  const shapes = typed.map(({ name, type }) => `${name}:${numbers.includes(type) ? 'N' : 'S'}`);
  const [partition = '', ...sort] = shapes;
  return {
    text: typed.map(({ name, type }) => `${name}: ${type}`).join(', '),
    shape: [partition, sort.length > 1 ? names.slice(1).join('#') : sort[0]].join(' '),
  };
}

/** The fields of the primary key and of each index, in both generations' words. */
function keysOf({ fields = [], ...type }: ObjectTypeDefinitionNode) {
  const ofType = directivesOf(type, 'key').map(directive => ({
    index: textOf(argument(directive, 'name')),
    names: namesOf(argument(directive, 'fields')),
  }));
  const ofFields = fields.flatMap(field => {
    const from = (directive: ConstDirectiveNode, index: string | undefined) => ({
      index,
      names: [field.name.value, ...namesOf(argument(directive, 'sortKeyFields'))],
    });
    return [
      ...directivesOf(field, 'primaryKey').map(directive => from(directive, undefined)),
      ...directivesOf(field, 'index').map(directive =>
        from(directive, textOf(argument(directive, 'name')) ?? field.name.value),
      ),
    ];
  });
  const all = [...ofType, ...ofFields];
  const primary = all.find(({ index }) => index === undefined)?.names ?? ['id'];
  return { primary, indexes: all.filter(({ index }) => index !== undefined) };
}

function tableOf(type: ObjectTypeDefinitionNode): readonly [string, SchemaTable] {
  const { fields = [] } = type;
  const { primary, indexes } = keysOf(type);
  const [mapping] = directivesOf(type, 'mapsTo');
  const name = (mapping && textOf(argument(mapping, 'name'))) ?? type.name.value;
  const local = indexes
    .filter(({ names }) => names.length > 1 && names[0] === primary[0])
    .map(({ index, names }) => ({ index, ...keyOf(fields, names) }));
  const localIndexes = {
    text: local.map(({ index, text }) => `${index} (${text})`).join(', '),
    shape: local
      .map(({ index, shape }) => `${index} ${shape}`)
      .sort()
      .join(', '),
  };
  return [name, { key: keyOf(fields, primary), localIndexes }];
}

const capitalized = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Many-to-many relations have a table of their own, named after the relation. */
function relationsOf({ fields = [] }: ObjectTypeDefinitionNode): (readonly [string, SchemaTable])[] {
  return fields.flatMap(field =>
    directivesOf(field, 'manyToMany').flatMap(directive => {
      const relation = textOf(argument(directive, 'relationName'));
      const none = { text: '', shape: '' };
      return relation === undefined
        ? []
        : [[capitalized(relation), { key: keyOf([], ['id']), localIndexes: none }] as const];
    }),
  );
}

/** The object types, each with what extensions add to it. */
function typesIn(definitions: readonly DefinitionNode[]): ObjectTypeDefinitionNode[] {
  const types = new Map<string, ObjectTypeDefinitionNode>();
  for (const node of definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION) continue;
    const known = types.get(node.name.value);
    types.set(node.name.value, {
      ...node,
      kind: Kind.OBJECT_TYPE_DEFINITION,
      fields: [...(known?.fields ?? []), ...(node.fields ?? [])],
      directives: [...(known?.directives ?? []), ...(node.directives ?? [])],
    });
  }
  return [...types.values()];
}

function dataOf(definitions: readonly DefinitionNode[]): SchemaData {
  const types = typesIn(definitions);
  const models = types.filter(type => has(type, 'model'));
  return {
    tables: new Map([...models.map(tableOf), ...types.flatMap(relationsOf)]),
    isSearched: models.some(type => has(type, 'searchable')),
  };
}

/** Reads it of a schema's text. */
export async function readSchemaData(text: string): Promise<SchemaReading<SchemaData>> {
  const reading = await readDefinitions<DefinitionNode[]>(text, [], (all, definition) =>
    all.push(definition),
  );
  return 'value' in reading ? { value: dataOf(reading.value) } : reading;
}
