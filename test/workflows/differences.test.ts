/** Differences between values of JSON: found wherever they are, and none where only the order differs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differencesOf } from '../../src/workflows/differences.ts';
import { readSchema } from '../../src/workflows/graphql-schema.ts';

it.each([
  ['a value', { a: { b: 1 } }, { a: { b: 2 } }, [{ path: 'a/b', is: 'different', left: 1, right: 2 }]],
  ['a member on the left', { a: 1, b: 2 }, { a: 1 }, [{ path: 'b', is: 'only left', left: 2 }]],
  [
    'a member on the right',
    { a: 1 },
    { a: 1, b: { c: 2 } },
    [{ path: 'b', is: 'only right', right: { c: 2 } }],
  ],
  [
    'an item',
    { a: ['X', 'Y'] },
    { a: ['Y', 'Z'] },
    [
      { path: 'a/"X"', is: 'only left', left: 'X' },
      { path: 'a/"Z"', is: 'only right', right: 'Z' },
    ],
  ],
  [
    'a member of a named item',
    [{ mode: 'M', n: 1 }],
    [{ mode: 'M', n: 2 }],
    [{ path: 'M/n', is: 'different', left: 1, right: 2 }],
  ],
  [
    'a kind of value',
    { a: [1] },
    { a: { 0: 1 } },
    [{ path: 'a', is: 'different', left: [1], right: { 0: 1 } }],
  ],
  ['null and nothing', { a: null }, {}, [{ path: 'a', is: 'only left', left: null }]],
])('tells %s', (_, left, right, expected) => {
  expect(differencesOf(left, right)).toEqual(expected);
});

it('finds none between a value and itself, in whatever order', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      expect(differencesOf(value, structuredClone(value))).toEqual([]);
    }),
  );
  expect(differencesOf({ a: 1, b: ['x', 'y'] }, { b: ['y', 'x'], a: 1 })).toEqual([]);
});

it('turns around when the sides do', () => {
  const turned = { 'only left': 'only right', 'only right': 'only left', different: 'different' } as const;
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
      const there = differencesOf(left, right).map(({ path, is }) => [path, is]);
      const back = differencesOf(right, left).map(({ path, is }) => [path, turned[is]]);
      expect(back.sort()).toEqual(there.sort());
    }),
  );
});

describe('schemas', () => {
  const differences = (left: string, right: string) => differencesOf(readSchema(left), readSchema(right));
  const product = 'type Product @model @auth(rules: [{ allow: owner }]) { id: ID! name: String! }';

  it('that only look different are the same', () => {
    const other = `"""What is sold"""
      type Product @auth(rules: [{allow: owner}])   @model {
        name: String!   # its name
        "the key" id: ID!
      }`;
    expect(differences(product, other)).toEqual([]);
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
    ['a rule', product.replace('owner', 'public'), 'Product/(type)', 'different'],
    ['a type', `${product} enum Size { S M }`, 'Size', 'only right'],
  ])('tell %s', (_, other, path, is) => {
    expect(differences(product, other)).toEqual([expect.objectContaining({ path, is })]);
  });

  it('that cannot be read are left as they are', () => {
    expect(readSchema('type {')).toBeUndefined();
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
  ])('hold %s', text => {
    expect(readSchema(text)).toEqual(readSchema(`${text}\n`));
    expect(Object.keys(readSchema(text) ?? {})).toHaveLength(1);
  });
});
