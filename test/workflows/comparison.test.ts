/** Two environments compared in memory: by resource, schemas by type, whatever their size. */
import { expect, it } from 'vitest';
import { compareSettings } from '../../src/workflows/comparison.ts';

const api = (transformSchema: string) => ({
  settings: { api: { shop: { service: 'AppSync', transformSchema } } },
  isEmpty: false,
  hasSecrets: false,
});

const schemaOf = (types: number, change = '') =>
  Array.from(
    { length: types },
    (_, index) => `type T${index} @model { id: ID! name: String ${change} }`,
  ).join('\n');

it('finds the one field by which two schemas of hundreds of kilobytes differ', async () => {
  const schema = schemaOf(12_000);
  expect(schema.length).toBeGreaterThan(500_000);
  const other = schema.replace('type T7777 @model { id: ID!', 'type T7777 @model { id: ID! price: Int');
  const { differences, same, notes } = await compareSettings(api(schema), api(other));
  expect(differences).toEqual([
    { path: 'api/shop/transformSchema/T7777/price', is: 'only right', right: 'price: Int' },
  ]);
  expect([same, notes]).toEqual([[], []]);
});

it('lets others have their turn while it reads', async () => {
  const comparison = compareSettings(api(schemaOf(12_000)), api(schemaOf(12_000, 'other: Int')));
  let turns = 0;
  const count = setInterval(() => {
    turns += 1;
  });
  const { differences } = await comparison;
  clearInterval(count);
  expect(differences).toHaveLength(12_000);
  expect(turns).toBeGreaterThan(5);
});

it('compares as texts what cannot be read as a schema on both sides, and says so', async () => {
  const { differences, notes } = await compareSettings(api('type A { a: Int }'), api('type A {'));
  expect(differences).toEqual([
    {
      path: 'api/shop/transformSchema',
      is: 'different',
      left: 'type A { a: Int }',
      right: 'type A {',
    },
  ]);
  expect(notes).toEqual([
    'The schemas of api/shop are compared as texts: one of them does not parse as GraphQL (line 1).',
  ]);
});

it('finds what cannot be read to be the same where it is', async () => {
  const { differences, same } = await compareSettings(api('type A {'), api('type A {'));
  expect(differences).toEqual([]);
  expect(same).toEqual(['api/shop']);
});
