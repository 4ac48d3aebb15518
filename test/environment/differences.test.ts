/** Differences between values of JSON: found at any depth, and none for another order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differencesOf } from '../../src/environment/index.ts';

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
])('finds %s', (_, left, right, expected) => {
  expect(differencesOf(left, right)).toEqual(expected);
});

it('finds none between a value and itself in another order', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      expect(differencesOf(value, structuredClone(value))).toEqual([]);
    }),
  );
  expect(differencesOf({ a: 1, b: ['x', 'y'] }, { b: ['y', 'x'], a: 1 })).toEqual([]);
});

it('is reversed with exchanged sides', () => {
  const turned = { 'only left': 'only right', 'only right': 'only left', different: 'different' } as const;
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
      const there = differencesOf(left, right).map(({ path, is }) => [path, is]);
      const back = differencesOf(right, left).map(({ path, is }) => [path, turned[is]]);
      expect(back.sort()).toEqual(there.sort());
    }),
  );
});

it('treats names of built-in members as names', () => {
  const [left, right] = [JSON.parse('{"constructor": 1, "__proto__": {"a": 1}}'), {}];
  expect(differencesOf(left, right)).toEqual([
    { path: '__proto__', is: 'only left', left: { a: 1 } },
    { path: 'constructor', is: 'only left', left: 1 },
  ]);
});
