/**
 * `change_environment`: what is stated becomes true and everything else stays, whether an update of AWS merges or
 * replaces; what holds data is asked about.
 */
import { describe, expect, it } from 'vitest';
import { settingValues } from '../../src/sandbox/settings.ts';
import { callOn, comment, didOf, errorOf, sentOn, strict } from '../support/change-environment.ts';
import type { Json } from '../support/child.ts';
import { generations, textOf, today } from '../support/clients.ts';
import { type Scene, setScene } from '../support/scene.ts';
import { expectWholeText } from '../support/whole-text.ts';
import { on } from './cases/case.ts';

interface Stored {
  readonly auth: { readonly config: Json };
  readonly api: { readonly config: Json };
  readonly storage: { readonly permissions: Json };
}

/** What the sandbox has of an environment, with its secrets. */
async function stored({ sandbox }: Scene, name = 'dev'): Promise<Stored> {
  const { apps } = (await sandbox.state()) as {
    apps: Record<string, { environments: Record<string, Stored> }>;
  };
  return apps.d1sandboxshop?.environments[name] as Stored;
}

const ways = settingValues.showsChanges.flatMap(showsChanges =>
  settingValues.updates.map(merges => ({ showsChanges, updates: merges })),
);

describe.each(ways)('AWS shows changes $showsChanges, and updates $updates', settings => {
  const { connect } = today;
  const scene = setScene(connect, [], { jobMs: 200 });
  const call = callOn(scene);
  const sent = sentOn(scene);

  it('what is stated becomes true, and all else stays, also what nobody is shown', async () => {
    await scene.sandbox.set(settings);
    const before = await stored(scene);
    const result = await call({
      ...strict,
      api: { types: { add: comment, change: 'extend type Product { size: Int }' } },
      storage: { permissions: { unAuthenticated: [] } },
    });
    expect(result.structuredContent).toMatchObject({
      verdict: 'complete',
      changes: [
        { path: 'auth.userPoolConfigs.mfa.MFAMode', before: 'OPTIONAL', after: 'ON' },
        { path: 'auth.userPoolConfigs.passwordPolicy.minimumLength', before: 8, after: 12 },
        { path: 'api.transformSchema.Product.size', before: null, after: 'size: Int' },
        { path: 'api.transformSchema.Comment', before: null },
        { path: 'storage.permissions.unAuthenticated', before: ['READ'], after: [] },
      ],
      nextSteps: [expect.stringContaining('generate_backend_api_models')],
    });
    expect(didOf(result)).toEqual(['auth: updated', 'api: updated', 'storage: updated']);
    expectWholeText(result);
    const after = await stored(scene);
    const pool = (of: Stored) => of.auth.config.UserPoolConfigs as Json;
    const { Mfa, PasswordPolicy, ...rest } = pool(after);
    expect(Mfa).toEqual({ MFAMode: 'ON', Settings: { MfaTypes: ['TOTP'] } });
    expect(PasswordPolicy).toEqual({
      MinimumLength: 12,
      AdditionalConstraints: ['REQUIRE_DIGIT', 'REQUIRE_LOWERCASE'],
    });
    const { Mfa: _, PasswordPolicy: __, ...restBefore } = pool(before);
    expect(rest).toEqual(restBefore);
    expect(after.auth.config.IdentityPoolConfigs).toEqual(before.auth.config.IdentityPoolConfigs);
    const { TransformSchema, ...api } = after.api.config;
    const { TransformSchema: was, ...apiBefore } = before.api.config;
    expect(api).toEqual(apiBefore);
    expect(TransformSchema).toContain(comment);
    expect(String(TransformSchema).replace(`\n\n${comment}`, '').replace('  size: Int\n', '')).toBe(was);
    expect(after.storage.permissions).toEqual({ ...before.storage.permissions, UnAuthenticated: [] });
    expect(await sent()).toEqual([1, 1, 1]);
  });

  it('the same call once more changes nothing, also where what is stated is withheld', async () => {
    await scene.sandbox.set(settings);
    const args = {
      ...strict,
      auth: {
        userPoolConfigs: {
          ...strict.auth.userPoolConfigs,
          verificationMessage: { emailSettings: { emailSubject: 'Hi' } },
        },
      },
      api: { types: { add: comment } },
    };
    const first = await call(args);
    expect(first.structuredContent).toMatchObject({ verdict: 'complete' });
    const again = await call(args);
    expect(again.structuredContent).toMatchObject({ verdict: 'complete', changes: [] });
    expect(didOf(again)).toEqual(['auth: left alone', 'api: left alone']);
    expect(textOf(again)).toContain('Nothing had to be changed: dev has all that was asked for');
    expect(await sent()).toEqual([1, 1, 0]);
    const { VerificationMessage } = (await stored(scene)).auth.config.UserPoolConfigs as Json;
    expect(VerificationMessage).toMatchObject({
      EmailSettings: { EmailSubject: 'Hi', EmailMessage: 'Your verification code is {####}' },
    });
  });

  it('a social sign-in is taken away, or it is said that AWS kept it', async () => {
    await scene.sandbox.set(settings);
    const result = await call({ auth: { removeProviders: ['Google'] } });
    const path = 'auth.userPoolConfigs.oAuth.socialProviderSettings.Google';
    expect(result.structuredContent).toMatchObject({ changes: [{ path, after: null }] });
    expect(result.structuredContent).toMatchObject(
      settings.updates === 'replace'
        ? { verdict: 'complete' }
        : { verdict: 'differs', differs: [{ path, wanted: null }] },
    );
    expect(textOf(result).split(`- ${path}: `)).toHaveLength(2);
    expectWholeText(result);
  });
});

describe.each(generations)('$name', ({ connect }) => {
  const scene = setScene(connect, [], { jobMs: 200 });
  const call = callOn(scene);
  const sent = sentOn(scene);

  it('a dry run shows before and after, and sends nothing', async () => {
    const result = await call({
      ...strict,
      storage: { permissions: { unAuthenticated: ['READ'] } },
      dryRun: true,
    });
    expect(result.structuredContent).toMatchObject({
      plan: {
        account: '123456789012',
        region: 'us-east-1',
        changes: [
          { path: 'auth.userPoolConfigs.mfa.MFAMode', before: 'OPTIONAL', after: 'ON' },
          { path: 'auth.userPoolConfigs.passwordPolicy.minimumLength', before: 8, after: 12 },
        ],
        steps: [
          { step: 'auth', does: 'update', request: { operation: 'UpdateBackendAuth' }, policy: 'allowed' },
          { step: 'storage', does: 'leave' },
        ],
      },
      notes: ['Dry run: nothing was sent to AWS.'],
    });
    expect(textOf(result)).toContain('- auth.userPoolConfigs.mfa.MFAMode: OPTIONAL → ON');
    expectWholeText(result);
    expect(await sent()).toEqual([0, 0, 0]);
  });

  it('a model that goes is asked about before anything is sent, with all else that changes', async () => {
    const args = { ...strict, api: { types: { remove: ['Review'] } } };
    const asked = await call(args);
    expect(asked.structuredContent).toMatchObject({
      error: { code: 'confirmation_required' },
      plan: {
        confirmation: { type: 'dev', goes: { dev: [{ resource: 'api/shopapi' }] } },
        remarks: [expect.stringContaining('auth.userPoolConfigs.mfa.MFAMode: OPTIONAL → ON')],
      },
    });
    expect(await sent()).toEqual([0, 0, 0]);
    const { confirmationToken } = asked.structuredContent;
    const result = await call({ ...args, confirmationToken });
    expect(result.structuredContent).toMatchObject({ verdict: 'complete' });
    expect(didOf(result)).toEqual(['api: updated', 'auth: updated']);
    expect(await sent()).toEqual([1, 1, 0]);
  });
});

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

  it('sets a second factor where MFA is turned on and none is named', async () => {
    await call({ auth: { userPoolConfigs: { mfa: { settings: { mfaTypes: [] } } } } });
    const result = await call(strict);
    expect(textOf(result)).toContain('TOTP (an authenticator app) is set');
  });

  it('says that a way to authorize ends', async () => {
    const result = await call({
      api: { defaultAuthType: { mode: 'AMAZON_COGNITO_USER_POOLS' } },
      dryRun: true,
    });
    expect(textOf(result)).toContain('API_KEY authorizes nobody any more');
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

  it('a dry run of a schema says in its head what comes and goes, and what renews the models', async () => {
    const types = { add: comment, remove: ['Review'] };
    const text = textOf(await call({ api: { types }, dryRun: true }));
    expect(text).toMatch(
      /This is deleted, with its data:\n- Review-\w+-dev \(not in the new schema any more\)/,
    );
    expect(text).toContain('A new, empty table comes: Comment.');
    expect(text).toContain(
      'generate_backend_api_models with appId d1sandboxshop, backendEnvironmentName dev, resourceName shopapi',
    );
    expect(text).not.toContain('whether the user pool exists');
  });

  it('the head of a dry run says that a setting or a missing secret stops the call', async () => {
    const opens = { storage: { permissions: { unAuthenticated: ['READ'] } }, dryRun: true };
    expect(textOf(await call(opens, 'prod'))).toMatch(
      /^Nothing can be changed in prod by this call: refused by/,
    );
    const Facebook = { client_id: 'id', client_secret: { $secret: 'NONE_SUCH' } };
    const auth = { userPoolConfigs: { oAuth: { socialProviderSettings: { Facebook } } } };
    expect(textOf(await call({ auth, dryRun: true }))).toMatch(/^As it is, the call would fail: .*NONE_SUCH/);
  });

  it('guests are told apart: what they may do, and whether they can', async () => {
    const opens = { storage: { permissions: { unAuthenticated: ['READ'] } }, dryRun: true };
    expect(textOf(await call(opens, 'prod'))).toContain('unauthenticatedLogin is not true in prod');
    const closes = { auth: { identityPoolConfigs: { unauthenticatedLogin: false } }, dryRun: true };
    expect(textOf(await call(closes))).toContain('the storage still says READ for them');
    const both = { ...closes, storage: { permissions: { unAuthenticated: [] } } };
    expect(textOf(await call(both))).not.toContain('the storage still says');
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

/** A structure with the names that the REST API gives its members. */
const lowered = ({ ClientId, ClientSecret }: Json): Json => ({
  client_id: ClientId,
  ...(ClientSecret !== undefined && { client_secret: ClientSecret }),
});

describe('with secrets', () => {
  const { connect } = today;
  const secret = 'a-new-client-secret-4711';
  const scene = setScene((env, flags) => connect({ ...env, AMPLIFY_BACKEND_SECRET_NEW: secret }, flags), [], {
    jobMs: 200,
  });

  it('a new secret is sent once, and none is shown', async () => {
    const call = callOn(scene);
    const provider = { Google: { client_secret: { $secret: 'NEW' } } };
    const args = { auth: { userPoolConfigs: { oAuth: { socialProviderSettings: provider } } } };
    const results = [await call({ ...args, dryRun: true }), await call(args), await call(args)];
    expect(results.map(({ structuredContent }) => structuredContent.verdict)).toEqual([
      undefined,
      'complete',
      'complete',
    ]);
    expect(await sentOn(scene)()).toEqual([1, 0, 0]);
    const { OAuth } = (await stored(scene)).auth.config.UserPoolConfigs as { OAuth: Json };
    expect(OAuth.SocialProviderSettings).toEqual({
      Google: { ClientId: '123456789012-shopdev.apps.googleusercontent.com', ClientSecret: secret },
    });
    for (const result of results) {
      const all = JSON.stringify(result);
      expect(all).not.toContain('4711');
      expect(all).not.toContain('sandbox-google-client-secret');
      expect(all).not.toContain('literal text');
    }
  });
});
