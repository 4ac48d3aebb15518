/**
 * An environment from a few words, or from another's snapshot: made step by step, gone on with after each
 * interruption, and never laid over what is there unasked.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, type ToolResult, textOf } from '../support/clients.ts';
import { type Scene, setScene } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

const schema = 'type Note @model @auth(rules: [{ allow: owner }]) { id: ID! text: String }';
const sentence = { app: 'shop', environment: 'qa', auth: {}, api: { schema }, storage: {} };

const writes = ['CreateBackend', 'CreateBackendAuth', 'CreateBackendAPI', 'CreateBackendStorage'];

const callOn =
  (scene: Scene) =>
  (more: Json = {}, args: Json = sentence): Promise<ToolResult> =>
    scene.client.callTool('provision_environment', { ...args, ...more });

const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error as Json;
const didOf = ({ structuredContent }: ToolResult) =>
  (structuredContent.steps as { step: string; did: string }[]).map(({ step, did }) => `${step}: ${did}`);
const stepsText = ({ structuredContent }: ToolResult) => (structuredContent.nextSteps as string[]).join('\n');

/** How often each of the writes was sent. */
const sent = async (scene: Scene) =>
  Promise.all(writes.map(async name => (await scene.sandbox.verdicts(name)).length));

const allCreated = ['environment: created', 'auth: created', 'api: created', 'storage: created'];
const allLeft = allCreated.map(line => line.replace('created', 'left alone'));
const like = `amplify-backend://apps/${appId}/environments/dev/snapshot`;

describe.each(generations)('$name', ({ connect }) => {
  // Four jobs in a row: so short that nobody waits for them long.
  const scene = setScene(connect, [], { jobMs: 300 });
  const call = callOn(scene);

  it('makes it from a declaration, and leaves it alone when called again', async () => {
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

  it('makes it like another one, and says what no call can bring', async () => {
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

describe('what is there', () => {
  const [{ connect }] = generations as [(typeof generations)[number]];
  const scene = setScene(connect, [], { jobMs: 300 });
  const call = callOn(scene);

  it('is told where it differs, and not overwritten', async () => {
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
    expect(textOf(result)).toContain('| setting | asked for | there |');
    expect(
      (await scene.sandbox.requests()).filter(({ operation }) => /Update|Create/.test(String(operation))),
    ).toEqual([]);
  });

  it('is changed where that is asked for, but for what nobody can change', async () => {
    const asked = { environment: 'prod', auth: { signIn: 'USERNAME', mfa: 'OPTIONAL' }, overwrite: true };
    const result = await call(asked);
    expect(didOf(result)).toEqual([
      'environment: left alone',
      'auth: updated',
      'api: updated',
      // Of another name than the one that would have been made.
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

  it('is changed to what a snapshot says, guests and all', async () => {
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

  it('is its own snapshot', async () => {
    const result = await call({}, { app: 'shop', environment: 'dev', like });
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(didOf(result)).toEqual(allLeft);
  });

  it('is never changed where it was imported, and never imported unasked', async () => {
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

describe('what goes wrong', () => {
  const [{ connect }] = generations as [(typeof generations)[number]];
  const scene = setScene(connect, ['--protected', 'main'], { jobMs: 300 });
  const call = callOn(scene);

  it.each([0, 1, 2, 3])(
    "a failed step %i is told with AWS's words, and tried anew when called again",
    async index => {
      const operation = String(writes[index]);
      await scene.sandbox.order(operation, 'job-fails', { error: 'Resource limit exceeded' });
      const result = await call();
      expect(result.isError).toBeFalsy();
      expect(result.structuredContent).toMatchObject({
        verdict: 'failed',
        job: { operation, state: 'failed', error: 'Resource limit exceeded' },
      });
      expect(didOf(result)[index]).toMatch(/failed$/);
      expect(
        didOf(result)
          .slice(index + 1)
          .every(line => line.endsWith('waiting')),
      ).toBe(true);
      const again = await call();
      expect(again.structuredContent).toMatchObject({ verdict: 'complete' });
      // An environment stays registered when its job fails; all else is not there, and made.
      expect(await sent(scene)).toEqual(writes.map(name => (name === operation && index > 0 ? 2 : 1)));
    },
  );

  it('an environment that was only registered is not what was asked for', async () => {
    await scene.sandbox.order('CreateBackend', 'job-fails');
    await call({}, { app: 'shop', environment: 'qa' });
    expect((await call({}, { app: 'shop', environment: 'qa' })).structuredContent).toMatchObject({
      verdict: 'differs',
      differs: [{ path: 'environment', left: 'deployed', right: 'registered only' }],
    });
  });

  it('finds the write whose answer was lost', async () => {
    await scene.sandbox.order('CreateBackendAuth', 'timeout-after');
    const result = await call();
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(await scene.sandbox.verdicts('CreateBackendAuth')).toEqual(['fault:timeout-after']);
  });

  it('a refusal tells what was done before', async () => {
    await scene.sandbox.order('CreateBackendAuth', 'bad-request');
    const result = await call();
    expect(errorOf(result)).toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('Done by this call before: environment.'),
    });
  });

  const nameless = {
    resourceName: 'shopauth',
    resourceConfig: {
      ...{ authResources: 'USER_POOL_ONLY', service: 'COGNITO' },
      userPoolConfigs: { requiredSignUpAttributes: [], signInMethod: 'EMAIL', userPoolName: '[withheld]' },
    },
  };
  const snapshot = { format: 'amplify-backend-snapshot', version: 1, app: { appId }, environment: 'dev' };

  it.each<[string, Json, string, string]>([
    ['a protected name', { environment: 'main' }, 'policy_denied', 'protected'],
    [
      'a new name that the Amplify CLI refuses',
      { environment: 'QA-1' },
      'invalid_arguments',
      'create_backend',
    ],
    ['an app that is not there', { app: 'none' }, 'not_found', 'No app is named'],
    ['a schema that is none', { api: { schema: 'type {' } }, 'invalid_arguments', 'api.schema'],
    [
      'files for guests without guests',
      { auth: { guests: false }, storage: { guests: true } },
      'invalid_arguments',
      'guests',
    ],
    ['two ways at once', { like }, 'invalid_arguments', 'in one way'],
    ['an unknown member', { auth: { login: 'EMAIL' } }, 'invalid_arguments', 'login'],
  ])('refuses %s, and sends no write', async (_, more, code, words) => {
    expect(errorOf(await call(more))).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(await sent(scene)).toEqual([0, 0, 0, 0]);
  });

  it.each<[string, Json, string]>([
    ['another document', { snapshot: { hello: 1 } }, 'snapshot.format'],
    ['a later version', { snapshot: { ...snapshot, version: 2 } }, 'this server reads version 1'],
    ['an unknown member', { snapshot: { ...snapshot, auths: {} } }, 'auths'],
    [
      'settings that no operation takes',
      {
        snapshot: {
          ...snapshot,
          storage: { resourceName: 's', resourceConfig: { permissions: { everybody: [] } } },
        },
      },
      'snapshot.storage.resourceConfig.permissions',
    ],
    ['a document without end', { snapshot: { ...snapshot, models: 'x'.repeat(1_000_001) } }, 'characters'],
    [
      'a document of which a later step could not be made',
      { snapshot: { ...snapshot, auth: nameless } },
      'userPoolName',
    ],
    ['a URI of something else', { like: 'amplify-backend://apps/d1sandboxshop/environments/dev' }, 'like'],
  ])('refuses a snapshot that is %s', async (_, more, words) => {
    const result = await call(more, { app: 'shop', environment: 'qa' });
    expect(errorOf(result)).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining(words),
    });
    expect(await sent(scene)).toEqual([0, 0, 0, 0]);
  });

  it('plans every step, and sends none', async () => {
    const result = await call({ dryRun: true });
    const { plan } = result.structuredContent as { plan: Json & { steps: Json[] } };
    expect(plan).toMatchObject({ account: '123456789012', region: 'us-east-1' });
    expect(plan.steps.map(({ step, does }) => `${step}: ${does}`)).toEqual(
      allCreated.map(line => line.replace('created', 'create')),
    );
    expect(plan.steps.map(({ request }) => (request as Json).operation)).toEqual(writes);
    expect(textOf(result)).toContain('nothing was sent');
    const there = await call({ dryRun: true, environment: 'dev' });
    expect((there.structuredContent.plan as { steps: Json[] }).steps.map(({ does }) => does)).toEqual([
      'leave',
      'leave',
      'differs',
      'differs',
    ]);
    expect(await sent(scene)).toEqual([0, 0, 0, 0]);
  });
});

describe('what is under way', () => {
  const [{ connect }] = generations as [(typeof generations)[number]];
  const scene = setScene(connect, [], { jobMs: 60_000 });
  const call = callOn(scene);

  it('is followed when called again, step by step, and nothing is sent twice', async () => {
    for (const [index, operation] of writes.entries()) {
      for (let time = 0; time < 2; time++) {
        const result = await call({ timeoutSeconds: 1 });
        expect(result.structuredContent).toMatchObject({ verdict: 'unfinished', job: { operation } });
        expect(didOf(result).filter(line => line.endsWith('left alone'))).toHaveLength(index);
        expect(stepsText(result)).toContain('again with the same arguments');
      }
      scene.sandbox.finishJobs();
    }
    expect(didOf(await call())).toEqual(allLeft);
    expect(await sent(scene)).toEqual([1, 1, 1, 1]);
  });

  it('is named where it is in the way', async () => {
    const { structuredContent } = await scene.client.callTool(
      'generate_backend_api_models',
      on('prod', { resourceName: 'shopapi' }),
    );
    const { jobId } = structuredContent.job as Json;
    const result = await call(
      { overwrite: true },
      { app: 'shop', environment: 'prod', auth: { mfa: 'OFF' } },
    );
    expect(errorOf(result)).toMatchObject({
      code: 'pending_job',
      message: expect.stringContaining(String(jobId)),
    });
    expect(await scene.sandbox.verdicts('UpdateBackendAuth')).toEqual([]);
  });
});

describe.each(generations)('where writes are confirmed: $name', ({ connect }) => {
  const scene = setScene(connect, ['--confirm', 'writes'], { jobMs: 300 });

  it('asks for each write, and a yes is for one of them', async () => {
    const call = callOn(scene);
    const asked: unknown[] = [];
    let confirmation: Json = {};
    let result = await call();
    while (result.isError && asked.length < 10) {
      const { plan, confirmationToken } = result.structuredContent as {
        plan: Json;
        confirmationToken: string;
      };
      expect(errorOf(result)).toMatchObject({ code: 'confirmation_required' });
      asked.push((plan.request as Json).operation);
      confirmation = { confirmationToken };
      result = await call(confirmation);
    }
    expect(asked).toEqual(writes);
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(await sent(scene)).toEqual([1, 1, 1, 1]);
  });
});

describe('where a person answers forms', () => {
  const asked: string[] = [];
  const scene = setScene(
    (env, flags) =>
      (generations as [(typeof generations)[number]])[0].connect(env, flags, question => {
        asked.push(question.split(' ')[0] ?? '');
        return { action: 'accept', content: { name: 'qa' } };
      }),
    ['--confirm', 'writes'],
    { jobMs: 300 },
  );

  it('each write is a question of its own within one call', async () => {
    const result = await callOn(scene)();
    expect(asked).toEqual(writes);
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
  });
});

describe('where nothing may be written', () => {
  const [{ connect }] = generations as [(typeof generations)[number]];
  const scene = setScene(connect, ['--read-only']);

  it('is not served', async () => {
    const names = (await scene.client.listTools()).map(({ name }) => name);
    expect(names).toContain('export_environment');
    expect(names).not.toContain('provision_environment');
    expect(errorOf(await callOn(scene)())).toMatchObject({ code: 'policy_denied' });
  });
});
