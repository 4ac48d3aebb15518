/**
 * Answers: parsed JSON, pages with cursors, invalid arguments by name, and withheld secrets. The secrets are
 * read from the sandbox and searched for in all output.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, type McpClient, type ToolResult, textOf } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

const auth = on('dev', { resourceName: 'shopauth' });
const errorOf = (result: ToolResult) => result.structuredContent.error as Json;

/** The string at a path in parsed JSON. It must exist. */
function at(value: unknown, path: string): string {
  const found = path.split('.').reduce<unknown>((inner, key) => (inner as Json | undefined)?.[key], value);
  expect(found, path).toEqual(expect.any(String));
  return found as string;
}

describe.each(generations)('answers: $name', ({ connect }) => {
  const scene = setScene(connect, ['--confirm', 'never']);

  /** The secrets that the sandbox holds: AppSync key, Google client secret, the token's challenge code. */
  async function secrets(sessionId: unknown) {
    const app = ((await scene.sandbox.state()) as { apps: Json }).apps[appId];
    return {
      apiKey: at(app, 'environments.dev.api.apiKey'),
      clientSecret: at(
        app,
        'environments.dev.auth.config.UserPoolConfigs.OAuth.SocialProviderSettings.Google.ClientSecret',
      ),
      challengeCode: at(app, `tokens.${sessionId}.challengeCode`),
    };
  }

  /** The results of every tool to which AWS answers a secret. */
  async function secretive(from: McpClient) {
    const created = await from.callTool('create_token', { appId });
    const { sessionId } = created.structuredContent;
    const looked = await from.callTool('get_token', { appId, sessionId });
    const config = await from.callTool('get_backend_auth', auth);
    const backend = await from.callTool('get_backend', on('dev'));
    return { created, looked, config, backend, secrets: await secrets(sessionId) };
  }

  it('names the existing resources if the name is wrong, and none without an environment', async () => {
    const wrong = (environment: string) =>
      scene.client.callTool('get_backend_auth', on(environment, { resourceName: 'auth' }));
    expect(errorOf(await wrong('dev'))).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('environment dev has (quoted data): shopauth.'),
      hint: expect.stringContaining('as resourceName'),
    });
    const { code, message } = errorOf(await wrong('gone'));
    expect(code).toBe('not_found');
    expect(message).not.toContain('In the category');
  });

  it('says that an unmanaged resource exists, and names the managed ones', async () => {
    const refused = await scene.client.callTool(
      'get_backend_api',
      on('dev', { resourceName: 'shopwebhooks' }),
    );
    expect(errorOf(refused)).toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(
        /has \(quoted data\): shopapi\. shopwebhooks exists, but AmplifyBackend does not manage "API Gateway"/,
      ),
    });
  });

  it('delivers JSON members parsed', async () => {
    const backend = (await scene.client.callTool('get_backend', on('dev'))).structuredContent;
    expect(backend.amplifyMetaConfig).toMatchObject({
      providers: { awscloudformation: { AmplifyAppId: appId } },
      auth: { shopauth: { service: 'Cognito' } },
    });
    expect(backend.amplifyFeatureFlags).toMatchObject({ features: expect.any(Object) });
    const models = await scene.client.callTool(
      'get_backend_api_models',
      on('dev', { resourceName: 'shopapi', part: 'Product' }),
    );
    expect(models.structuredContent.modelIntrospectionSchema).toMatchObject({
      models: { Product: expect.any(Object) },
    });
  });

  it('withholds every secret, in text and structure and log', async () => {
    const { secrets, ...results } = await secretive(scene.client);
    const everything = JSON.stringify(results) + scene.client.stderr();
    for (const secret of Object.values(secrets)) expect(everything).not.toContain(secret);
    expect(results.created.structuredContent).toMatchObject({ challengeCode: '[withheld]' });
    expect(
      at(results.backend.structuredContent, 'amplifyMetaConfig.api.shopapi.output.GraphQLAPIKeyOutput'),
    ).toBe('[withheld]');
  });

  it('reveals secrets if configured, but no API key, and none in the log', async () => {
    const open = await connect(scene.sandbox.env, ['--reveal-secrets']);
    const { secrets, created, looked, config, backend } = await secretive(open);
    await open.close();
    expect(created.structuredContent.challengeCode).toBe(secrets.challengeCode);
    expect(looked.structuredContent.challengeCode).toBe(secrets.challengeCode);
    expect(JSON.stringify(config)).toContain(secrets.clientSecret);
    expect(JSON.stringify(backend)).not.toContain(secrets.apiKey);
    for (const secret of Object.values(secrets)) expect(open.stderr()).not.toContain(secret);
  });

  it('refuses [withheld] as the value of a secret', async () => {
    const { structuredContent } = await scene.client.callTool('get_backend_auth', auth);
    const path = 'resourceConfig.userPoolConfigs.oAuth.socialProviderSettings.Google.client_secret';
    const client_secret = at(structuredContent, path);
    await scene.sandbox.reset();
    const result = await scene.client.callTool('update_backend_auth', {
      ...auth,
      resourceConfig: {
        authResources: 'IDENTITY_POOL_AND_USER_POOL',
        service: 'COGNITO',
        userPoolConfigs: { oAuth: { socialProviderSettings: { Google: { client_secret } } } },
      },
    });
    expect(errorOf(result)).toMatchObject({ code: 'invalid_arguments' });
    expect(errorOf(result).message).toContain(path);
    expect(await scene.sandbox.requests()).toEqual([]);
  });

  it.each([
    ['an unknown argument', { appId, colour: 'blue' }, 'colour'],
    ['a missing argument', {}, 'appId'],
    ['an argument of the wrong type', { appId: 7 }, 'appId'],
    ['an id that would change the path', { appId: '..' }, 'appId'],
    ['an environment that would change the path', on('../prod'), 'backendEnvironmentName'],
  ])('names %s and sends nothing', async (_, args, member) => {
    const result = await scene.client.callTool('get_backend', args);
    expect(result.isError).toBe(true);
    expect(errorOf(result)).toMatchObject({ code: 'invalid_arguments', retryable: false });
    expect(textOf(result)).toMatch(new RegExp(`^- .*\\b${member}\\b`, 'm'));
    expect(await scene.sandbox.requests()).toEqual([]);
  });

  it('reports an accepted write as a success although its job cannot be read', async () => {
    // The answer of this operation names no environment, so the job has to be looked for.
    await scene.sandbox.order('GetBackend', 'server-error', { times: 3 });
    const result = await scene.client.callTool('remove_all_backends', { appId });
    const { jobId } = result.structuredContent;
    expect(result.isError).toBeFalsy();
    expect(jobId).toEqual(expect.any(String));
    expect(textOf(result)).toMatch(new RegExp(`${jobId}.*list_backend_jobs`));
    expect(await scene.sandbox.verdicts('RemoveAllBackends')).toEqual(['ok']);
  });

  it('answers an unknown tool with a protocol error', async () => {
    await expect(scene.client.callTool('make_coffee')).rejects.toMatchObject({ code: -32602 });
  });
});
