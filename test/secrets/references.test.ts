/**
 * References to secrets: the request to AWS has the secret, the plan has the reference, an agent cannot name
 * other secrets, and a secret in literal text is sent with a warning.
 */
import { describe, expect, it } from 'vitest';
import { ServerError } from '../../src/errors.ts';
import { operations } from '../../src/operations/index.ts';
import { validateArguments } from '../../src/operations/validate.ts';
import { redactBySchema, secretsOf } from '../../src/secrets/redaction.ts';
import {
  createLookup,
  isReference,
  listSecretNames,
  resolveSecretRefs,
  type SecretSource,
} from '../../src/secrets/references.ts';

const update = operations.find(({ name }) => name === 'UpdateBackendAuth');
if (!update) throw new Error('no such operation');

const social = (settings: object) => ({
  appId: 'd1shop',
  backendEnvironmentName: 'dev',
  resourceName: 'shopauth',
  resourceConfig: {
    authResources: 'USER_POOL_ONLY',
    service: 'COGNITO',
    userPoolConfigs: { oAuth: { socialProviderSettings: settings } },
  },
});
const references = social({
  Google: { client_id: 'id', client_secret: { $secret: 'GOOGLE' } },
  SignInWithApple: { key_id: 'k', private_key: { $secret: 'apple-key' } },
});

const google = 'from-the-environment';
const apple = '-----BEGIN PRIVATE KEY-----\nfrom the vault\n-----END PRIVATE KEY-----';
const env = {
  AMPLIFY_BACKEND_SECRET_GOOGLE: google,
  AMPLIFY_BACKEND_SECRET_EMPTY: '',
  AWS_SECRET_ACCESS_KEY: 'never-named',
};
const vault: SecretSource = {
  find: async name => {
    if (name === 'apple-key' || name === 'GOOGLE' || name === 'EMPTY')
      return { kind: 'secret', secret: apple };
    return name === 'tenant' ? { kind: 'aws' } : undefined;
  },
};
const lookup = createLookup({ env, vault });

/** The refusal of a look-up, which names no value. */
async function refusal(call: Promise<unknown>): Promise<ServerError> {
  const thrown = await call.then(
    () => undefined,
    error => error,
  );
  expect(thrown).toBeInstanceOf(ServerError);
  for (const value of [google, apple, env.AWS_SECRET_ACCESS_KEY])
    expect(JSON.stringify(thrown.facts())).not.toContain(value);
  return thrown;
}

describe('resolving', () => {
  it('replaces references in a copy, from the environment and from the vault', async () => {
    const before = structuredClone(references);
    const { args, notes } = await resolveSecretRefs(update, references, lookup);
    expect(args).toEqual(
      social({
        Google: { client_id: 'id', client_secret: google },
        SignInWithApple: { key_id: 'k', private_key: apple },
      }),
    );
    expect(notes).toEqual([]);
    expect(references).toEqual(before);
  });

  it('gives the secrets for redaction, and keeps the references for plans', async () => {
    const { args } = await resolveSecretRefs(update, references, lookup);
    expect(secretsOf(update.sdkInput, args)).toEqual(expect.arrayContaining([google, apple]));
    expect(secretsOf(update.sdkInput, references)).not.toContain('GOOGLE');
    expect(redactBySchema(update.sdkInput, references)).toEqual(
      social({
        Google: { client_id: 'id', client_secret: { $secret: 'GOOGLE' } },
        SignInWithApple: { key_id: 'k', private_key: { $secret: 'apple-key' } },
      }),
    );
    const planned = JSON.stringify(redactBySchema(update.sdkInput, args));
    for (const value of [google, 'from the vault']) expect(planned).not.toContain(value);
  });

  it('sends a literal text, with one note on what to do instead', async () => {
    const literal = social({
      Facebook: { client_secret: 'fb-text' },
      LoginWithAmazon: { client_secret: 'am-text' },
    });
    const { args, notes } = await resolveSecretRefs(update, literal, lookup);
    expect(args).toEqual(literal);
    expect(notes).toHaveLength(1);
    for (const words of [
      'Facebook.client_secret',
      'LoginWithAmazon.client_secret',
      "model's context",
      '"$secret"',
    ])
      expect(notes[0]).toContain(words);
    for (const text of ['fb-text', 'am-text']) expect(notes[0]).not.toContain(text);
  });

  it('does not change arguments without such a member', async () => {
    const create = operations.find(({ name }) => name === 'CloneBackend');
    if (!create) throw new Error('no such operation');
    expect(await resolveSecretRefs(create, { appId: 'd1' }, lookup)).toEqual({
      args: { appId: 'd1' },
      notes: [],
    });
    const without = { appId: 'd1', resourceConfig: { userPoolConfigs: {} } };
    expect(await resolveSecretRefs(update, without, lookup)).toEqual({ args: without, notes: [] });
  });
});

describe('looking up', () => {
  it('prefers the environment, and ignores an empty variable', async () => {
    expect(await lookup('GOOGLE')).toBe(google);
    expect(await lookup('EMPTY')).toBe(apple);
    expect(await createLookup({ env })('GOOGLE')).toBe(google);
  });

  it.each(['AWS_SECRET_ACCESS_KEY', 'NOBODY', 'google', '__proto__', 'constructor'])(
    'refuses %s, and names the variable and the command to type',
    async name => {
      const { code, message, hint } = await refusal(lookup(name));
      expect(code).toBe('invalid_arguments');
      expect(message).toContain(name);
      expect(hint).toContain(`AMPLIFY_BACKEND_SECRET_${name}`);
      expect(hint).toContain(`amplify-backend-mcp vault put ${name} --kind secret.`);
    },
  );

  it('never returns AWS keys', async () => {
    expect((await refusal(lookup('tenant'))).message).toContain('AWS keys, which are never sent');
  });

  it('says how to configure a vault if there is none', async () => {
    expect((await refusal(createLookup({ env })('NOBODY'))).hint).toContain('vaultFile and vaultKey');
  });

  it('passes on the failure of an unusable vault', async () => {
    const broken = { find: () => Promise.reject(new ServerError('vault_unusable')) };
    expect((await refusal(createLookup({ env, vault: broken })('NOBODY'))).code).toBe('vault_unusable');
  });
});

describe('a reference', () => {
  const withSecret = (value: unknown) => social({ Google: { client_secret: value } });

  it.each([{ $secret: 'NAME' }, { $secret: 'a-b_9' }, 'literal'])('is recognized as %j', value => {
    expect(validateArguments(update, withSecret(value), [])).toEqual(withSecret(value));
    expect(isReference(value)).toBe(typeof value === 'object');
  });

  it.each([
    [{}],
    [{ $secret: '' }],
    [{ $secret: 'with space' }],
    [{ $secret: 'x'.repeat(65) }],
    [{ $secret: 7 }],
    [{ $secret: 'NAME', default: 'leak-me' }],
    [{ secret: 'NAME' }],
    [['NAME']],
    [7],
    [null],
  ])('is not %j, and the refusal repeats no value', value => {
    expect(isReference(value)).toBe(false);
    const call = () => validateArguments(update, withSecret(value), []);
    expect(call).toThrow(/Google\.client_secret(\.\$secret)?: expected \{"\$secret": NAME\}/);
    expect(call).not.toThrow(/leak-me|with space/);
  });

  it('is refused in a member that is not a secret', () => {
    const astray = social({ Google: { client_id: { $secret: 'GOOGLE' } } });
    expect(() => validateArguments(update, astray, [])).toThrow(/client_id/);
    expect(() => validateArguments(update, { ...references, appId: { $secret: 'GOOGLE' } }, [])).toThrow(
      /appId/,
    );
  });
});

describe('the names of secrets', () => {
  const list = async () =>
    [
      { name: 'apple-key', kind: 'secret' },
      { name: 'GOOGLE', kind: 'secret' },
      { name: 'tenant', kind: 'aws' },
    ] as const;

  it('are those of variables with a value and of the secrets of the vault, each once', async () => {
    const more = { ...env, 'AMPLIFY_BACKEND_SECRET_no name': 'x', AMPLIFY_BACKEND_SECRET_: 'x' };
    expect(await listSecretNames({ env: more, vault: { list } })).toEqual(['GOOGLE', 'apple-key']);
    expect(await listSecretNames({ env })).toEqual(['GOOGLE']);
  });

  it('are only those that may be used here', async () => {
    const mayName = (name: string) => name.startsWith('apple');
    expect(await listSecretNames({ env, vault: { list }, mayName })).toEqual(['apple-key']);
  });
});
