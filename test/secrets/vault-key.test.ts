/** The key of the vault: its sources, its forms, and invalid keys. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure, keyOf, keyText } from '../support/vault.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vault-key-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('keys', () => {
  const bytes = Buffer.from(keyText, 'base64');
  const keyFile = async (content: string | Buffer, mode = 0o600) => {
    const path = join(folder, 'key');
    await writeFile(path, content, { mode });
    return keyOf(`file:${path}`);
  };

  it.each([
    ['raw', bytes],
    ['base64', keyText],
    ['base64 with a newline', `${keyText}\n`],
    ['base64url', bytes.toString('base64url')],
    ['hex', bytes.toString('hex')],
    ['hex in capitals', bytes.toString('hex').toUpperCase()],
  ])('are read from a file that holds them %s', async (_, content) => {
    expect(Buffer.from((await (await keyFile(content)).create()).bytes)).toEqual(bytes);
  });

  it.each([
    ['hex', bytes.toString('hex')],
    ['base64url', bytes.toString('base64url')],
  ])('are read from a variable as %s', async (_, text) => {
    const opened = await keyOf('env:VAULT_KEY', { VAULT_KEY: text }).open(undefined);
    expect(Buffer.from(opened.bytes)).toEqual(bytes);
  });

  it.each([
    ['nothing', ''],
    ['31 bytes', randomBytes(31)],
    ['33 bytes', randomBytes(33)],
    ['a passphrase of 32 characters', 'correct horse battery staple 32!'],
    ['more than a key', `${keyText}\n${keyText}`],
  ])('are not %s', async (_, content) => {
    expect(await failure((await keyFile(content)).create())).toMatch(/not 32 bytes.*openssl rand/);
  });

  it.each([0o604, 0o602, 0o660, 0o644])('are refused from a file of mode %o', async mode => {
    const key = await keyFile(keyText);
    await chmod(join(folder, 'key'), mode);
    expect(await failure(key.create())).toContain(`chmod 600 ${join(folder, 'key')}`);
  });

  it('may be readable by a group, as secrets in containers are', async () => {
    const key = await keyFile(keyText);
    await chmod(join(folder, 'key'), 0o440);
    expect((await key.create()).bytes).toHaveLength(32);
  });

  it('that do not exist are named by their source', async () => {
    expect(await failure(keyOf(`file:${folder}/none`).create())).toContain(`${folder}/none`);
    expect(await failure(keyOf('env:NONE').create())).toContain('variable NONE');
    expect(await failure(keyOf('env:EMPTY', { EMPTY: '' }).create())).toContain('variable EMPTY');
    expect(await failure(keyOf('env:SHORT', { SHORT: 'short' }).create())).toContain('env:SHORT');
  });

  it.each([
    ['a key in the place of its name', keyText],
    ['a key as a variable', `env:${keyText}`],
    ['nothing', ''],
    ['no path', 'file:'],
    ['an unknown place', 'http://example.com'],
    ['no ARN', 'kms:alias/vault'],
    ['the ARN of something else', 'kms:arn:aws:s3:::bucket'],
  ])('are refused if they are %s', async (_, text) => {
    expect(await failure((async () => keyOf(text))())).toMatch(/not of the form/);
  });

  it('cannot be in a variable that an agent can name as a secret', async () => {
    const call = async () => keyOf('env:AMPLIFY_BACKEND_SECRET_VAULT');
    expect(await failure(call())).toContain('AMPLIFY_BACKEND_SECRET_VAULT');
  });
});
