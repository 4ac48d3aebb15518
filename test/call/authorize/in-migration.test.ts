/** Writes to an environment on its way to Gen 2, with a real sandbox: what is refused, asked about, and said. */
import { describe, expect, it } from 'vitest';
import type { ConfirmationRequired } from '../../../src/call/authorize/confirmation.ts';
import { on } from '../../scenarios/cases/case.ts';
import { authorizerWith, dev, sandbox, setSandbox } from './set-up.ts';

setSandbox();

const guarded = (settings: Parameters<typeof authorizerWith>[0] = {}) =>
  authorizerWith(settings, undefined, undefined, { isGuarded: true });

/** A push that destroys nothing. */
const readers = on('dev', {
  resourceName: 'shopmedia',
  resourceConfig: { permissions: { authenticated: ['READ'] }, serviceName: 'S3' },
});

describe('a write to an environment that is locked', () => {
  it('is refused before anything of it is prepared', async () => {
    await sandbox.migrate({ state: 'locked' });
    const { authorizer, pendingCall } = guarded({ confirm: 'never' });
    const early = () => Promise.reject(new Error('too early'));
    await expect(authorizer.authorize(pendingCall('delete_backend', dev), {}, early)).rejects.toMatchObject({
      ...{ code: 'in_migration', message: expect.stringContaining('is on its way to Gen 2') },
    });
  });

  it('is refused in a dry run, with what to do', async () => {
    await sandbox.migrate({ state: 'locked' });
    const { problems } = await guarded().plan('delete_backend', dev);
    expect(problems).toEqual([
      expect.stringContaining('is on its way to Gen 2'),
      expect.stringContaining('allowMigrated'),
    ]);
  });
});

describe('a push to what a Gen 2 app uses', () => {
  const uses = /^Gen 2 \(gen2-main\) uses the tables/;

  it('is asked about although it destroys nothing, and the plan says why', async () => {
    await sandbox.migrate({ state: 'deployed-adopted', locked: false });
    const { authorize, plan } = guarded();
    const planned = await plan('update_backend_storage', readers);
    expect(planned).toMatchObject({ confirmation: { type: 'dev' } });
    expect(planned.remarks).toContainEqual(expect.stringMatching(uses));
    expect(await authorize('update_backend_storage', readers)).toMatchObject({
      code: 'confirmation_required',
      plan: { remarks: expect.arrayContaining([expect.stringMatching(uses)]) },
    });
  });

  it('that a person has allowed says what it may change', async () => {
    await sandbox.migrate({ state: 'deployed-adopted', locked: false });
    const { authorizer, pendingCall } = guarded({ confirm: 'never', allowMigrated: true });
    const passed = await authorizer.authorize(pendingCall('update_backend_storage', readers), {});
    expect(passed).toMatchObject({
      reason: 'allowed',
      notes: expect.arrayContaining([expect.stringMatching(uses)]),
    });
  });
});

describe('a sign of a migration that could not be read', () => {
  it('is in the dry run, in the question, and in what a confirmed call answers', async () => {
    await sandbox.set({ migrationReads: 'denied' });
    const { authorizer, pendingCall, plan } = guarded();
    const { notChecked } = await plan('delete_backend', dev);
    const unseen = expect.stringMatching(/is not fully known\..*amplify:ListBranches/);
    expect(notChecked).toContainEqual(unseen);
    const call = pendingCall('delete_backend', dev);
    const asked = await authorizer.authorize(call, {}).catch((thrown: unknown) => thrown);
    expect(asked).toMatchObject({ plan: { remarks: expect.arrayContaining([unseen]) } });
    const token = await (asked as ConfirmationRequired).tokenFor('token');
    expect(await authorizer.authorize(call, { token })).toEqual({
      reason: 'confirmed by token',
      notes: expect.arrayContaining([unseen]),
    });
  });
});

it('an environment without any sign is written to as ever', async () => {
  const { authorizer, pendingCall, plan } = guarded();
  const call = pendingCall('update_backend_storage', readers);
  expect(await authorizer.authorize(call, {})).toEqual({ reason: 'allowed', notes: [] });
  const planned = await plan('update_backend_storage', readers);
  expect(planned).not.toHaveProperty('problems');
  expect(planned).not.toHaveProperty('notChecked');
});
