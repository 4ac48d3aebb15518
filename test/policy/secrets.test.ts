/** Which secrets may be named with a target, by the lists of targets and of callers. */
import { expect, it } from 'vitest';
import { nameableSecrets, type SecretSettings } from '../../src/policy/secrets.ts';

const may = (settings: SecretSettings, target: string | undefined, name: string) =>
  nameableSecrets(settings, target)?.(name) ?? 'every';

it('are all with the one unnamed account', () => {
  expect(may({ targets: {} }, undefined, 'ANY')).toBe('every');
});

it('is none with a target that is named, where none is configured', () => {
  expect(may({ targets: {} }, 'shop', 'ANY')).toBe(false);
});

it.each([
  ['shop', 'GOOGLE', true],
  ['shop', 'SHOP_1', true],
  ['shop', 'OTHER', false],
  ['shop', 'xGOOGLE', false],
  ['blog', 'GOOGLE', false],
  ['unknown', 'GOOGLE', false],
])('is what a named target names: with %s, %s: %s', (target, name, expected) => {
  const targets = { shop: { secrets: ['GOOGLE', 'SHOP_*'] }, blog: {} };
  expect(may({ targets }, target, name)).toBe(expected);
});

it.each([
  ['both name it', ['A', 'B'], ['B', 'C'], 'B', true],
  ['only the rule names it', ['A'], ['B'], 'A', false],
  ['only the target names it', ['A'], ['B'], 'B', false],
  ['the rule names nothing', [], ['*'], 'A', false],
  ['the target names nothing', ['*'], [], 'A', false],
])('of a caller who comes by a rule, where %s', (_, rule, target, name, expected) => {
  const settings = { targets: { shop: {} }, secretLists: { shop: [rule, target] } };
  expect(may(settings, 'shop', name)).toBe(expected);
});

it('in the sandbox, which has no named target, is what any of them takes', () => {
  const settings = { targets: { shop: {}, blog: {} }, secretLists: { shop: [['A']], blog: [['B'], ['C']] } };
  expect(['A', 'B', 'C'].map(name => may(settings, undefined, name))).toEqual([true, false, false]);
});
