/**
 * `vault`: a secret is read from a prompt that does not show it or from a pipe, is never printed, and is never taken
 * from an argument. The prompt is tested in the test's own process, with a simulated terminal.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { createSecretInput } from '../../src/cli/secret-input.ts';
import { type VaultOptions, vault } from '../../src/cli/vault.ts';
import { Vault } from '../../src/secrets/vault.ts';
import { parseVaultKey } from '../../src/secrets/vault-key.ts';
import { type Ended, startChild } from '../support/child.ts';
import { runInMemory } from '../support/command.ts';

const keys = { accessKeyId: 'AKIAVAULT00000000000', secretAccessKey: 'piped-in-secret-access-key' };
const sessionToken = 'piped-in-session-token';
const secret = 'piped-in-client-secret';
const env = {
  VAULT_KEY: randomBytes(32).toString('hex'),
  OTHER_KEY: randomBytes(32).toString('base64'),
};
const confidential = [keys.secretAccessKey, sessionToken, secret, ...Object.values(env)];

let folder: string;
let file: string;
const stored = (key = 'env:VAULT_KEY') => new Vault({ file, key: parseVaultKey(key, { env }) });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vault-'));
  file = join(folder, 'vault.json');
});
afterEach(() => rm(folder, { recursive: true }));

type By = (args: readonly string[], env: Record<string, string>, stdin: string) => Promise<Ended>;

const inProcess: By = (args, env, stdin) => runInMemory(args, env, { stdin });

/** Runs the built command as a process. */
const asProcess: By = (args, env, stdin) => {
  const child = startChild(args, env);
  child.stdin.end(stdin);
  return child.ended;
};

/** Runs the command with a text on its stdin. */
async function command(line: string, stdin = '', more: Record<string, string> = {}, by = inProcess) {
  const settings = { AMPLIFY_BACKEND_MCP_VAULT_FILE: file, AMPLIFY_BACKEND_MCP_VAULT_KEY: 'env:VAULT_KEY' };
  const ended = await by(['vault', ...line.split(' ')], { ...env, ...settings, ...more }, stdin);
  for (const text of confidential) expect(ended.stdout + ended.stderr).not.toContain(text);
  return ended;
}

/** Expects that a mistake on the command line ends with exit code 2 and one line that names the offender. */
async function refused(line: string, offender: string | RegExp, more = {}, by = inProcess) {
  const { code, stdout, stderr } = await command(line, secret, more, by);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^amplify-backend-mcp: [^\n]+\n$/);
  expect(stderr).toMatch(offender);
  expect(await readdir(folder)).toEqual([]);
}

describe('in a pipe', () => {
  it('a process reads a secret, seals it, and refuses mistakes in one line', async () => {
    expect(await command('put shop', JSON.stringify(keys), {}, asProcess)).toMatchObject({ code: 0 });
    expect(await stored().readAws('shop')).toEqual(keys);
    expect(await command('put x', 'x'.repeat(65_537), {}, asProcess)).toMatchObject({ code: 1, stdout: '' });
    await rm(file);
    await refused(`put name ${secret}`, 'never from an argument', {}, asProcess);
  });

  it('puts, lists, removes, and rotates the key', async () => {
    expect(await command('put shop', JSON.stringify({ ...keys, sessionToken }))).toMatchObject({
      code: 0,
      stdout: `stored shop (aws) in ${file}\n`,
      stderr: '',
    });
    expect(await command('put google', `${secret}\n`)).toMatchObject({ code: 0, stderr: '' });
    expect(await stored().readAws('shop')).toEqual({ ...keys, sessionToken });
    expect(await stored().readSecret('google')).toBe(secret);
    expect((await command('list')).stdout).toMatch(/^google {2}secret {2}\S+Z\nshop {2}aws {2}\S+Z\n$/);

    const rotated = await command('rotate --new-key env:OTHER_KEY');
    expect(rotated).toMatchObject({ code: 0, stderr: '' });
    expect(rotated.stdout).toContain('set vaultKey to env:OTHER_KEY');
    expect(await stored('env:OTHER_KEY').readSecret('google')).toBe(secret);
    expect(await command('list')).toMatchObject({ code: 1, stdout: '' });

    const renewed = { AMPLIFY_BACKEND_MCP_VAULT_KEY: 'env:OTHER_KEY' };
    expect(await command('remove google', '', renewed)).toMatchObject({ code: 0, stderr: '' });
    expect(await command('remove google', '', renewed)).toMatchObject({ code: 1 });
    expect(await stored('env:OTHER_KEY').list()).toMatchObject([{ name: 'shop' }]);
  });

  it('accepts keys as the AWS CLI exports them, and JSON as a secret if a flag says so', async () => {
    const exported = { Version: 1, AccessKeyId: keys.accessKeyId, SecretAccessKey: keys.secretAccessKey };
    await command('put shop --kind aws', JSON.stringify({ ...exported, Expiration: 'soon' }));
    expect(await stored().readAws('shop')).toEqual(keys);
    const text = JSON.stringify(keys);
    await command('put text --kind secret', text);
    expect(await stored().readSecret('text')).toBe(text);
  });

  it('keeps the line breaks of a private key', async () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nMIGTAgEAMBMG\n-----END PRIVATE KEY-----';
    await command('put apple', `${pem}\n`);
    expect(await stored().readSecret('apple')).toBe(pem);
  });

  it.each([
    ['empty input', 'put x', ''],
    ['white space', 'put x', ' \n'],
    ['half of a pair of keys', 'put x', JSON.stringify({ accessKeyId: keys.accessKeyId })],
    ['an invalid access key id', 'put x', JSON.stringify({ ...keys, accessKeyId: secret })],
    ['an invalid session token', 'put x', JSON.stringify({ ...keys, sessionToken: 7 })],
    ['text for AWS keys', 'put x --kind aws', secret],
    ['a secret that is too long', 'put x', 'x'.repeat(65_537)],
  ])('stores nothing for %s', async (_, line, stdin) => {
    const { code, stdout, stderr } = await command(line, stdin);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^amplify-backend-mcp: nothing was stored: [^\n]+\n$/);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    [`put name ${secret}`, 'never from an argument'],
    [`steal name`, /put, list, remove, rotate/],
    ['put', 'name'],
    ['remove', 'name'],
    ['rotate', '--new-key'],
    ['list name', 'list does not take a name'],
    ['list --kind aws', '--kind'],
    ['put name --kind key', '--kind'],
    ['put na/me', '64 letters'],
    ['put name --bogus', '--bogus'],
    ['rotate --new-key nowhere', 'file:PATH'],
  ])('%s is refused', (line, offender) => refused(line, offender));

  it.each(['VAULT_FILE', 'VAULT_KEY'])('needs the setting %s', name =>
    refused('list', `--${name.toLowerCase().replace('_', '-')}`, { [`AMPLIFY_BACKEND_MCP_${name}`]: '' }),
  );

  it('says in one line what is wrong with the vault', async () => {
    const { code, stdout, stderr } = await command('list');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `amplify-backend-mcp: The vault ${file} does not exist; its first entry creates it: amplify-backend-mcp vault put NAME\n`,
    );
  });
});

describe('at a terminal', () => {
  /** A simulated terminal: what is typed, and what the person sees. */
  function terminal() {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const screen = new PassThrough().setEncoding('utf8');
    const seen: string[] = [];
    screen.on('data', (text: string) => seen.push(text));
    const lines: string[] = [];
    const io: Io = {
      out: line => void lines.push(line),
      err: () => undefined,
      isTerminal: true,
      isInputTerminal: true,
      env,
      self: ['node'],
      interrupted: () => new Promise(() => undefined),
    };
    const run = (options: Partial<VaultOptions>) =>
      vault(io, {
        action: 'put',
        name: 'typed',
        vaultFile: file,
        vaultKey: 'env:VAULT_KEY',
        input: createSecretInput(input, screen),
        ...options,
      });
    return { input, lines, run, seen: () => seen.join('') };
  }

  it('asks for a secret and does not show it', async () => {
    const { input, lines, run, seen } = terminal();
    input.write(`${secret}\r`);
    expect(await run({})).toBe(0);
    expect(await stored().readSecret('typed')).toBe(secret);
    expect(seen()).toBe('Secret (not shown): \n');
    expect(lines).toEqual([`stored typed (secret) in ${file}`]);
  });

  it.each([
    ['with a token', sessionToken],
    ['without one', ''],
  ])('asks for AWS keys one by one, %s', async (_, token) => {
    const { input, run, seen } = terminal();
    input.write(`${keys.accessKeyId}\r${keys.secretAccessKey} \r${token}\r`);
    expect(await run({ kind: 'aws' })).toBe(0);
    expect(await stored().readAws('typed')).toEqual({ ...keys, ...(token && { sessionToken: token }) });
    expect(seen()).toMatch(/^Access key id: \nSecret access key: \nSession token .*: \n$/);
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('stores nothing after %s', async (_, stroke) => {
    const { input, run } = terminal();
    input.write(stroke);
    await expect(run({})).rejects.toThrow('nothing was stored');
    expect(await readdir(folder)).toEqual([]);
  });

  it('stores nothing if a private key is pasted, since only its first line arrives', async () => {
    const { input, run } = terminal();
    input.write('-----BEGIN PRIVATE KEY-----\rMIGTAgEAMBMG\r');
    await expect(run({})).rejects.toThrow('< FILE');
  });

  it('keeps nothing in plain text', async () => {
    const { input, run } = terminal();
    input.write(`${secret}\r`);
    await run({});
    expect(await readFile(file, 'utf8')).not.toContain(secret);
  });
});
