/**
 * `provision_environment` from a declaration or a snapshot: created step by step, continued after each
 * interruption, and existing resources are never overwritten unasked.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, textOf, today } from '../support/clients.ts';
import { allCreated, allLeft, callOn, didOf, like, sent, stepsText } from '../support/provision.ts';
import { setScene } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

describe.each(generations)('$name', ({ connect }) => {
  // Four jobs run one after another, so each is short.
  const scene = setScene(connect, [], { jobMs: 300 });
  const call = callOn(scene);

  it('creates an environment from a declaration, and changes nothing when called again', async () => {
    const result = await call();
    expect(result.structuredContent).toMatchObject({
      verdict: 'complete',
      appId,
      environment: 'qa',
      differs: [],
    });
    expect(didOf(result)).toEqual(allCreated);
    expect(textOf(result)).toContain('qa is as asked for');
    const { structuredContent } = await scene.client.callTool('get_backend', on('qa'));
    const { auth, api, storage } = structuredContent.amplifyMetaConfig as Json;
    expect([auth, api, storage].map(category => Object.keys(category as Json))).toEqual([
      ['shopauth'],
      ['shopapi'],
      ['shopstorage'],
    ]);
    expect(didOf(await call())).toEqual(allLeft);
    expect(await sent(scene)).toEqual([1, 1, 1, 1]);
  });

  it('creates an environment like another, and names what no call can create', async () => {
    const result = await call({}, { app: 'shop', environment: 'qa', like });
    expect(result.structuredContent).toMatchObject({ verdict: 'complete', differs: [] });
    expect(didOf(result)).toEqual(allCreated);
    expect(stepsText(result)).toContain('function/shopOrderNotifier');
    expect(stepsText(result)).toContain('Google/client_secret');
    expect(stepsText(result)).toContain('{"$secret": NAME}');
    const auth = await scene.client.callTool('get_backend_auth', on('qa', { resourceName: 'shopauth' }));
    expect(auth.structuredContent.resourceConfig).toMatchObject({
      identityPoolConfigs: { identityPoolName: 'shop_identity_qa' },
      userPoolConfigs: { userPoolName: 'shop_users_qa', oAuth: { domainPrefix: 'shop-qa' } },
    });
    expect(JSON.stringify(auth.structuredContent)).not.toContain('Google');
    const { structuredContent } = await scene.client.callTool('get_backend', on('qa'));
    const { auth: resources } = structuredContent.amplifyMetaConfig as {
      auth: { shopauth: { output: Json } };
    };
    const { UserPoolId } = resources.shopauth.output;
    const api = await scene.client.callTool('get_backend_api', on('qa', { resourceName: 'shopapi' }));
    expect(api.structuredContent.resourceConfig).toMatchObject({
      additionalAuthTypes: [{ settings: { cognitoUserPoolId: UserPoolId } }],
    });
  });
});

describe('an existing resource', () => {
  const { connect } = today;
  const scene = setScene(connect, [], { jobMs: 300 });
  const call = callOn(scene);

  it('is not overwritten, and its differences are reported', async () => {
    const result = await call({ environment: 'prod', auth: { signIn: 'USERNAME', mfa: 'OFF' } });
    expect(result.structuredContent).toMatchObject({ verdict: 'differs' });
    expect(didOf(result)).toEqual([
      'environment: left alone',
      'auth: differs',
      'api: differs',
      'storage: differs',
    ]);
    const { differs } = result.structuredContent as { differs: Json[] };
    expect(differs).toContainEqual({
      path: 'auth/shopauth/userPoolConfigs/mfa/MFAMode',
      is: 'different',
      left: 'OFF',
      right: 'ON',
    });
    expect(differs.map(({ path }) => path)).toContain('storage/shopmedia/permissions/authenticated/"DELETE"');
    expect(textOf(result)).toContain('| setting | asked for | existing |');
    expect(
      (await scene.sandbox.requests()).filter(({ operation }) => /Update|Create/.test(String(operation))),
    ).toEqual([]);
  });

  it('equals its own snapshot', async () => {
    const result = await call({}, { app: 'shop', environment: 'dev', like });
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(didOf(result)).toEqual(allLeft);
  });

  it('is never changed if it was imported, and never imported unasked', async () => {
    await call({}, { app: 'shop', environment: 'qa' });
    const ids = { userPoolId: 'us-east-1_Elsewhere', webClientId: 'web1', nativeClientId: 'native1' };
    const { structuredContent } = await scene.client.callTool('import_backend_auth', on('qa', ids));
    await scene.client.callTool('wait_for_job', {
      ...on('qa'),
      jobId: (structuredContent.job as Json).jobId,
    });
    const over = await call({ overwrite: true, auth: { mfa: 'ON' } });
    expect(didOf(over)).toContain('auth: differs');
    expect(stepsText(over)).toContain('auth is imported');
    const copy = await call({}, { app: 'shop', environment: 'one', like: like.replace('/dev/', '/qa/') });
    expect(copy.structuredContent).toMatchObject({ verdict: 'differs' });
    expect(didOf(copy)).toContain('auth: skipped');
    expect(stepsText(copy)).toContain('"userPoolId":"us-east-1_Elsewhere"');
    expect(await scene.sandbox.verdicts('ImportBackendAuth')).toEqual(['ok']);
  });
});

describe('with overwrite, a resource', () => {
  const { connect } = today;
  const scene = setScene(connect, ['--confirm', 'never'], { jobMs: 300 });
  const call = callOn(scene);

  it('is changed, except for fixed settings', async () => {
    const asked = { environment: 'prod', auth: { signIn: 'USERNAME', mfa: 'OPTIONAL' }, overwrite: true };
    const result = await call(asked);
    expect(didOf(result)).toEqual([
      'environment: left alone',
      'auth: updated',
      'api: updated',
      // Its name differs from the one that provision_environment would have chosen.
      'storage: differs',
    ]);
    const { differs } = result.structuredContent as { differs: Json[] };
    expect(differs.map(({ path }) => path)).toEqual([
      'auth/shopauth/userPoolConfigs/signInMethod',
      'storage/shopmedia/permissions/authenticated/"DELETE"',
    ]);
    const again = await call(asked);
    expect(didOf(again)).toEqual([
      'environment: left alone',
      'auth: differs',
      'api: left alone',
      'storage: differs',
    ]);
    expect(await scene.sandbox.verdicts('UpdateBackendAuth')).toEqual(['ok']);
  });

  it('gets a name that AWS accepts, and is found by it again', async () => {
    const { structuredContent } = await scene.client.callTool('export_environment', {
      app: 'shop',
      environment: 'prod',
    });
    const { api, ...snapshot } = structuredContent.snapshot as Json;
    const older = { ...snapshot, api: { ...(api as Json), resourceName: 'shop-api_1' } };
    const restore = { app: 'shop', environment: 'qa', snapshot: older };
    expect(didOf(await call({}, restore))).toEqual(allCreated);
    const made = (await scene.client.callTool('get_backend', on('qa'))).structuredContent;
    expect(Object.keys((made.amplifyMetaConfig as { api: Json }).api)).toEqual(['shopapi1']);
    expect(didOf(await call({}, restore))).toEqual(allLeft);
  });

  it("is changed to the snapshot's settings, including guest access", async () => {
    const { structuredContent } = await scene.client.callTool('export_environment', {
      app: 'shop',
      environment: 'prod',
    });
    const restore = { app: 'shop', environment: 'dev', snapshot: structuredContent.snapshot };
    expect((await call({}, restore)).structuredContent).toMatchObject({ verdict: 'differs' });
    const result = await call({ overwrite: true }, restore);
    expect(didOf(result)).toEqual([
      'environment: left alone',
      'auth: updated',
      'api: updated',
      'storage: updated',
    ]);
    const storage = await scene.client.callTool(
      'get_backend_storage',
      on('dev', { resourceName: 'shopmedia' }),
    );
    expect((storage.structuredContent.resourceConfig as Json).permissions).toEqual({
      authenticated: ['CREATE_AND_UPDATE', 'READ'],
      unAuthenticated: [],
    });
  });
});

describe('an overwrite that destroys data', () => {
  const { connect } = today;
  const scene = setScene(connect, [], { jobMs: 300 });
  const call = callOn(scene);
  const asked = { environment: 'prod', auth: { mfa: 'OPTIONAL' }, overwrite: true };

  it('needs a confirmation, which names the done steps; other steps need none', async () => {
    const result = await call(asked);
    expect(result.structuredContent).toMatchObject({
      error: { code: 'confirmation_required' },
      plan: {
        request: { operation: 'UpdateBackendAPI' },
        confirmation: { type: 'prod', goes: { prod: [{ resource: 'api/shopapi' }] } },
        remarks: expect.arrayContaining(['This call has already done: auth.']),
      },
    });
    expect(textOf(result)).toMatch(/This is deleted, with its data:[\s\S]*Product-\S+-prod/);
    expect(await scene.sandbox.verdicts('UpdateBackendAuth')).toEqual(['ok']);
    expect(await scene.sandbox.verdicts('UpdateBackendAPI')).toEqual([]);
    const { confirmationToken } = result.structuredContent;
    expect(didOf(await call({ ...asked, confirmationToken }))).toEqual([
      'environment: left alone',
      'auth: left alone',
      'api: updated',
      'storage: differs',
    ]);
  });

  it('is in a dry run, with the changes', async () => {
    const { plan } = (await call({ ...asked, dryRun: true })).structuredContent as {
      plan: { steps: Json[] };
    };
    expect(plan.steps.find(({ step }) => step === 'api')).toMatchObject({
      does: 'update',
      changes: expect.arrayContaining([
        { path: 'resourceConfig.transformSchema.Note', before: null, after: expect.any(String) },
      ]),
      goes: { prod: [{ resource: 'api/shopapi' }] },
    });
  });
});
