/** Calls that are confirmed together: one answer for exactly these calls, each once, while its plan stays the same. */
import { expect, it } from 'vitest';
import type { ConfirmedCall } from '../../../src/call/authorize/confirmation.ts';
import { JointConfirmations, mergedPlan } from '../../../src/call/authorize/joint-confirmation.ts';

const callOn = (environment: string, holds: readonly string[] = ['users']): ConfirmedCall => ({
  ...{ tool: 'decommission_environment', caller: 'ann', args: { appId: 'd1', environment } },
  plan: {
    ...{ account: '1', region: 'us-east-1', policy: 'allowed after a person has confirmed it', environment },
    request: { operation: 'DeleteBackend', method: 'POST', path: `/backend/d1/${environment}`, body: {} },
    confirmation: {
      type: environment,
      goes: { [environment]: [{ resource: 'auth/a', service: 'Cognito', holds }] },
    },
    remarks: ['The same for all.'],
  },
});

const invalid = { code: 'confirmation_invalid' };

it('asks once for all, and sends each once', async () => {
  const confirmed = new JointConfirmations();
  const key = {};
  let asked = 0;
  const check = (call: ConfirmedCall) =>
    confirmed.check(call, key, async () => {
      asked += 1;
      return [callOn('dev'), callOn('qa')];
    });
  await check(callOn('dev'));
  await check(callOn('qa'));
  await expect(check(callOn('qa'))).rejects.toMatchObject(invalid);
  expect(asked).toBe(1);
});

it('refuses another call, and one whose plan has changed since', async () => {
  const confirmed = new JointConfirmations();
  const key = {};
  const check = (call: ConfirmedCall) =>
    confirmed.check(call, key, async () => [callOn('dev'), callOn('qa')]);
  await check(callOn('dev'));
  await expect(check(callOn('prod'))).rejects.toMatchObject(invalid);
  await expect(check(callOn('qa', ['users', 'orders']))).rejects.toMatchObject(invalid);
});

it('remembers nothing where the question was not answered, and nothing of other calls', async () => {
  const confirmed = new JointConfirmations();
  const key = {};
  const refuse = async () => {
    throw new Error('asked');
  };
  await expect(confirmed.check(callOn('dev'), key, refuse)).rejects.toThrow('asked');
  await confirmed.check(callOn('dev'), key, async () => [callOn('dev'), callOn('qa')]);
  await expect(confirmed.check(callOn('qa'), {}, refuse)).rejects.toThrow('asked');
});

it('makes one plan of all, in which nothing is lost or said twice', () => {
  const plan = mergedPlan(['dev', 'qa'].map(name => callOn(name).plan));
  expect(plan).toMatchObject({
    requests: [{ path: '/backend/d1/dev' }, { path: '/backend/d1/qa' }],
    confirmation: { type: 'dev qa', goes: { dev: [{ holds: ['users'] }], qa: [{ holds: ['users'] }] } },
    remarks: ['The same for all.'],
  });
  expect(plan).not.toHaveProperty('environment');
});
