/** Reading of GraphQL schemas: their tables, their types, and unreadable schemas. */
import { describe, expect, it } from 'vitest';
import { differencesOf } from '../../src/environment/index.ts';
import { readSchemaData, type SchemaData } from '../../src/environment/schema-data.ts';
import { readTypes, type SchemaByType } from '../../src/environment/schema-types.ts';

async function tablesIn(schema: string): Promise<SchemaData['tables']> {
  const read = await readSchemaData(schema);
  if ('unreadable' in read) throw new Error(read.unreadable);
  return read.value.tables;
}

const tablesOf = async (schema: string) => [...(await tablesIn(schema)).keys()];

async function typesOf(schema: string): Promise<SchemaByType> {
  const read = await readTypes(schema);
  if ('unreadable' in read) throw new Error(read.unreadable);
  return read.value;
}

describe('tables', () => {
  it.each([
    ['a model', 'type Real @model { id: ID! }', ['Real']],
    ['a directive before it', 'type Real @auth(rules: [{ allow: owner }]) @model { id: ID! }', ['Real']],
    [
      'braces in a directive before it',
      'type Real @auth(rules: [{ allow: groups, groups: ["{a}"] }]) @model(queries: { get: "x" }) { id: ID! }',
      ['Real'],
    ],
    ['no type in a comment', '# type Old @model { id: ID! }\ntype Real @model { id: ID! }', ['Real']],
    ['no type in a description', '"""type Old @model { id: ID! }"""\ntype Real @model { id: ID! }', ['Real']],
    ['no directive in a comment', 'type Plain # @model\n{ id: ID! }', []],
    ['no directive of its fields', 'type Plain { id: ID! @model }', []],
    ['no directive of another name', 'type Plain @modelled { id: ID! }', []],
    ['a model by extension', 'type Late { id: ID! } extend type Late @model', ['Late']],
    ['a model written twice, once', 'type A @model { id: ID! } type A @model { id: ID! }', ['A']],
    ['a model that implements', 'type A implements B & C @model { id: ID! }', ['A']],
    [
      'no interface, input or enum',
      'interface I @model { a: Int } input P @model { a: Int } enum E @model { A }',
      [],
    ],
    [
      'the join table of two sides, once',
      'type Post @model { tags: [Tag] @manyToMany(relationName: "postTags") }\ntype Tag @model { posts: [Post] @manyToMany(relationName: "postTags") }',
      ['Post', 'PostTags', 'Tag'],
    ],
    ['a model after a long comment', `# ${'x'.repeat(400_000)}\ntype A @model { id: ID! }`, ['A']],
  ])('%s', async (_, schema, tables) => {
    expect(await tablesOf(schema)).toEqual(tables);
  });

  it('of a schema of the greatest length', async () => {
    const types = Array.from(
      { length: 9_000 },
      (_, index) => `type T${index} @model { id: ID! name: String @index }`,
    );
    const schema = types.join('\n');
    expect(schema.length).toBeGreaterThan(400_000);
    expect(await tablesOf(schema)).toEqual(Array.from({ length: 9_000 }, (_, index) => `T${index}`));
  });
});

describe('an unreadable schema has a reason:', () => {
  it.each([
    ['type {', 'does not parse as GraphQL (line 1)'],
    ['type A {\n  id: ID!\n  name String\n}', 'does not parse as GraphQL (line 3)'],
    ['type A { id: ID! }\n}', 'does not parse as GraphQL (line 2)'],
    ['type A { a: ` }', 'does not parse as GraphQL (line 1)'],
    ['', 'holds no definition'],
    ['# nothing', 'holds no definition'],
    [`type A { a: ${'['.repeat(300)}Int${']'.repeat(300)} }`, 'nests deeper than 200 levels'],
    [`type A { id: ID! }${' '.repeat(1_000_000)}`, 'is too large to be read (more than 1000000 characters)'],
    ['\n'.repeat(200_000), 'is too large to be read (more than 100000 lines)'],
    [
      `type A { ${'a:B '.repeat(10_000)}}`,
      'is too large to be read (more than 20000 tokens in one definition)',
    ],
    ['type A{a:B}'.repeat(60_000), 'is too large to be read (more than 300000 tokens)'],
  ])('%.40s', async (schema, unreadable) => {
    expect(await readSchemaData(schema)).toEqual({ unreadable });
    expect(await readTypes(schema)).toEqual({ unreadable });
  });

  it('with the line of an error far behind the first pieces', async () => {
    const schema = `${'type A { a: Int }\n'.repeat(5_000)}type B { b }`;
    expect(await readSchemaData(schema)).toEqual({ unreadable: 'does not parse as GraphQL (line 5001)' });
  });
});

describe('keys', () => {
  const tableOf = async (schema: string) => (await tablesIn(schema)).get('Order');

  it('of an index without a name are named after its field', async () => {
    const schema =
      'type Order @model { customer: ID! @primaryKey(sortKeyFields: ["at"]) @index(sortKeyFields: ["total"]) at: Int! total: Float! }';
    expect(await tableOf(schema)).toEqual({
      key: { text: 'customer: ID, at: Int', shape: 'customer:S at:N' },
      localIndexes: { text: 'customer (customer: ID, total: Float)', shape: 'customer customer:S total:N' },
    });
  });

  it('have the first type of a field that is there twice', async () => {
    const schema = 'type Order @model { id: Int! @primaryKey } extend type Order { id: ID! }';
    expect((await tableOf(schema))?.key).toEqual({ text: 'id: Int', shape: 'id:N ' });
  });
});

describe('types', () => {
  const differences = async (left: string, right: string) =>
    differencesOf(await typesOf(left), await typesOf(right));
  const product = 'type Product @model @auth(rules: [{ allow: owner }]) { id: ID! name: String! }';

  it('in another format are the same', async () => {
    const other = `"""What is sold"""
      type Product @auth(rules: [{allow: owner}])   @model {
        name: String!   # its name
        "the key" id: ID!
      }`;
    expect(await differences(product, other)).toEqual([]);
  });

  it.each([
    [
      'an extension, wherever it stands',
      'extend type A { b: Int } type A { a: Int }',
      'type A { a: Int b: Int }',
    ],
    ['a directive by extension', 'type A { a: Int } extend type A @model', 'type A @model { a: Int }'],
    ['members of a union', 'union U = A | B', 'union U = B extend union U = A'],
    ['values of an enum', 'enum E { A B }', 'enum E { B "the first" A }'],
    ['interfaces', 'type A implements I & J { a: Int }', 'type A implements J & I { a: Int }'],
    ['arguments', 'type A { a(x: Int, y: Int): Int }', 'type A { a("why" y: Int, x: Int): Int }'],
    ["a directive's arguments", 'type A { a: Int @d(x: 1, y: 2) }', 'type A { a: Int @d(y: 2, x: 1) }'],
    ['the operations of a schema', 'schema { query: Q mutation: M }', 'schema { mutation: M query: Q }'],
  ])('are the same in any order: %s', async (_, left, right) => {
    expect(await differences(left, right)).toEqual([]);
  });

  it.each([
    [
      'a field',
      'type Product @model @auth(rules: [{ allow: owner }]) { id: ID! }',
      'Product/name',
      'only left',
    ],
    ["a field's type", product.replace('String!', 'String'), 'Product/name', 'different'],
    ["a field's directive", product.replace('String!', 'String! @index'), 'Product/name', 'different'],
    ["a field's arguments", product.replace('name:', 'name(x: Int):'), 'Product/name', 'different'],
    ['a rule', product.replace('owner', 'public'), 'Product/(type)', 'different'],
    ['an interface', product.replace('Product', 'Product implements Sold'), 'Product/(type)', 'different'],
    ['a type', `${product} enum Size { S M }`, 'Size', 'only right'],
    ['a type that is written twice', `${product} type Product { x: Int }`, 'Product (2)', 'only right'],
    ['a field that is written twice', product.replace('id:', 'id: Int id:'), 'Product/id', 'different'],
    [
      'a directive of the name of a type',
      `${product} directive @Product on OBJECT`,
      '@Product',
      'only right',
    ],
    ['a type of the name of a method', `${product} scalar constructor`, 'constructor', 'only right'],
  ])('show %s', async (_, other, path, is) => {
    expect(await differences(product, other)).toContainEqual(expect.objectContaining({ path, is }));
  });

  it('distinguish extensions of one type', async () => {
    const left =
      'extend type Query { secretReport: Int @auth(rules: [{allow: public}]) }\ntype Query { a: Int }';
    const right = 'extend type Query { other: Int }\ntype Query { a: Int }';
    expect((await differences(left, right)).map(({ path }) => path)).toEqual([
      'Query/other',
      'Query/secretReport',
    ]);
  });

  it.each([
    'schema { query: Query }',
    'union A = B | C',
    'scalar Date',
    'directive @a on OBJECT',
    'extend type A { b: Int }',
    'query Q { a }',
    'input I { a: Int = 1 }',
    'interface N { id: ID! }',
  ])('include %s', async text => {
    expect(await typesOf(text)).toEqual(await typesOf(`${text}\n`));
    expect(Object.keys(await typesOf(text))).toHaveLength(1);
  });
});
