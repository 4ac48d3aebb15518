/**
 * Secret references and who may use them: real processes, over HTTP with tokens and over stdio. A secret that
 * the rule or the target does not list is the same to a caller as an unknown one.
 */
import { describe, expect, it } from 'vitest';
import type { Env, Json } from '../support/child.ts';
import { setHome } from '../support/home.ts';
import { inProcess, type MessageClient, overHttp, overStdio } from '../support/message-client.ts';
import { roles, startTokenServer } from '../support/token-server.ts';
import { on } from './cases/case.ts';

const home = setHome({ jobMs: 30_000 });

const secrets: Env = {
  AMPLIFY_BACKEND_SECRET_ACME_GOOGLE: 'acme-google-value',
  AMPLIFY_BACKEND_SECRET_ACME_APPLE: 'acme-apple-value',
  AMPLIFY_BACKEND_SECRET_UMBRELLA_GOOGLE: 'umbrella-google-value',
};
const env = () => ({ ...home.env(), ...secrets });

const callers = {
  acme: { when: { tenant: 'acme' }, target: 'shop', secrets: ['ACME_*', 'SHARED'] },
  umbrella: { when: { tenant: 'umbrella' }, target: 'other', secrets: ['UMBRELLA_*', 'ACME_APPLE'] },
  readers: { when: { tenant: 'readers' }, target: 'shop', readOnly: true, secrets: ['*'] },
  plain: { when: { tenant: 'plain' }, target: 'shop' },
};
const targets = { ...roles, other: { ...roles.other, secrets: ['UMBRELLA_GOOGLE'] } };

const update = (name: string, more: Json = {}) => ({
  name: 'update_backend_auth',
  arguments: on('dev', {
    resourceName: 'shopauth',
    resourceConfig: {
      authResources: 'IDENTITY_POOL_AND_USER_POOL',
      service: 'COGNITO',
      userPoolConfigs: {
        oAuth: { socialProviderSettings: { Google: { client_id: 'id', client_secret: { $secret: name } } } },
      },
    },
    ...more,
  }),
});

/** The answer to a call with that secret, without the secret's name and without values that differ each time. */
async function answerOf({ ask }: MessageClient, name: string, more?: Json): Promise<string> {
  const { result } = await ask('tools/call', update(name, more));
  const { content, structuredContent, isError = false } = result;
  return JSON.stringify([content, structuredContent, isError])
    .replaceAll(name, '<name>')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>');
}

const updates = () => home.sandbox.verdicts('UpdateBackendAuth');

/** Expects that the caller gets none of these secrets, and cannot tell which of them exist. */
async function expectUnknown(client: MessageClient, names: readonly string[], code: string): Promise<void> {
  const none = await answerOf(client, 'NOBODYS');
  expect(none).toContain(`"code":"${code}"`);
  for (const name of names) expect(await answerOf(client, name), name).toBe(none);
  for (const name of [...names, 'NOBODYS']) {
    const planned = await answerOf(client, name, { dryRun: true });
    expect(planned, name).toBe(await answerOf(client, 'NOBODYS', { dryRun: true }));
  }
  expect(await updates()).toEqual([]);
}

describe('with callers', () => {
  async function enter(tenant: string) {
    const { url, tokenOf } = await startTokenServer(env(), callers, targets);
    return overHttp(url, await tokenOf({ sub: 'ben', tenant }));
  }

  it('are the secrets that the rule of a caller lists', async () => {
    const ann = await enter('acme');
    await expectUnknown(ann, ['UMBRELLA_GOOGLE'], 'invalid_arguments');
    const { result } = await ann.ask('tools/call', update('ACME_GOOGLE'));
    expect(result).toMatchObject({ resultType: 'task' });
    expect(await updates()).toEqual(['ok']);
    home.sandbox.finishJobs();
    expect(JSON.stringify(await home.sandbox.state()).includes('acme-google-value')).toBe(true);
  });

  it('are the secrets in the lists of both rule and target', async () => {
    const ben = await enter('umbrella');
    await expectUnknown(ben, ['ACME_GOOGLE', 'ACME_APPLE'], 'invalid_arguments');
    const { result } = await ben.ask('tools/call', update('UMBRELLA_GOOGLE'));
    expect(result).toMatchObject({ resultType: 'task' });
  });

  it('are none without a list in the rule', async () => {
    await expectUnknown(await enter('plain'), Object.keys(secrets).map(nameOf), 'invalid_arguments');
  });

  it('are not revealed to read-only callers, because the policy refuses first', async () => {
    await expectUnknown(await enter('readers'), Object.keys(secrets).map(nameOf), 'policy_denied');
  });

  it('are not revealed to tokens without the write scope', async () => {
    const { url, tokenOf } = await startTokenServer(env(), callers, targets);
    const { ask } = overHttp(url, await tokenOf({ tenant: 'acme', scope: 'amplify:read' }));
    const [own, none] = [
      await ask('tools/call', update('ACME_GOOGLE')),
      await ask('tools/call', update('NOBODYS')),
    ];
    expect(own).toMatchObject({ error: 'insufficient_scope' });
    expect(own).toEqual(none);
  });
});

const nameOf = (variable: string) => variable.replace('AMPLIFY_BACKEND_SECRET_', '');

describe('without callers', () => {
  const over = (named: Json) => inProcess(env(), ['--targets', JSON.stringify({ shop: named })]);

  it('are all secrets with the one unnamed account', async () => {
    const { result } = await (await overStdio(env())).ask('tools/call', update('ACME_GOOGLE'));
    expect(result).toMatchObject({ resultType: 'task' });
  });

  it('are the secrets that a named target lists', async () => {
    const client = await over({ ...roles.shop, secrets: ['ACME_G*'] });
    await expectUnknown(client, ['ACME_APPLE', 'UMBRELLA_GOOGLE'], 'invalid_arguments');
    const { result } = await client.ask('tools/call', update('ACME_GOOGLE'));
    expect(result).toMatchObject({ resultType: 'task' });
  });

  it('are none with a named target without a list', async () => {
    await expectUnknown(await over(roles.shop), Object.keys(secrets).map(nameOf), 'invalid_arguments');
  });
});
