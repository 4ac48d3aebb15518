/** Edits of a GraphQL schema by types: everything that is not named stays, character by character. */
import { expect, it } from 'vitest';
import { editSchema, type SchemaEdit } from '../../src/environment/schema-edit.ts';

const schema = `# Things that are sold.
"""
What is sold.
"""
type Product @model @auth(rules: [{ allow: public }]) {
  id: ID!
  name: String! # as on the label
  reviews: [Review] @hasMany
}

type Review @model { id: ID! text: String }

enum Colour { RED GREEN }
`;

const edit = async (change: SchemaEdit, text = schema) => {
  const edited = await editSchema(text, change);
  return 'schema' in edited ? edited.schema : edited.refused;
};

it('adds types behind the others', async () => {
  const add = '\n# New.\ntype Comment @model { id: ID! }\n';
  const now = await edit({ add });
  expect(now).toBe(`${schema.trimEnd()}\n\n# New.\ntype Comment @model { id: ID! }`);
  // The same edit once more changes nothing, whatever the layout.
  expect(await edit({ add }, now)).toBe(now);
  expect(await edit({ add: 'type Comment @model {\n id: ID!\n}\ntype Tag { a: Int }' }, now)).toBe(
    `${now}\n\ntype Tag { a: Int }`,
  );
});

it('replaces a type, with its description', async () => {
  const change = '"Sold." type Product @model { id: ID! name: String }';
  const now = await edit({ change });
  expect(now).toBe(`# Things that are sold.\n${change}\n\n${schema.slice(schema.indexOf('type Review'))}`);
  expect(await edit({ change }, now)).toBe(now);
});

it('a new definition takes the place of the extensions as well', async () => {
  const text = `type A { a: Int }\nextend type A { b: Int }\ntype B { c: Int }`;
  expect(await edit({ change: 'type A { d: Int }' }, text)).toBe('type A { d: Int }\ntype B { c: Int }');
});

it('adds and replaces fields', async () => {
  const change = 'extend type Product { size: Int @index(name: "bySize") name: String colour: Colour }';
  const now = await edit({ change });
  expect(now).toBe(
    schema
      .replace('name: String!', 'name: String')
      .replace('@hasMany\n}', '@hasMany\n  size: Int @index(name: "bySize")\n  colour: Colour\n}'),
  );
  expect(await edit({ change }, now)).toBe(now);
});

it('removes types that nothing uses', async () => {
  expect(await edit({ remove: ['Colour'] })).toBe(schema.slice(0, schema.indexOf('enum')));
  const change = 'type Product @model { id: ID! }';
  const now = await edit({ change, remove: ['Review', 'Colour'] });
  expect(now).toBe(`# Things that are sold.\n${change}\n\n`);
});

it('says which of the removed types do not exist', async () => {
  const said = 'The schema has no Colours to remove; it has (quoted data): Product, Review, Colour.';
  const change = { remove: ['Colours', 'Colour'] };
  expect(await editSchema(schema, change)).toEqual({ refused: said });
  expect(await editSchema(schema, change, true)).toEqual({
    schema: schema.slice(0, schema.indexOf('enum')),
    notes: [said],
  });
});

it.each<[string, SchemaEdit, string]>([
  ['a type that exists otherwise', { add: 'type Review { id: ID! }' }, 'has Review already, with another'],
  ['an extension as an addition', { add: 'extend type Review { id: ID! }' }, 'use types.change'],
  [
    'a change of what is not there',
    { change: 'type Reviews { a: Int }' },
    'The schema has no Reviews; it has',
  ],
  ['a type that is still used', { remove: ['Review'] }, 'Product still uses Review'],
  ['a type that is stated twice', { change: 'type Review { a: Int }', remove: ['Review'] }, 'twice'],
  ['a type twice in one text', { add: 'type A { a: Int } type A { b: Int }' }, 'states A twice'],
  [
    'a field twice',
    { change: 'extend type Review { text: Int } extend type Review { text: ID }' },
    'a field twice',
  ],
  ['no fields to add to', { change: 'extend enum Colour { BLUE }' }, 'write Colour whole'],
  ['text that is none', { add: 'type {' }, 'types.add does not parse as GraphQL (line 1)'],
  ['text that is none', { change: '\n\nno' }, 'types.change does not parse as GraphQL (line 3)'],
])('refuses %s', async (_, change, words) => {
  expect(await editSchema(schema, change)).toEqual({ refused: expect.stringContaining(words) });
});

it('refuses to edit a schema that it cannot read', async () => {
  expect(await editSchema('type {', { remove: ['A'] })).toEqual({
    refused: 'The present schema does not parse as GraphQL (line 1).',
  });
});

it('edits a schema of many pieces at the right place', async () => {
  const text = Array.from({ length: 400 }, (_, at) => `type T${at} { a: Int b: Int c: [T0] }`).join('\n');
  const now = await edit({ change: 'extend type T250 { d: Int } type T399 { e: Int }' }, text);
  expect(now.split('\n').slice(248, 254)).toEqual([
    'type T248 { a: Int b: Int c: [T0] }',
    'type T249 { a: Int b: Int c: [T0] }',
    'type T250 { a: Int b: Int c: [T0]   d: Int',
    '}',
    'type T251 { a: Int b: Int c: [T0] }',
    'type T252 { a: Int b: Int c: [T0] }',
  ]);
  expect(now.split('\n').at(-1)).toBe('type T399 { e: Int }');
});
