/**
 * `change_environment`: the stated settings are applied and all others stay, whether an update of AWS merges or
 * replaces; what holds data is asked about.
 */
import { describe, expect, it } from 'vitest';
import { settingValues } from '../../src/sandbox/settings.ts';
import {
  callOn,
  comment,
  didOf,
  type Stored,
  sentOn,
  stored,
  strict,
} from '../support/change-environment.ts';
import type { Json } from '../support/child.ts';
import { generations, textOf, today } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { expectWholeText } from '../support/whole-text.ts';

const ways = settingValues.showsChanges.flatMap(showsChanges =>
  settingValues.updates.map(merges => ({ showsChanges, updates: merges })),
);

describe.each(ways)('AWS shows changes $showsChanges, and updates $updates', settings => {
  const { connect } = today;
  const scene = setScene(connect, [], { jobMs: 200 });
  const call = callOn(scene);
  const sent = sentOn(scene);

  it('applies the stated settings and keeps all others, withheld ones too', async () => {
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

  it('the same call again changes nothing, even if AWS withholds a stated value', async () => {
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

  it('removes a social provider, or says that AWS kept it', async () => {
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

  it('asks about a deleted model before anything is sent, with all other changes', async () => {
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
