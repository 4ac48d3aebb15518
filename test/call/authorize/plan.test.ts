/** The plan of a call, with a real sandbox: where it would be sent, what it changes, and what is deleted. */
import { describe, expect, it } from 'vitest';
import { ServerError } from '../../../src/errors.ts';
import { sandboxAppName, sandboxRegion } from '../../../src/sandbox/index.ts';
import { appId, on } from '../../scenarios/cases/case.ts';
import { authorizerWith, dev, sandbox, setSandbox, throttled } from './set-up.ts';

setSandbox();

describe('a plan', () => {
  it('of a write with a confirmation shows where, the changes, and what to type', async () => {
    const { plan } = authorizerWith({ confirm: 'writes' });
    expect(await plan('clone_backend', { ...dev, targetEnvironmentName: 'copy' })).toEqual({
      ...{ account: expect.any(String), arn: expect.any(String), region: sandboxRegion },
      app: { id: appId, name: sandboxAppName },
      environment: 'copy',
      request: expect.objectContaining({ operation: 'CloneBackend' }),
      changes: [{ path: 'backendEnvironmentName', after: 'dev' }],
      policy: expect.stringContaining('confirmed'),
      remarks: ['Copies environment dev to copy, which is new.'],
      confirmation: { type: 'copy' },
    });
  });

  it('of a write without an environment has none, and the app is typed', async () => {
    const { plan } = authorizerWith({ confirm: 'writes' });
    const planned = await plan('remove_backend_config', { appId });
    expect(planned).not.toHaveProperty('environment');
    expect(planned).not.toHaveProperty('changes');
    expect(planned).not.toHaveProperty('remarks');
    expect(planned.confirmation).toEqual({ type: appId, alsoGoes: [expect.stringContaining('Admin UI')] });
  });

  it('of the removal of all names each environment, and the app only if it is deleted', async () => {
    const { plan } = authorizerWith();
    const { confirmation, app } = await plan('remove_all_backends', { appId });
    expect(confirmation).toMatchObject({
      type: appId,
      goes: { dev: expect.any(Array), prod: expect.any(Array) },
    });
    expect(confirmation).not.toHaveProperty('alsoGoes');
    expect(app).toEqual({ id: appId, name: sandboxAppName });
    const clean = await plan('remove_all_backends', { appId, cleanAmplifyApp: true });
    expect(clean.confirmation?.alsoGoes).toEqual([expect.stringContaining('The Amplify app')]);
  });

  it('without a confirmation shows the changes', async () => {
    const { plan } = authorizerWith({ confirm: 'never' });
    const planned = await plan('clone_backend', { ...dev, targetEnvironmentName: 'copy' });
    expect(planned).not.toHaveProperty('confirmation');
    expect(planned).toMatchObject({ policy: 'allowed', changes: [{ path: 'backendEnvironmentName' }] });
  });

  it('of a deletion without a confirmation does not list what goes or stays', async () => {
    const { plan } = authorizerWith({ confirm: 'never' });
    const all = { appId, cleanAmplifyApp: true };
    for (const planned of [await plan('delete_backend', dev), await plan('remove_all_backends', all)]) {
      expect(planned).not.toHaveProperty('confirmation');
      expect(planned).not.toHaveProperty('stays');
    }
    expect(await sandbox.verdicts('amplify:ListBranches')).toEqual([]);
  });

  it('of a deletion names what is imported, which stays', async () => {
    const { plan } = authorizerWith();
    expect((await plan('delete_backend', on('partner'))).stays).toEqual([
      expect.stringMatching(/imported, stays$/),
    ]);
    const storage = { resourceName: 'shopmedia', serviceName: 'S3' };
    expect((await plan('delete_backend_storage', on('dev', storage))).stays).toEqual([]);
  });

  it('of a deletion whose contents cannot be read says so, and names the environment', async () => {
    await sandbox.load({ environment: 'old', meta: '<<<<<<< HEAD' });
    const { confirmation, remarks } = await authorizerWith().plan('delete_backend', on('old'));
    expect(confirmation).toEqual({ type: 'old', goes: {}, notItemized: ['old'] });
    expect(remarks?.join('\n')).toContain('contents of old are therefore unknown');
  });

  it.each([
    [false, 'Nobody will see the challenge code'],
    [true, 'will be shown to the model'],
    [undefined, 'Nobody will see the challenge code'],
  ])('says whether a model sees the secret of the answer (%s)', async (showsSecrets, remark) => {
    const more = showsSecrets === undefined ? {} : { showsSecrets };
    const { plan } = authorizerWith({}, undefined, undefined, more);
    expect((await plan('create_token', { appId })).remarks).toContainEqual(expect.stringContaining(remark));
  });

  it.each([{ AppName: '' }, {}, { AppName: 7 }])('of an app without a name (%j) has none', async named => {
    const { authorizer, pendingCall } = authorizerWith({ confirm: 'writes' });
    const call = pendingCall('remove_backend_config', { appId });
    const send = async () => ({ $metadata: {}, AppId: appId, ...named });
    const plan = await authorizer.plan({
      ...call,
      target: Object.create(call.target, { send: { value: send } }),
    });
    expect(Object.keys(plan.app ?? {})).toEqual(['id']);
  });

  it('says that the present state cannot be read', async () => {
    const { plan } = authorizerWith({ confirm: 'writes' });
    const { remarks } = await plan('update_backend_config', { appId });
    expect(remarks).toEqual([expect.stringMatching(/^The present state cannot be read/)]);
  });

  it('of a refused call shows where, what and the setting, and no more', async () => {
    const { plan } = authorizerWith({ readOnly: true });
    expect(Object.keys(await plan('delete_backend', dev)).sort()).toEqual(
      ['account', 'arn', 'policy', 'region', 'request'].sort(),
    );
  });

  it('of a deletion of storage names its bucket and no other resource', async () => {
    const { plan } = authorizerWith();
    const { confirmation } = await plan(
      'delete_backend_storage',
      on('dev', { resourceName: 'shopmedia', serviceName: 'S3' }),
    );
    expect(confirmation).toEqual({
      type: 'dev',
      goes: { dev: [{ resource: 'storage/shopmedia', service: 'S3', holds: ['shopmedia101530-dev'] }] },
    });
  });

  it('of a deletion says that the tables of an API could not be read', async () => {
    const { plan } = authorizerWith();
    await sandbox.order('GetBackendAPI', 'bad-request');
    const { confirmation } = await plan('delete_backend', dev);
    expect(confirmation?.goes?.dev).toContainEqual({
      resource: 'api/shopapi',
      service: 'AppSync',
      holds: [expect.any(String)],
      note: 'its schema was not read: AWS refuses to show its settings (bad_request), so not all of its tables are named',
    });
  });

  it('of an app whose name cannot be read has none', async () => {
    const { plan } = authorizerWith({ confirm: 'writes' });
    await sandbox.order('GetBackend', 'bad-request', { times: 5 });
    expect(Object.keys((await plan('create_token', { appId })).app ?? {})).toEqual(['id']);
  });
});

describe('a dry run', () => {
  const update = on('dev', {
    resourceName: 'shopmedia',
    resourceConfig: { permissions: { authenticated: ['READ'] }, serviceName: 'S3' },
  });

  const auth = {
    resourceName: 'shopauth',
    resourceConfig: {
      ...{ authResources: 'IDENTITY_POOL_AND_USER_POOL', service: 'COGNITO' },
      userPoolConfigs: { passwordPolicy: { minimumLength: 10 } },
    },
  };

  it('of what AWS would accept names no problem, and nothing that was not checked', async () => {
    const planned = await authorizerWith({ confirm: 'writes' }).plan('update_backend_storage', update);
    expect(planned.changes).not.toEqual([]);
    expect(planned).not.toHaveProperty('problems');
    expect(planned).not.toHaveProperty('notChecked');
  });

  it('names why AWS would refuse the write', async () => {
    const { problems } = await authorizerWith().plan('delete_backend', on('qa'));
    expect(problems).toEqual([expect.stringContaining('has no environment qa')]);
  });

  it.each([
    ['delete_backend', dev],
    ['clone_backend', { ...dev, targetEnvironmentName: 'copy' }],
    ['delete_backend_storage', { ...dev, resourceName: 'shopmedia', serviceName: 'S3' }],
    ['update_backend_api', { ...dev, resourceName: 'shopapi', resourceConfig: { transformSchema: '' } }],
  ])('of %s reads nothing twice: the checks use what the plan has read', async (tool, args) => {
    await authorizerWith().plan(tool, args);
    const reads = (await sandbox.requests()).map(({ operation, path }) => `${operation} ${path}`);
    // GetBackend tells of the app in one request, and of the environment in another.
    const isMeta = (read: string) => read.startsWith('GetBackend ');
    expect(reads.filter(isMeta).length).toBeLessThanOrEqual(2);
    const others = reads.filter(read => !isMeta(read));
    expect(others).toEqual([...new Set(others)]);
  });

  it('asks once about an app that AWS does not know', async () => {
    const { plan } = authorizerWith({}, undefined, undefined, { isGuarded: true });
    const { problems } = await plan('delete_backend', { ...dev, appId: 'd1unknown' });
    expect(problems).toEqual([expect.stringContaining('knows no app d1unknown')]);
    // Of the environment, and of the app that should list it.
    expect(await sandbox.verdicts('GetBackend')).toEqual(['NotFoundException', 'NotFoundException']);
  });

  it('names a secret that the server does not know', async () => {
    const unknown = new ServerError('invalid_arguments', {
      message: 'No such secret.',
      hint: 'Name another.',
    });
    const { plan } = authorizerWith({}, undefined, undefined, {
      resolveSecrets: (_, args) =>
        args.resourceName === 'shopauth' ? Promise.reject(unknown) : Promise.resolve(),
    });
    const { problems } = await plan('update_backend_auth', on('dev', auth));
    expect(problems).toContainEqual(
      expect.stringMatching(/^resourceConfig\.\S+: No such secret\. Name another\.$/),
    );
  });

  it('leaves out the changes where the present state cannot be read now, and asks no person about such a plan', async () => {
    const { authorizer, pendingCall } = authorizerWith({ confirm: 'writes' });
    const call = throttled(pendingCall('update_backend_storage', update), 'GetBackendStorage');
    expect(await authorizer.plan(call)).not.toHaveProperty('changes');
    await expect(authorizer.authorize(call, {})).rejects.toMatchObject({ code: 'throttled' });
  });

  it('names the reads that failed', async () => {
    const { authorizer, pendingCall } = authorizerWith();
    const call = throttled(pendingCall('remove_all_backends', { appId }), 'GetBackend');
    const { notChecked, confirmation, app } = await authorizer.plan(call);
    expect(notChecked).toContainEqual(expect.stringContaining('which environments it deletes'));
    expect(notChecked).toContainEqual(expect.stringContaining('which environments app'));
    expect({ confirmation, app }).toEqual({ confirmation: { type: appId }, app: { id: appId } });
  });

  it('of a refused call checks nothing', async () => {
    const planned = await authorizerWith({ readOnly: true }).plan('delete_backend', on('qa'));
    expect(planned).not.toHaveProperty('problems');
    expect(planned).not.toHaveProperty('notChecked');
  });
});
