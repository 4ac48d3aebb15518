/**
 * Where a GraphQL schema of Amplify keeps data: the tables of its `@model` types and many-to-many relations, with the key
 * of each, and whether it has a search domain. Both generations of directives are read: `@key` of
 * transformer version 1, `@primaryKey` and `@index` of version 2.
 */
import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DefinitionNode,
  Kind,
  type TypeNode,
} from 'graphql';
import { createSlices } from '../lib/event-loop.ts';
import { readDefinitions, type SchemaReading } from './schema.ts';

/** A key, or keys. */
export interface SchemaKey {
  /** For a person: `id: ID`, `customer: ID, date: AWSDate`. */
  readonly text: string;
  /** As DynamoDB keeps it: two keys differ only where this differs. */
  readonly shape: string;
}

/** A table of the schema. */
export interface SchemaTable {
  /** Its primary key. A change replaces the table. */
  readonly key: SchemaKey;
  /** Its indexes with the same partition key. Local indexes are part of the table, so a change may replace it. */
  readonly localIndexes: SchemaKey;
}

/** The data behind a schema. */
export interface SchemaData {
  /** By the prefix of the table's name, to which AWS adds the API's id and the environment. */
  readonly tables: ReadonlyMap<string, SchemaTable>;
  /** Whether there is a search domain besides the tables. */
  readonly isSearched: boolean;
  /** The models' database where that is not DynamoDB: `mysql`, `postgres`. There are no tables then. */
  readonly sqlEngine?: string;
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

/** Types that DynamoDB keeps as numbers. All others are texts. */
const numbers = ['Int', 'Float', 'AWSTimestamp'];

/** What the keys need of a field. The node itself has several times as many objects, too many to keep for a long schema. */
interface Field {
  /** Without what makes it a list or required. */
  readonly type: string;
  readonly directives: readonly ConstDirectiveNode[];
}

/** A type with its extensions. */
interface Type {
  readonly directives: ConstDirectiveNode[];
  /** Fields by name. Amplify refuses a schema with a repeated name. */
  readonly fields: Map<string, Field>;
}

/** The fields of a key. A sort key of several fields is one text to DynamoDB. */
function keyOf({ fields }: Type, names: readonly string[]): SchemaKey {
  const typed = names.map(name => {
    const field = fields.get(name);
    // Amplify adds an `id` where a type has none.
    return { name, type: field?.type ?? 'ID' };
  });
  const shapes = typed.map(({ name, type }) => `${name}:${numbers.includes(type) ? 'N' : 'S'}`);
  const [partition = '', ...sort] = shapes;
  return {
    text: typed.map(({ name, type }) => `${name}: ${type}`).join(', '),
    shape: [partition, sort.length > 1 ? names.slice(1).join('#') : sort[0]].join(' '),
  };
}

/** The fields of the primary key and of each index, in both generations' words. */
function keysOf(type: Type) {
  const ofType = directivesOf(type, 'key').map(directive => ({
    index: textOf(argument(directive, 'name')),
    names: namesOf(argument(directive, 'fields')),
  }));
  const ofFields = [...type.fields].flatMap(([name, field]) => {
    const from = (directive: ConstDirectiveNode, index: string | undefined) => ({
      index,
      names: [name, ...namesOf(argument(directive, 'sortKeyFields'))],
    });
    return [
      ...directivesOf(field, 'primaryKey').map(directive => from(directive, undefined)),
      ...directivesOf(field, 'index').map(directive =>
        from(directive, textOf(argument(directive, 'name')) ?? name),
      ),
    ];
  });
  const all = [...ofType, ...ofFields];
  const primary = all.find(({ index }) => index === undefined)?.names ?? ['id'];
  return { primary, indexes: all.filter(({ index }) => index !== undefined) };
}

type NamedTable = readonly [string, SchemaTable];

function tableOf(typeName: string, type: Type): NamedTable {
  const { primary, indexes } = keysOf(type);
  const [mapping] = directivesOf(type, 'mapsTo');
  const name = (mapping && textOf(argument(mapping, 'name'))) ?? typeName;
  const local = indexes
    .filter(({ names }) => names.length > 1 && names[0] === primary[0])
    .map(({ index, names }) => ({ index, ...keyOf(type, names) }));
  const localIndexes = {
    text: local.map(({ index, text }) => `${index} (${text})`).join(', '),
    shape: local
      .map(({ index, shape }) => `${index} ${shape}`)
      .sort()
      .join(', '),
  };
  return [name, { key: keyOf(type, primary), localIndexes }];
}

const capitalized = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Many-to-many relations have a table of their own, named after the relation. */
function relationsOf({ fields }: Type): NamedTable[] {
  const table = { key: { text: 'id: ID', shape: 'id:S ' }, localIndexes: { text: '', shape: '' } };
  return [...fields.values()].flatMap(field =>
    directivesOf(field, 'manyToMany').flatMap(directive => {
      const relation = textOf(argument(directive, 'relationName'));
      return relation === undefined ? [] : [[capitalized(relation), table] as const];
    }),
  );
}

/** Adds a definition to its type. An extension may precede the type. */
function addTo(types: Map<string, Type>, node: DefinitionNode): void {
  if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION) return;
  const name = node.name.value;
  const type: Type = types.get(name) ?? { directives: [], fields: new Map() };
  types.set(name, type);
  for (const directive of node.directives ?? []) type.directives.push(directive);
  for (const { name, type: fieldType, directives = [] } of node.fields ?? [])
    if (!type.fields.has(name.value)) type.fields.set(name.value, { type: typeName(fieldType), directives });
}

/** `input AMPLIFY { engine: String = "mysql" }` says that models are in a database which Amplify did not create. */
function sqlEngineOf(node: DefinitionNode): string | undefined {
  if (node.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION || node.name.value !== 'AMPLIFY') return undefined;
  const engines = (node.fields ?? [])
    .filter(({ name }) => name.value === 'engine')
    .map(({ defaultValue }) => textOf(defaultValue));
  return engines.find(engine => engine !== undefined && engine !== 'dynamodb');
}

/** Reads the data of a schema's text. */
export async function readSchemaData(text: string): Promise<SchemaReading<SchemaData>> {
  const types = new Map<string, Type>();
  let sqlEngine: string | undefined;
  const unreadable = await readDefinitions(text, definition => {
    addTo(types, definition);
    sqlEngine ??= sqlEngineOf(definition);
  });
  if (unreadable !== undefined) return { unreadable };
  if (sqlEngine !== undefined) return { value: { tables: new Map(), isSearched: false, sqlEngine } };
  const nextStep = createSlices();
  const tables = new Map<string, SchemaTable>();
  let isSearched = false;
  for (const [name, type] of types) {
    const isModel = has(type, 'model');
    for (const [of, table] of [...(isModel ? [tableOf(name, type)] : []), ...relationsOf(type)])
      tables.set(of, table);
    isSearched ||= isModel && has(type, 'searchable');
    await nextStep();
  }
  return { value: { tables, isSearched } };
}
