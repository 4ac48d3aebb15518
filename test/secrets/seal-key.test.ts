/**
 * The key that seals task ids: in files of a temporary home, by processes that race for it, and where no file
 * is possible. A configured key is used or refused, never replaced.
 */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openSealKeys } from '../../src/secrets/seal-key.ts';
import { runSimultaneously } from '../support/simultaneous.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'seal-key-'));
  const made = home;
  onTestFinished(() => rm(made, { recursive: true }));
});

/** The key, and what was said about it. */
async function open(env: Record<string, string>, sealKey?: string) {
  const warnings: string[] = [];
  const [key] = await openSealKeys({ env, sealKey, warn: line => warnings.push(line) });
  return { key: Buffer.from(key).toString('hex'), warnings };
}

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('without configuration', () => {
  it.each([
    ['HOME', '.local/state'],
    ['XDG_STATE_HOME', ''],
    ['LOCALAPPDATA', ''],
  ])("creates a private key in the user's folder under %s, and finds it again", async (name, below) => {
    const env = { [name]: home };
    const first = await open(env);
    expect(first).toMatchObject({ key: expect.stringMatching(/^[0-9a-f]{64}$/), warnings: [] });
    expect(await open(env)).toEqual(first);
    const folder = join(home, below, 'amplify-backend-mcp');
    expect(await readdir(folder)).toEqual(['seal-key']);
    expect(await modeOf(folder)).toBe('700');
    expect(await modeOf(join(folder, 'seal-key'))).toBe('600');
  });

  it('follows the XDG rules: the variable takes precedence, a relative path is ignored', async () => {
    const own = await open({ HOME: home });
    expect((await open({ HOME: home, XDG_STATE_HOME: 'state', LOCALAPPDATA: 'C:\\Local' })).key).toBe(
      own.key,
    );
    expect((await open({ HOME: home, XDG_STATE_HOME: join(home, 'state') })).key).not.toBe(own.key);
  });

  it('creates one key for processes that start together', async () => {
    const keys = await runSimultaneously(
      home,
      'secrets/seal-key.ts',
      `const open = () => ours.openSealKeys({ env: { HOME: ${JSON.stringify(home)} }, warn: console.error });
       for (const [key] of await Promise.all([open(), open()])) console.log(Buffer.from(key).toString('hex'));`,
    );
    expect(keys).toHaveLength(12);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(await readdir(join(home, '.local/state/amplify-backend-mcp'))).toEqual(['seal-key']);
  });

  const path = () => join(home, '.local/state/amplify-backend-mcp/seal-key');
  const impossible: [string, (env: Record<string, string>) => Promise<void>, string][] = [
    ['without a home', async env => void delete env.HOME, 'there is no home folder'],
    [
      'in a home that is not there',
      async env => {
        env.HOME = join(home, 'nobody');
      },
      'ENOENT',
    ],
    ['where a file is in the way', () => writeFile(join(home, '.local'), ''), 'no key can be kept'],
    [
      'where the key is open to others',
      async env => {
        await open(env);
        await chmod(path(), 0o644);
      },
      'type: chmod 600',
    ],
    [
      'where the key is none',
      async env => {
        await open(env);
        await writeFile(path(), 'half a key');
      },
      'is not 32 bytes',
    ],
  ];

  it.each(impossible)('%s the key belongs to this process, with a warning', async (_, arrange, words) => {
    const env: Record<string, string> = { HOME: home };
    await arrange(env);
    const [one, two] = [await open(env), await open(env)];
    expect(one.key).not.toBe(two.key);
    expect(one.warnings).toEqual([expect.stringMatching(/^task ids end with this process: .*; set sealKey/)]);
    expect(one.warnings[0]).toContain(words);
    expect(await readdir(home)).not.toContain('nobody');
  });
});

describe('a configured key', () => {
  const hex = 'ab'.repeat(32);

  it('is used, from a file or a variable, and none is created', async () => {
    const path = join(home, 'key');
    await writeFile(path, hex, { mode: 0o600 });
    expect(await open({ HOME: home }, `file:${path}`)).toEqual({ key: hex, warnings: [] });
    expect(await open({ HOME: home, SEAL: hex }, 'env:SEAL')).toEqual({ key: hex, warnings: [] });
    expect(await readdir(home)).toEqual(['key']);
    expect(await readFile(path, 'utf8')).toBe(hex);
  });

  it.each([
    ['env:SEAL', 'openssl rand -base64 32'],
    ['env:SHORT', 'is not 32 bytes'],
    ['file:HOME/missing', 'umask 077; openssl rand'],
    ['file:HOME/open', 'type: chmod 600'],
    ['file:HOME', 'cannot be read'],
  ])('%s that cannot be used is refused with what to do', async (source, words) => {
    await mkdir(join(home, 'state'));
    await writeFile(join(home, 'open'), hex, { mode: 0o644 });
    const refused = open({ HOME: home, SHORT: 'abc' }, source.replace('HOME', home));
    await expect(refused).rejects.toMatchObject({
      code: 'seal_key_unusable',
      message: expect.stringContaining(words),
    });
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining('sealKey') });
    await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining('vault') });
  });
});
