/** What a write changes, member by member: only requested members that differ, with the present value. */
import { expect, it } from 'vitest';
import { findChanges } from '../../src/environment/changes.ts';

it('has only the requested members that differ', async () => {
  const before = {
    resourceConfig: {
      permissions: { authenticated: ['READ', 'DELETE'], unAuthenticated: ['READ'] },
      bucketName: 'media-dev',
    },
  };
  const after = {
    resourceConfig: { permissions: { authenticated: ['DELETE', 'READ'], unAuthenticated: [] } },
  };
  expect(await findChanges(before, after)).toEqual([
    { path: 'resourceConfig.permissions.unAuthenticated', before: ['READ'], after: [] },
  ]);
});

it('has null for a missing present value, and no value for an unknown one', async () => {
  const after = { mfa: { MFAMode: 'ON' }, signIn: undefined };
  expect(await findChanges({ mfa: undefined }, after)).toEqual([
    { path: 'mfa.MFAMode', before: null, after: 'ON' },
  ]);
  expect(await findChanges(undefined, after)).toEqual([{ path: 'mfa.MFAMode', after: 'ON' }]);
});

it('has every requested secret, without its value', async () => {
  const before = { Google: { client_id: 'a', client_secret: '[withheld]' } };
  expect(await findChanges(before, { Google: { client_id: 'a', client_secret: '[withheld]' } })).toEqual([
    { path: 'Google.client_secret', before: '[withheld]', after: '[withheld]' },
  ]);
  expect(await findChanges(before, { Google: { client_secret: { $secret: 'GOOGLE' } } })).toEqual([
    { path: 'Google.client_secret', before: '[withheld]', after: { $secret: 'GOOGLE' } },
  ]);
});

it('has the changed types and fields of a schema', async () => {
  const before = 'type A @model { id: ID! name: String } type B @model { id: ID! } enum C { x y }';
  const after =
    '"""New words""" type A @model @searchable { id: ID! name: String! } enum C { x z } type D { id: ID }';
  expect(await findChanges({ transformSchema: before }, { transformSchema: after })).toEqual([
    { path: 'transformSchema.A', before: 'type @model', after: 'type @model @searchable' },
    { path: 'transformSchema.A.name', before: 'name: String', after: 'name: String!' },
    { path: 'transformSchema.B', before: 'type @model with 1 field', after: null },
    { path: 'transformSchema.C.y', before: 'y', after: null },
    { path: 'transformSchema.C.z', before: null, after: 'z' },
    { path: 'transformSchema.D', before: null, after: 'type with 1 field' },
  ]);
});

it('has an invalid schema as text', async () => {
  expect(
    await findChanges({ transformSchema: 'type A {' }, { transformSchema: 'type A { id: ID }' }),
  ).toEqual([{ path: 'transformSchema', before: 'type A {', after: 'type A { id: ID }' }]);
});
