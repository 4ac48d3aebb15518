/** What `change_environment` refuses, and what its answer says in addition to the changes, or about a failure. */
import { describe, expect, it } from 'vitest';
import { callOn, comment, didOf, errorOf, sentOn, stored, strict } from '../support/change-environment.ts';
import type { Json } from '../support/child.ts';
import { textOf, today } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { on } from './cases/case.ts';

describe('one call', () => {
  const { connect } = today;
  const scene = setScene(connect, ['--protected', 'prod'], { jobMs: 200 });
  const call = callOn(scene);
  const sent = sentOn(scene);

  it.each<[string, Json, string, string, string]>([
    ['nothing', {}, 'dev', 'invalid_arguments', 'State what to change'],
    ['functions', { functions: {} }, 'dev', 'invalid_arguments', 'amplify push'],
    [
      'what is fixed',
      { auth: { userPoolConfigs: { signInMethod: 'EMAIL' } } },
      'dev',
      'invalid_arguments',
      'fixed when auth is created',
    ],
    [
      'conflict resolution',
      { api: { conflictResolution: {} } },
      'dev',
      'invalid_arguments',
      'update_backend_api',
    ],
    ['guests', { storage: { guests: true } }, 'dev', 'invalid_arguments', 'unAuthenticated'],
    [
      'guests of the permissions',
      { storage: { permissions: { guests: ['READ'] } } },
      'dev',
      'invalid_arguments',
      'unAuthenticated',
    ],
    [
      'an empty value',
      { auth: { userPoolConfigs: { mfa: null } } },
      'dev',
      'invalid_arguments',
      'nothing to',
    ],
    ['an empty schema', { api: { schema: '' } }, 'dev', 'invalid_arguments', 'nothing to change'],
    [
      'a type of fields that do not exist',
      { api: { types: { add: 'type Foo @modle { id: ID! text: Strng }' } } },
      'dev',
      'invalid_arguments',
      'Foo uses Strng',
    ],
    [
      'to remove what is not there',
      { api: { types: { remove: ['Nope'] } } },
      'dev',
      'invalid_arguments',
      'no Nope to remove',
    ],
    ['a schema that is none', { api: { schema: 'type {' } }, 'dev', 'invalid_arguments', 'does not parse'],
    [
      'types that are none',
      { api: { types: { add: 'no' } } },
      'dev',
      'invalid_arguments',
      'types.add does not parse',
    ],
    ['two ways', { api: { schema: comment, types: {} } }, 'dev', 'invalid_arguments', 'not both'],
    [
      'a type that is used',
      { api: { types: { remove: ['OrderItem'] } } },
      'dev',
      'invalid_arguments',
      'still uses',
    ],
    ['an imported pool', strict, 'partner', 'invalid_arguments', 'is imported'],
    ['storage that is not there', { storage: {} }, 'partner', 'not_found', 'has no storage'],
    ['an environment that is not there', strict, 'nope', 'not_found', 'no environment nope; it has'],
    [
      'a protected environment',
      { storage: { permissions: { unAuthenticated: ['READ'] } } },
      'prod',
      'policy_denied',
      'protected',
    ],
  ])('refuses %s, and sends nothing', async (_, args, environment, code, words) => {
    const result = await call(args, environment);
    expect(errorOf(result)).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(await sent()).toEqual([0, 0, 0]);
  });

  it('says which secrets must be given again where AWS does not show them', async () => {
    const { UserPoolConfigs } = (await stored(scene)).auth.config as { UserPoolConfigs: Json };
    const OAuth = UserPoolConfigs.OAuth as Json;
    const { ClientSecret: _, ...shown } = (OAuth.SocialProviderSettings as { Google: Json }).Google;
    for (const Google of [shown, { ...shown, ClientSecret: '****' }]) {
      const answer = {
        ...on('dev', { resourceName: 'shopauth' }),
        resourceConfig: {
          authResources: 'IDENTITY_POOL_AND_USER_POOL',
          userPoolConfigs: {
            mfa: { MFAMode: 'OFF' },
            oAuth: { socialProviderSettings: { Google: lowered(Google) } },
          },
        },
      };
      const body = JSON.stringify(answer);
      await scene.sandbox.order('GetBackendAuth', 'answer-before', {
        answer: { status: 200, body },
        times: 20,
      });
      const result = await call(strict);
      expect(errorOf(result)).toMatchObject({
        code: 'invalid_arguments',
        message: expect.stringContaining('client_secret'),
      });
      expect(errorOf(result).hint).toContain('{"$secret": NAME}');
      expect(await sent()).toEqual([0, 0, 0]);
      await scene.sandbox.reset();
    }
  });

  it('sets TOTP as the second factor if MFA is turned on and none is named', async () => {
    await call({ auth: { userPoolConfigs: { mfa: { settings: { mfaTypes: [] } } } } });
    const result = await call(strict);
    expect(textOf(result)).toContain('TOTP (an authenticator app) is set');
  });

  it('says that an authorization mode no longer authorizes anybody', async () => {
    const result = await call({
      api: { defaultAuthType: { mode: 'AMAZON_COGNITO_USER_POOLS' } },
      dryRun: true,
    });
    expect(textOf(result)).toContain('API_KEY no longer authorizes anybody');
    expect(result.structuredContent).toMatchObject({
      plan: {
        changes: expect.arrayContaining([
          {
            path: 'api.defaultAuthType.settings.cognitoUserPoolId',
            before: null,
            after: 'us-east-1_ShopDev01',
          },
        ]),
      },
    });
  });

  it('a dry run of a schema first says what is added and removed, and how to renew the models', async () => {
    const types = { add: comment, remove: ['Review'] };
    const text = textOf(await call({ api: { types }, dryRun: true }));
    expect(text).toMatch(/This is deleted, with its data:\n- Review-\w+-dev \(no longer in the new schema\)/);
    expect(text).toContain('A new, empty table comes: Comment.');
    expect(text).toContain(
      'generate_backend_api_models with appId d1sandboxshop, backendEnvironmentName dev, resourceName shopapi',
    );
    expect(text).not.toContain('whether the user pool exists');
  });

  it('a dry run first says that a setting or a missing secret stops the call', async () => {
    const opens = { storage: { permissions: { unAuthenticated: ['READ'] } }, dryRun: true };
    expect(textOf(await call(opens, 'prod'))).toMatch(
      /^Nothing can be changed in prod by this call: refused by/,
    );
    const Facebook = { client_id: 'id', client_secret: { $secret: 'NONE_SUCH' } };
    const auth = { userPoolConfigs: { oAuth: { socialProviderSettings: { Facebook } } } };
    expect(textOf(await call({ auth, dryRun: true }))).toMatch(/^As it is, the call would fail: .*NONE_SUCH/);
  });

  it('says for guests what a resource allows them and whether the identity pool admits them', async () => {
    const opens = { storage: { permissions: { unAuthenticated: ['READ'] } }, dryRun: true };
    expect(textOf(await call(opens, 'prod'))).toContain('unauthenticatedLogin is not true in prod');
    const closes = { auth: { identityPoolConfigs: { unauthenticatedLogin: false } }, dryRun: true };
    expect(textOf(await call(closes))).toContain('The storage still lists READ for them');
    const both = { ...closes, storage: { permissions: { unAuthenticated: [] } } };
    expect(textOf(await call(both))).not.toContain('The storage still lists');
  });

  it("a failed job is reported with AWS's words, and the next call tries again", async () => {
    await scene.sandbox.order('UpdateBackendAuth', 'job-fails', { error: 'Resource limit exceeded' });
    const args = { ...strict, storage: { permissions: { unAuthenticated: [] } } };
    const result = await call(args);
    expect(result.structuredContent).toMatchObject({
      verdict: 'failed',
      job: { operation: 'UpdateBackendAuth', state: 'failed', error: 'Resource limit exceeded' },
    });
    expect(didOf(result)).toEqual(['auth: failed', 'storage: not started']);
    expect((await call(args)).structuredContent).toMatchObject({ verdict: 'complete' });
    expect(await sent()).toEqual([2, 0, 1]);
  });

  it('finds the write whose answer was lost', async () => {
    await scene.sandbox.order('UpdateBackendAuth', 'timeout-after');
    expect((await call(strict)).structuredContent).toMatchObject({ verdict: 'complete' });
    expect(await scene.sandbox.verdicts('UpdateBackendAuth')).toEqual(['fault:timeout-after']);
  });
});

/** The same structure with the member names of the REST API. */
const lowered = ({ ClientId, ClientSecret }: Json): Json => ({
  client_id: ClientId,
  ...(ClientSecret !== undefined && { client_secret: ClientSecret }),
});
