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

/** A table as the schema makes it. */
export interface SchemaTable {
  /** The type, or the relation, that it is for. */
  readonly type: string;
  /** Its primary key, as a person reads it: `id: ID`, `customer: ID, date: AWSDate`. A change replaces the table. */
  readonly key: string;
  /** Its indexes that share the partition key. As local ones they are part of the table: a change may replace it. */
  readonly localIndexes: string;
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

/** Fields as a key names them, with their types: a number's key is another than a text's. */
function keyText(fields: readonly FieldDefinitionNode[], names: readonly string[]): string {
  return names
    .map(name => {
      const field = fields.find(one => one.name.value === name);
      // Amplify adds an `id` where a type has none.
      return `${name}: ${field ? typeName(field.type) : 'ID'}`;
    })
    .join(', ');
}

/** The fields of the primary key and of each index, in both generations' words. */
function keysOf({ fields = [], ...type }: ObjectTypeDefinitionNode) {
  const ofType = directivesOf(type, 'key').map(directive => ({
    index: textOf(argument(directive, 'name')),
    names: namesOf(argument(directive, 'fields')),
  }));
  const ofFields = fields.flatMap(field => {
    const keyOf = (directive: ConstDirectiveNode, index: string | undefined) => ({
      index,
      names: [field.name.value, ...namesOf(argument(directive, 'sortKeyFields'))],
    });
    return [
      ...directivesOf(field, 'primaryKey').map(directive => keyOf(directive, undefined)),
      ...directivesOf(field, 'index').map(directive =>
        keyOf(directive, textOf(argument(directive, 'name')) ?? field.name.value),
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
    .map(({ index, names }) => `${index} (${keyText(fields, names)})`)
    .sort();
  const table = {
    type: type.name.value,
    key: keyText(fields, primary),
    localIndexes: local.join(', '),
  };
  return [name, table];
}

const isType = (node: DefinitionNode): node is ObjectTypeDefinitionNode =>
  node.kind === Kind.OBJECT_TYPE_DEFINITION;

const capitalized = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Many-to-many relations have a table of their own, named after the relation. */
function relationsOf({ fields = [] }: ObjectTypeDefinitionNode): (readonly [string, SchemaTable])[] {
  return fields.flatMap(field =>
    directivesOf(field, 'manyToMany').flatMap(directive => {
      const relation = textOf(argument(directive, 'relationName'));
      if (relation === undefined) return [];
      return [[capitalized(relation), { type: relation, key: 'id: ID', localIndexes: '' }] as const];
    }),
  );
}

function dataOf(definitions: readonly DefinitionNode[]): SchemaData {
  const types = definitions.filter(isType);
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
