import { expect, it } from 'vitest';
import { claimAt } from '../../src/lib/claims.ts';

it.each<[string, unknown, string, unknown]>([
  ['a member', { scope: 'a' }, 'scope', 'a'],
  ['a member of a member', { realm_access: { roles: ['a'] } }, 'realm_access.roles', ['a']],
  ['a name with dots', { 'https://a.example/groups': 'a' }, 'https://a.example/groups', 'a'],
  ['a name with dots inside', { of: { 'mcp.example': { roles: 'a' } } }, 'of.mcp.example.roles', 'a'],
  ['the whole name before a path', { 'a.b': 1, a: { b: 2 } }, 'a.b', 1],
  ['a longer name where the shorter one leads nowhere', { a: { c: 1 }, 'a.b': { d: 2 } }, 'a.b.d', 2],
  ['nothing where a member is missing', { a: {} }, 'a.b', undefined],
  ['nothing in a list', { a: ['x'] }, 'a.0', undefined],
  ['nothing in a text', { a: 'x' }, 'a.length', undefined],
  ['nothing of a prototype', { a: {} }, 'a.constructor.name', undefined],
  ['an empty name only where there is one', { a: { '': 1 } }, 'a.', 1],
  ['a value that is null', { a: { b: null } }, 'a.b', null],
  ['nothing of no claims', undefined, 'a.b', undefined],
])('finds %s', (_, claims, path, value) => {
  expect(claimAt(claims, path)).toEqual(value);
});
