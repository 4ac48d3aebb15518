/** What a change says besides what was asked for. */
import { expect, it } from 'vitest';
import type { Json } from '../../../src/lib/json.ts';
import { mergeConfig } from '../../../src/tools/change-environment/merge.ts';

const notesOf = async (before: Json, after: Json) => {
  const source = { config: { permissions: before }, userPoolId: undefined };
  return (await mergeConfig('storage', source, { permissions: after })).notes;
};

const NEEDS_LOGIN = /unauthenticatedLogin, which get_backend_auth shows\.$/;

it('says what guests need where files open to them', async () => {
  const opened = [expect.stringMatching(NEEDS_LOGIN)];
  expect(await notesOf({ authenticated: ['READ'] }, { unAuthenticated: ['READ'] })).toEqual(opened);
  expect(await notesOf({ unAuthenticated: [] }, { unAuthenticated: ['READ'] })).toEqual(opened);
  expect(await notesOf({ unAuthenticated: ['READ'] }, { unAuthenticated: ['READ', 'DELETE'] })).toEqual([]);
  expect(await notesOf({ unAuthenticated: ['READ'] }, { unAuthenticated: [] })).toEqual([]);
  expect(await notesOf({}, { authenticated: ['READ'] })).toEqual([]);
});
