/** What the settings say of confirming: when what a call destroys matters, and what counts as a confirmation. */
import { expect, it } from 'vitest';
import { parseConfig } from '../../src/cli/config.ts';
import {
  needsDestroyedFacts,
  type PolicySettings,
  type Scope,
  scopes,
  takesPages,
  takesTokens,
} from '../../src/policy/decide.ts';

const open: PolicySettings = parseConfig({});

it.each<[confirm: PolicySettings['confirm'], held: readonly Scope[] | undefined, isNeeded: boolean]>([
  ['destructive', undefined, true],
  ['writes', scopes, true],
  ['never', undefined, false],
  ['never', scopes, false],
  ['never', ['amplify:read', 'amplify:write'], true],
])('what a call destroys matters: confirmed %s, with the scopes %j: %s', (confirm, held, isNeeded) => {
  expect(needsDestroyedFacts({ ...open, confirm, scopes: held })).toBe(isNeeded);
});

it.each([
  ['form-or-token', true, true],
  ['form', false, false],
  ['person', false, true],
  ['token', true, false],
] as const)('%s takes a token: %s, and an answer on a page: %s', (confirmBy, byToken, onPage) => {
  expect([takesTokens({ confirmBy }), takesPages({ confirmBy })]).toEqual([byToken, onPage]);
});
