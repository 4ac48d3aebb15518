import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Vault } from '../../src/secrets/vault.ts';
import { parseVaultKey, type VaultKey } from '../../src/secrets/vault-key.ts';
import { type FakeKms, keyArn, startFakeKms } from '../support/fake-kms.ts';
import { confidential, failure, keyOf, keys, secret } from '../support/vault.ts';

let folder: string;
let file: string;
let vault: Vault;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vault-'));
  file = join(folder, 'vault.json');
  vault = new Vault({ file, key: keyOf('env:VAULT_KEY') });
});
afterEach(() => rm(folder, { recursive: true }));

async function fill() {
  await vault.put('shop', { kind: 'aws', ...keys });
  await vault.put('google', { kind: 'secret', secret });
}

/** Changes what stands in the file. */
async function alter(
  change: (content: { entries: Record<string, string> } & Record<string, unknown>) => void,
) {
  const content = JSON.parse(await readFile(file, 'utf8'));
  change(content);
  await writeFile(file, JSON.stringify(content));
}

describe('an entry', () => {
  it('is read unchanged, and is not readable in the file', async () => {
    await fill();
    expect(await vault.readAws('shop')).toEqual(keys);
    expect(await vault.readSecret('google')).toBe(secret);
    const text = await readFile(file, 'utf8');
    for (const plain of confidential) expect(text).not.toContain(plain);
    for (const jwe of Object.values(JSON.parse(text).entries)) {
      const [header = ''] = String(jwe).split('.');
      expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({
        alg: 'dir',
        enc: 'A256GCM',
      });
    }
  });

  it('is listed by name, with its kind and time, and found by its exact name', async () => {
    await fill();
    const updatedAt = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(await vault.list()).toEqual([
      { name: 'google', kind: 'secret', updatedAt },
      { name: 'shop', kind: 'aws', updatedAt },
    ]);
    expect(await vault.find('nobody')).toBeUndefined();
  });

  it('keeps keys without a session token, and a text of several lines', async () => {
    const { sessionToken: _, ...lasting } = keys;
    const pem = '-----BEGIN PRIVATE KEY-----\nMIGT "\\u00e9é\n-----END PRIVATE KEY-----\n';
    await vault.put('shop', { kind: 'aws', ...lasting });
    await vault.put('apple', { kind: 'secret', secret: pem });
    expect(await vault.readAws('shop')).toEqual(lasting);
    expect(await vault.readSecret('apple')).toBe(pem);
  });

  it('is replaced under its name, and gone once it is removed', async () => {
    await fill();
    await vault.put('google', { kind: 'secret', secret: 'newer' });
    expect(await vault.readSecret('google')).toBe('newer');
    expect(await vault.remove('google')).toBe(true);
    expect(await vault.remove('google')).toBe(false);
    expect(await vault.list()).toMatchObject([{ name: 'shop' }]);
  });

  it.each(['__proto__', 'constructor', 'A', 'a-b_C9', 'x'.repeat(64)])('accepts the name %s', async name => {
    await vault.put(name, { kind: 'secret', secret });
    expect(await vault.readSecret(name)).toBe(secret);
    expect(await vault.list()).toMatchObject([{ name }]);
  });

  it.each(['', 'a b', '../x', 'é', 'x'.repeat(65), 'a\n'])('refuses the name %j', async name => {
    expect(await failure(vault.put(name, { kind: 'secret', secret }))).toContain('1 to 64');
    expect(await readdir(folder)).toEqual([]);
  });

  it('is returned only as its own kind', async () => {
    await fill();
    expect(await failure(vault.readSecret('shop'))).toContain('of kind aws, not secret');
    expect(await failure(vault.readAws('google'))).toContain('--kind aws');
    expect(await failure(vault.readAws('nobody'))).toContain('"nobody"');
  });
});

describe('the file', () => {
  const modeOf = async () => (await stat(file)).mode & 0o777;

  it('is private with any umask, and nothing else is left in its folder', async () => {
    const umask = process.umask(0);
    try {
      await fill();
    } finally {
      process.umask(umask);
    }
    expect(await modeOf()).toBe(0o600);
    expect(await readdir(folder)).toEqual(['vault.json']);
  });

  it.each([0o640, 0o604, 0o620, 0o601])('is refused with mode %o, with the command to type', async mode => {
    await fill();
    await chmod(file, mode);
    expect(await failure(vault.readAws('shop'))).toContain(`chmod 600 ${file}`);
    expect(await failure(vault.put('more', { kind: 'secret', secret }))).toContain(`chmod 600 ${file}`);
    await chmod(file, 0o600);
    expect(await vault.list()).toHaveLength(2);
  });

  it('is reported if it does not exist', async () => {
    for (const call of [
      () => vault.list(),
      () => vault.readAws('shop'),
      () => vault.remove('shop'),
      () => vault.rotate(keyOf('env:OTHER_KEY')),
    ])
      expect(await failure(call())).toMatch(/does not exist.*vault put NAME/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('cannot be created in a folder that does not exist', async () => {
    const lost = new Vault({ file: join(folder, 'no', 'vault.json'), key: keyOf('env:VAULT_KEY') });
    expect(await failure(lost.put('shop', { kind: 'aws', ...keys }))).toMatch(/cannot be written.*folder/);
  });

  it('stays intact after a writer died, and the error says which file to remove', async () => {
    await fill();
    await writeFile(`${file}.new`, 'half');
    expect(await failure(vault.put('more', { kind: 'secret', secret }))).toContain(`rm ${file}.new`);
    expect(await vault.readAws('shop')).toEqual(keys);
  });

  it('loses no entry to a second writer: one of the two is asked to wait', async () => {
    await fill();
    const puts = await Promise.allSettled(
      ['a', 'b', 'c'].map(name => vault.put(name, { kind: 'secret', secret: name })),
    );
    const stored = puts.filter(({ status }) => status === 'fulfilled').length;
    expect(stored).toBeGreaterThan(0);
    expect(await vault.list()).toHaveLength(2 + stored);
  });
});

describe('an altered vault is refused:', () => {
  beforeEach(fill);

  it.each(['aws', 'secret'])('an entry of kind %s in which one character changed', async kind => {
    const name = kind === 'aws' ? 'shop' : 'google';
    const original = await readFile(file, 'utf8');
    const parts = JSON.parse(original).entries[name].split('.');
    for (const [index, part] of parts.entries()) {
      if (part === '') continue;
      const changed = parts.with(index, `${part[0] === 'A' ? 'B' : 'A'}${part.slice(1)}`).join('.');
      await alter(({ entries }) => Object.assign(entries, { [name]: changed }));
      expect(await failure(vault.find(name))).toMatch(new RegExp(`entry ${name} .*(altered|damaged)`));
    }
    await writeFile(file, original);
    expect(await vault.find(name)).toBeDefined();
  });

  it('an entry moved to another name', async () => {
    await alter(({ entries }) => Object.assign(entries, { moved: entries.google, google: entries.shop }));
    expect(await failure(vault.readSecret('moved'))).toContain('under another name');
    expect(await failure(vault.readSecret('google'))).toContain('under another name');
    expect(await failure(vault.list())).toContain('under another name');
    expect(await failure(vault.rotate(keyOf('env:OTHER_KEY')))).toContain('under another name');
  });

  it('a header that claims another kind or time', async () => {
    await alter(({ entries }) => {
      const [, ...rest] = String(entries.shop).split('.');
      const header = { alg: 'dir', enc: 'A256GCM', name: 'shop', kind: 'secret', updatedAt: 'now' };
      entries.shop = [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.');
    });
    expect(await failure(vault.list())).toContain('entry shop');
  });

  it.each([0, 1, 20, 0.5, 0.9])('a file that was cut at %f', async at => {
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.slice(0, at < 1 ? Math.floor(text.length * at) : at));
    expect(await failure(vault.list())).toMatch(/not a vault of this version, or is damaged/);
  });

  it.each([
    ['another version', { version: 2 }],
    ['no mark of its key', { keyCheck: undefined }],
    ['entries that are none', { entries: { shop: 7 } }],
    ['no entries', { entries: null }],
    ['a name that is none', { entries: { '../x': 'y' } }],
  ])('a file with %s', async (_, change) => {
    await alter(content => Object.assign(content, change));
    expect(await failure(vault.list())).toContain('damaged');
  });

  it('the wrong key opens nothing, and adds nothing', async () => {
    const stranger = new Vault({ file, key: keyOf('env:OTHER_KEY') });
    const before = await readFile(file, 'utf8');
    for (const call of [
      () => stranger.list(),
      () => stranger.readAws('shop'),
      () => stranger.put('more', { kind: 'secret', secret }),
      () => stranger.remove('shop'),
      () => stranger.rotate(keyOf('env:VAULT_KEY')),
    ])
      expect(await failure(call())).toContain('not sealed with the key env:OTHER_KEY');
    expect(await readFile(file, 'utf8')).toBe(before);
  });
});

describe('rotation', () => {
  it('seals every entry with the new key and keeps their times; the old key opens nothing', async () => {
    await fill();
    const before = await vault.list();
    const old = Object.values(JSON.parse(await readFile(file, 'utf8')).entries);
    expect(await vault.rotate(keyOf('env:OTHER_KEY'))).toBe(2);
    const renewed = new Vault({ file, key: keyOf('env:OTHER_KEY') });
    expect(await renewed.list()).toEqual(before);
    expect(await renewed.readAws('shop')).toEqual(keys);
    for (const jwe of old) expect(await readFile(file, 'utf8')).not.toContain(jwe);
    expect(await failure(vault.list())).toContain('not sealed with');
  });

  it('changes nothing if the new key cannot be read', async () => {
    await fill();
    const before = await readFile(file, 'utf8');
    expect(await failure(vault.rotate(keyOf('env:NO_SUCH_KEY')))).toContain('NO_SUCH_KEY');
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(await readdir(folder)).toEqual(['vault.json']);
  });
});

describe('a key of KMS', () => {
  let kms: FakeKms;
  let key: VaultKey;
  beforeAll(async () => {
    kms = await startFakeKms();
  });
  beforeEach(() => {
    kms.asked.length = 0;
    key = parseVaultKey(`kms:${keyArn}`, { env: {}, createKms: kms.createKms });
    vault = new Vault({ file, key });
  });
  afterAll(() => kms.close());

  it('is created once, in the region of its ARN, and decrypted on use', async () => {
    await fill();
    expect(await new Vault({ file, key }).readAws('shop')).toEqual(keys);
    expect(kms.asked).toEqual(['GenerateDataKey eu-west-1', 'Decrypt eu-west-1', 'Decrypt eu-west-1']);
  });

  it('is created again by a rotation to the same key of KMS', async () => {
    await fill();
    const { wrappedKey } = JSON.parse(await readFile(file, 'utf8'));
    await vault.rotate(key);
    expect(JSON.parse(await readFile(file, 'utf8')).wrappedKey).not.toBe(wrappedKey);
    expect(await vault.readSecret('google')).toBe(secret);
  });

  it('does not open with another key, nor after its ciphertext was altered or lost', async () => {
    await fill();
    const stranger = parseVaultKey(`kms:${keyArn.replace('1234abcd', '5678abcd')}`, {
      env: {},
      createKms: kms.createKms,
    });
    expect(await failure(new Vault({ file, key: stranger }).list())).toContain('kms:Decrypt');
    await alter(content => Object.assign(content, { wrappedKey: 'AAAA' }));
    expect(await failure(vault.list())).toContain('InvalidCiphertextException');
    await alter(content => Object.assign(content, { wrappedKey: undefined }));
    expect(await failure(vault.list())).toContain('not sealed with a key of KMS');
  });

  it('that KMS denies is an error that names the permission, without the words of KMS', async () => {
    const denying = await startFakeKms();
    denying.deny(`because of ${secret}`);
    key = parseVaultKey(`kms:${keyArn}`, { env: {}, createKms: denying.createKms });
    const message = await failure(new Vault({ file, key }).put('shop', { kind: 'aws', ...keys }));
    expect(message).toMatch(/AccessDeniedException.*kms:GenerateDataKey/);
    expect(await readdir(folder)).toEqual([]);
    await denying.close();
  });
});
