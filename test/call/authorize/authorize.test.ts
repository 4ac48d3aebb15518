/**
 * Authorization of calls with a real sandbox: a confirmation is valid for its caller only, and rules about
 * environments and apps apply without confirmations as well.
 */
import { describe, expect, it } from 'vitest';
import { ConfirmationRequired, type PersonAnswer } from '../../../src/call/authorize/confirmation.ts';
import type { PendingCall } from '../../../src/call/authorize/pending-call.ts';
import { operationOf } from '../../../src/call/reads.ts';
import { appId, on } from '../../scenarios/cases/case.ts';
import { authorizerWith, dev, sandbox, schemaThere, setSandbox, share } from './set-up.ts';

setSandbox();

describe('a confirmation', () => {
  async function tokenOf(thrown: unknown): Promise<string> {
    if (!(thrown instanceof ConfirmationRequired)) throw new Error(`it did not ask: ${thrown}`);
    return thrown.tokenFor('token');
  }

  it('is valid for its own caller only, under the same key', async () => {
    const open = share();
    const [one, other] = [authorizerWith({}, open), authorizerWith({}, open)];
    const anns = await tokenOf(await one.authorize('delete_backend', dev, 'ann'));
    const bens = await tokenOf(await other.authorize('delete_backend', dev, 'ben'));
    expect(await other.authorize('delete_backend', dev, 'ben', anns)).toMatchObject({
      code: 'confirmation_invalid',
    });
    expect(await one.authorize('delete_backend', dev, 'ann', bens)).toMatchObject({
      code: 'confirmation_invalid',
    });
    // In another process of the same caller it is good, once.
    expect(await other.authorize('delete_backend', dev, 'ann', anns)).toBe('confirmed by token');
    expect(await one.authorize('delete_backend', dev, 'ann', anns)).toMatchObject({
      code: 'confirmation_invalid',
    });
  });

  it('is valid for the called tool only: an operation by itself, or as a step of a workflow', async () => {
    const { authorizer, pendingCall } = authorizerWith();
    const call = pendingCall('delete_backend', dev);
    const step = { ...call, via: 'step', workflow: 'decommission_environment' } as const;
    const ask = (one: PendingCall) => authorizer.authorize(one, {}).catch((thrown: unknown) => thrown);
    const [own, steps] = [await tokenOf(await ask(call)), await tokenOf(await ask(step))];
    await expect(authorizer.authorize(step, { token: own })).rejects.toMatchObject({
      code: 'confirmation_invalid',
    });
    for (const other of [call, { ...step, workflow: 'change_environment' }])
      await expect(authorizer.authorize(other, { token: steps })).rejects.toMatchObject({
        code: 'confirmation_invalid',
      });
    expect(await authorizer.authorize(step, { token: steps })).toMatchObject({
      reason: 'confirmed by token',
    });
    expect(await authorizer.authorize(call, { token: own })).toMatchObject({ reason: 'confirmed by token' });
  });

  it('is valid for the shown plan only: with the app itself, or without', async () => {
    const { authorize } = authorizerWith();
    const token = await tokenOf(await authorize('remove_all_backends', { appId }));
    const clean = { appId, cleanAmplifyApp: true };
    expect(await authorize('remove_all_backends', clean, 'ann', token)).toMatchObject({
      code: 'confirmation_invalid',
    });
    expect(await authorize('remove_all_backends', { appId }, 'ann', token)).toBe('confirmed by token');
  });

  it('is valid while the state equals the shown one', async () => {
    const { authorize, request } = authorizerWith({ confirm: 'writes' });
    const to = (...authenticated: string[]) =>
      on('dev', {
        resourceName: 'shopmedia',
        resourceConfig: { permissions: { authenticated }, serviceName: 'S3' },
      });
    const token = await tokenOf(await authorize('update_backend_storage', to('READ')));
    await request(operationOf('update_backend_storage'), to('DELETE'));
    sandbox.finishJobs();
    expect(await authorize('update_backend_storage', to('READ'), 'ann', token)).toMatchObject({
      code: 'confirmation_invalid',
    });
    const renewed = await tokenOf(await authorize('update_backend_storage', to('READ')));
    expect(await authorize('update_backend_storage', to('READ'), 'ann', renewed)).toBe('confirmed by token');
  });
});

describe('rules', () => {
  it.each(['readOnlyEnvironments', 'protected'] as const)(
    '%s also apply to remove_all_backends without confirmations',
    async setting => {
      const { authorize } = authorizerWith({ confirm: 'never', [setting]: ['prod'] });
      expect(await authorize('remove_all_backends', { appId })).toMatchObject({
        code: 'policy_denied',
        message: expect.stringContaining(setting),
      });
      const other = authorizerWith({ confirm: 'never', [setting]: ['staging'] });
      expect(await other.authorize('remove_all_backends', { appId })).toBe('allowed');
    },
  );

  it("about a target's apps apply in addition to the global ones", async () => {
    const refusedBy = async (apps: string[], targetApps: string[]) => {
      const passed = await authorizerWith({ confirm: 'never', apps }, share(), targetApps).authorize(
        'delete_backend',
        dev,
      );
      return typeof passed === 'string' ? passed : /The setting (\w+)/.exec(passed.message)?.[1];
    };
    expect(await refusedBy([appId], [appId])).toBe('allowed');
    expect(await refusedBy([appId], [])).toBe('allowed');
    expect(await refusedBy([appId], ['d1other'])).toBe('targets');
    expect(await refusedBy([], ['d1other'])).toBe('targets');
    expect(await refusedBy(['d1other'], [appId])).toBe('apps');
    expect(await refusedBy(['d1other'], ['d1other'])).toBe('apps');
  });

  it('that refuse an app prevent a plan from reading it', async () => {
    const { plan } = authorizerWith({ apps: ['d1other'] });
    const { app, policy, ...rest } = await plan('update_backend_storage', {
      ...on('dev', {
        resourceName: 'shopmedia',
        resourceConfig: { permissions: { authenticated: [] }, serviceName: 'S3' },
      }),
    });
    expect(policy).toContain('refused by the setting apps');
    expect({ app, changes: rest.changes }).toEqual({ app: undefined, changes: undefined });
    const asked = (await sandbox.requests()).map(({ operation }) => operation);
    expect(asked.filter(operation => operation !== 'sts:GetCallerIdentity')).toEqual([]);
  });
});

describe('a call', () => {
  const prepared = async (run: (prepare: () => Promise<void>) => Promise<unknown>) => {
    let count = 0;
    await run(async () => {
      count += 1;
    });
    return count;
  };
  const operations = async () => (await sandbox.requests()).map(({ operation }) => operation);

  it('that is refused is not prepared, and names the setting', async () => {
    const { authorizer, pendingCall } = authorizerWith({ readOnly: true });
    const refused = authorizer.authorize(pendingCall('delete_backend', dev), {}, () =>
      Promise.reject(new Error('too early')),
    );
    await expect(refused).rejects.toMatchObject({
      ...{
        code: 'policy_denied',
        message: expect.stringMatching(/^The setting readOnly refuses delete_backend/),
      },
    });
    expect(await operations()).toEqual([]);
  });

  it('without a confirmation is prepared once, and passes', async () => {
    const { authorizer, pendingCall } = authorizerWith({ confirm: 'never' });
    let passed: unknown;
    const times = await prepared(async prepare => {
      passed = await authorizer.authorize(pendingCall('delete_backend', dev), {}, prepare);
    });
    expect([passed, times]).toEqual([{ reason: 'allowed', notes: [] }, 1]);
    // Where nothing is confirmed, nothing is read to show what goes.
    expect(await operations()).toEqual([]);
  });

  it('that cannot be prepared asks no person', async () => {
    const { authorizer, pendingCall } = authorizerWith();
    const failing = () => Promise.reject(new Error('no such secret'));
    await expect(authorizer.authorize(pendingCall('delete_backend', dev), {}, failing)).rejects.toThrow(
      'no such secret',
    );
  });

  it('that only reads passes without further reads', async () => {
    const { authorize } = authorizerWith({ protected: ['prod'] });
    expect(await authorize('get_backend', dev)).toBe('allowed');
    expect(await operations()).toEqual([]);
  });

  it('that concerns every environment reads their names only if they matter', async () => {
    const free = authorizerWith({ confirm: 'never' });
    expect(await free.authorize('remove_all_backends', { appId })).toBe('allowed');
    expect(await operations()).toEqual([]);
    const [isProtected, isReadOnly] = [{ protected: ['none'] }, { readOnlyEnvironments: ['none'] }];
    for (const settings of [isProtected, isReadOnly, { ...isProtected, ...isReadOnly }]) {
      await sandbox.reset();
      const { authorize } = authorizerWith({ confirm: 'never', ...settings });
      await authorize('remove_all_backends', { appId });
      expect(await operations()).toEqual(['GetBackend']);
    }
  });

  it('that destroys data needs a confirmation like a deletion, and names what is destroyed', async () => {
    const { authorize } = authorizerWith();
    const api = (transformSchema: string) =>
      on('dev', { resourceName: 'shopapi', resourceConfig: { transformSchema } });
    const asked = await authorize('update_backend_api', api('type Query { ping: String }'));
    expect(asked).toMatchObject({
      code: 'confirmation_required',
      plan: { confirmation: { type: 'dev', goes: { dev: [{ resource: 'api/shopapi' }] } } },
    });
    const never = authorizerWith({ confirm: 'never' });
    await sandbox.reset();
    expect(await never.authorize('update_backend_api', api('type Query { ping: String }'))).toBe('allowed');
    expect(await operations()).toEqual([]);
  });

  it.each(['destructive', 'never'] as const)(
    'that destroys data needs the scope of a deletion if %s is confirmed, and others do not',
    async confirm => {
      const api = (transformSchema: string) =>
        on('dev', { resourceName: 'shopapi', resourceConfig: { transformSchema } });
      const emptied = api('type Query { ping: String }');
      const { authorize, plan } = authorizerWith({ confirm, scopes: ['amplify:read', 'amplify:write'] });
      expect(await authorize('update_backend_api', emptied)).toMatchObject({
        ...{ code: 'policy_denied', message: expect.stringContaining('ask for that scope') },
      });
      expect((await plan('update_backend_api', emptied)).policy).toContain('amplify:destroy');
      const more = api(`type Note @model { id: ID! } ${await schemaThere()}`);
      expect(await authorize('update_backend_api', more)).toBe('allowed');
      const all = authorizerWith({ confirm, scopes: ['amplify:read', 'amplify:write', 'amplify:destroy'] });
      const passed = await all.authorize('update_backend_api', emptied);
      if (confirm === 'never') expect(passed).toBe('allowed');
      else expect(passed).toMatchObject({ code: 'confirmation_required' });
    },
  );

  it('that was confirmed in a form is distinguished from one with a token', async () => {
    const { authorizer, pendingCall } = authorizerWith();
    const call = pendingCall('delete_backend', dev);
    const asked = await authorizer.authorize(call, {}).catch((thrown: unknown) => thrown);
    const token = await (asked as ConfirmationRequired).tokenFor('typed');
    const answer = { method: 'typed', token, action: 'accept', typed: 'dev' } as const;
    expect(await authorizer.authorize(call, { answer })).toMatchObject({
      reason: 'confirmed by a typed name',
    });
  });

  it('that was approved on the page is recorded as such', async () => {
    const { authorizer, pendingCall } = authorizerWith({ confirmBy: 'person' });
    const call = pendingCall('delete_backend', dev);
    const asked = await authorizer.authorize(call, { showsPages: true }).catch((thrown: unknown) => thrown);
    const token = await (asked as ConfirmationRequired).tokenFor('page');
    const answer = { method: 'page', token, action: 'accept', typed: 'dev' } as const;
    expect(await authorizer.authorize(call, { answer })).toMatchObject({
      reason: 'approved on the page by a typed name',
    });
  });

  it('that needs no confirmation any more is not made by an answer to an earlier question', async () => {
    const { authorizer, pendingCall } = authorizerWith({ confirm: 'never' });
    const call = pendingCall('delete_backend', dev);
    const answered = (answer: PersonAnswer, to = call) => authorizer.authorize(to, { answer });
    const [form, page] = [
      { method: 'typed', token: 'any' } as const,
      { method: 'page', token: 'any' } as const,
    ];
    const declined = { ...form, action: 'decline' } as const;
    await expect(answered(declined)).rejects.toMatchObject({ code: 'confirmation_declined' });
    await expect(answered({ ...page, action: 'accept', typed: 'dev' })).rejects.toMatchObject({
      code: 'confirmation_invalid',
    });
    expect(await answered({ ...form, action: 'accept', typed: 'dev' })).toMatchObject({ reason: 'allowed' });
    expect(await answered(declined, pendingCall('get_backend', dev))).toMatchObject({ reason: 'allowed' });
  });

  it.each([
    ['form', ['typed']],
    ['token', ['token']],
  ] as const)('is confirmed by the methods of the setting %s', async (confirmBy, methods) => {
    const { authorize } = authorizerWith({ confirmBy });
    expect(await authorize('delete_backend', dev)).toMatchObject({ answerOptions: { methods } });
  });
});

it.each([
  [
    'update_backend_api',
    'GetBackendAPI',
    { resourceName: 'shopapi', resourceConfig: { transformSchema: 'type Query { a: Int }' } },
  ],
  [
    'update_backend_storage',
    'GetBackendStorage',
    {
      resourceName: 'shopmedia',
      resourceConfig: { permissions: { authenticated: [], unAuthenticated: [] }, serviceName: 'S3' },
    },
  ],
])('the state that %s changes is read once for a question', async (tool, read, args) => {
  expect(await authorizerWith().authorize(tool, on('dev', args))).toBeInstanceOf(ConfirmationRequired);
  expect(await sandbox.verdicts(read)).toHaveLength(1);
});
