/** Calls that a person confirms with one answer, and calls from a page, with a real sandbox. */
import { describe, expect, it } from 'vitest';
import { ConfirmationRequired } from '../../../src/call/authorize/confirmation.ts';
import type { PendingCall } from '../../../src/call/authorize/pending-call.ts';
import { appId, on } from '../../scenarios/cases/case.ts';
import { authorizerWith, dev, setSandbox } from './set-up.ts';

setSandbox();

const caught = (run: Promise<unknown>) => run.catch((thrown: unknown) => thrown);

async function tokenOf(thrown: unknown): Promise<string> {
  if (!(thrown instanceof ConfirmationRequired)) throw new Error(`it did not ask: ${thrown}`);
  return thrown.tokenFor('token');
}

describe('several calls', () => {
  const names = ['dev', 'partner'];
  function calls(settings = {}) {
    const { authorizer, pendingCall } = authorizerWith(settings);
    const all = names.map(name => pendingCall('delete_backend', on(name)));
    const authorize = (call: PendingCall | undefined, key: object, token?: string) =>
      caught(authorizer.authorize(call as PendingCall, { token, together: { key, calls: all } }));
    return { all, authorize, other: pendingCall('delete_backend', on('prod')) };
  }

  it('are asked about once, with everything that they delete, and each is sent once', async () => {
    const { all, authorize, other } = calls();
    const asked = await authorize(all[0], {});
    expect(asked).toMatchObject({
      plan: {
        confirmation: { type: 'dev partner', goes: { dev: expect.any(Array), partner: expect.any(Array) } },
        requests: [{ operation: 'DeleteBackend' }, { operation: 'DeleteBackend' }],
      },
    });
    const [key, token] = [{}, await tokenOf(asked)];
    for (const call of all)
      expect(await authorize(call, key, token)).toEqual({ reason: 'confirmed by token', notes: [] });
    for (const call of [all[0], other])
      expect(await authorize(call, key, token)).toMatchObject({ code: 'confirmation_invalid' });
  });

  it('are all refused before a person is asked where the policy refuses one', async () => {
    const { all, authorize } = calls({ protected: ['partner'] });
    expect(await authorize(all[0], {})).toMatchObject({
      ...{ code: 'policy_denied', message: expect.stringContaining('partner') },
    });
  });
});

describe('a call from a page, where nothing is confirmed', () => {
  const fromPage = (call: PendingCall): PendingCall => ({ ...call, isFromPage: true });

  it('is confirmed if it deletes, since a person is there', async () => {
    const { authorizer, pendingCall } = authorizerWith({ confirm: 'never' });
    const asked = await caught(authorizer.authorize(fromPage(pendingCall('delete_backend', dev)), {}));
    expect(asked).toMatchObject({ code: 'confirmation_required', plan: { confirmation: { type: 'dev' } } });
  });

  it('is not confirmed if it only creates, unless all writes are', async () => {
    const copy = { ...dev, targetEnvironmentName: 'copy' };
    for (const [confirm, outcome] of [
      ['never', { reason: 'allowed' }],
      ['destructive', { reason: 'allowed' }],
      ['writes', { code: 'confirmation_required' }],
    ] as const) {
      const { authorizer, pendingCall } = authorizerWith({ confirm });
      const call = fromPage(pendingCall('clone_backend', copy));
      expect(await caught(authorizer.authorize(call, {}))).toMatchObject(outcome);
    }
  });

  it('that removes all environments is asked about by the id of the app', async () => {
    const { authorizer, pendingCall } = authorizerWith({ confirm: 'never' });
    const call = fromPage(pendingCall('remove_all_backends', { appId }));
    expect(await caught(authorizer.authorize(call, {}))).toMatchObject({
      plan: { confirmation: { type: appId, goes: { dev: expect.any(Array) } } },
    });
  });
});
