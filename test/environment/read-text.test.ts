/** Reading of malformed documents, and the reasons given for unreadable ones. */
import { describe, expect, it } from 'vitest';
import { readFeatureFlags, readMeta } from '../../src/environment/index.ts';
import { readBackendConfig } from '../../src/environment/meta.ts';
import { entries, metaOf, read, readable } from '../support/metas.ts';

const text = JSON.stringify(metaOf({ storage: { photos: entries.bucket } }), null, 2);

describe('an unreadable meta has a reason:', () => {
  const conflict = text.replace('  "storage"', '<<<<<<< HEAD\n  "storage"').concat('\n>>>>>>> feature');
  it.each([
    ['empty', '', 'is empty'],
    ['blank', ' \n\t', 'is empty'],
    ['a merge conflict', conflict, 'holds an unresolved merge conflict (line 12)'],
    ['encrypted by git-crypt', '\0GITCRYPT\0\x01\x02', 'is encrypted (git-crypt)'],
    ['encrypted by Ansible', '$ANSIBLE_VAULT;1.1;AES256\n6162', 'is encrypted (Ansible Vault)'],
    ['encrypted by PGP', '-----BEGIN PGP MESSAGE-----\n\nhQ', 'is encrypted (PGP)'],
    ['encrypted by SOPS', '{"storage":{"a":"ENC[x]"},"sops":{"mac":"ENC[y]"}}', 'is encrypted (SOPS)'],
    ['binary', 'PK\u0003\ufffd\ufffd\0', 'is not a text: it is encrypted or binary'],
    ['a page', '<html><body>502</body></html>', 'is a page of HTML or XML, not JSON'],
    ['a comma too many', '{\n "storage": {},\n}', 'is not JSON: it has a comma too many (line 2)'],
    ['a comma too many in a list', '{"a":[1,2,]}', 'is not JSON: it has a comma too many (line 1)'],
    ['a comment', '{\n // mine\n "storage": {}}', 'is not JSON: it holds a comment (line 2)'],
    ['a string without an end', '{"storage": "ph', 'is not JSON: it ends within a string'],
    ['cut off', '{"storage": {', 'is not JSON: it breaks off, or a sign is missing'],
    ['words', 'Access denied', 'is not JSON'],
    ['a list', '[]', 'is a list, not an object'],
    ['a number', '7', 'is JSON, but not an object: a number'],
    ['null in a text', 'null', 'is JSON, but not an object: a null'],
    ['a list that was parsed', [{}], 'is a list, not an object'],
    ['a number that was parsed', 7, 'is JSON, but not an object: a number'],
  ])('%s', async (_, given, why) => {
    const environment = await read(given);
    expect(environment).toMatchObject({ state: 'unreadable', why });
    expect(environment).not.toHaveProperty('resources');
  });

  it('with its beginning, without secrets', async () => {
    const key = 'da2-keykeykeykeykeykeykeykeyke';
    const given = `{"AppClientSecret": "hunter2", "k": "${key}", "more": "${'x'.repeat(500)}`;
    const environment = await read(given);
    if (environment.state !== 'unreadable') throw new Error('it was read');
    expect(environment.start).toMatch(/^\{"AppClientSecret": "\[withheld\]", "k": "\[withheld\]", "more"/);
    expect(environment.start.length).toBeLessThanOrEqual(80);
  });
});

describe('a readable meta', () => {
  it.each([
    ['as a text', text],
    ['behind a byte order mark', `\ufeff${text}`],
    ['as it was parsed', JSON.parse(text)],
    ['as a text in a text', JSON.stringify(text)],
  ])('%s', async (_, given) => {
    const { state, resources } = await readable(given);
    expect([state, resources.map(({ label }) => label)]).toEqual(['deployed', ['storage/photos']]);
  });

  it.each([
    ['none', undefined],
    ['null', null],
    ['without content', '{}'],
    ['without content, parsed', {}],
  ])('%s: the environment is only registered', async (_, given) => {
    expect(await readable(given)).toMatchObject({ state: 'registered', resources: [], stack: {} });
  });

  it('is deployed if it has a stack or resources', async () => {
    expect(await readable(metaOf({}))).toMatchObject({ state: 'deployed', resources: [] });
    expect(await readable({ storage: { photos: entries.bucket } })).toMatchObject({ state: 'deployed' });
    expect(await readable({ storage: { photos: { service: 'S3' } } })).toMatchObject({ state: 'registered' });
  });

  it('names entries that are not resources', async () => {
    const odd = { auth: 'none', api: [1], storage: { photos: entries.bucket, files: 'x', more: null } };
    const { resources, unreadableEntries } = await readable(metaOf(odd));
    expect(resources.map(({ label }) => label)).toEqual(['storage/photos']);
    expect(unreadableEntries).toEqual(['auth', 'api', 'storage/files', 'storage/more']);
  });
});

describe('feature flags', () => {
  const flags = { features: { graphqltransformer: { transformerversion: 2 } } };
  it.each([
    ['plain', JSON.stringify(flags)],
    [
      'with line comments',
      '{ // old app\n "features": { "graphqltransformer": { "transformerversion": 2 } }\n}',
    ],
    [
      'with block comments',
      '/* ours */ { "features": { "graphqltransformer": { "transformerversion": 2 } } }',
    ],
    [
      'with number signs',
      '{\n # old app\n "features": { "graphqltransformer": { "transformerversion": 2 } }\n}',
    ],
    ['with a comma too many', '{ "features": { "graphqltransformer": { "transformerversion": 2, }, }, }'],
    ['behind a byte order mark', `\ufeff// x\n${JSON.stringify(flags)}`],
  ])('%s', async (_, given) => {
    expect(await readFeatureFlags(given)).toEqual({ state: 'read', value: flags });
  });

  it.each([
    [
      'a conflict',
      '{\n<<<<<<< HEAD\n"features": {}\n=======\n}',
      'holds an unresolved merge conflict (line 2)',
    ],
    ['cut off', '{ // x\n "features": {', 'is not JSON: it holds a comment (line 1)'],
    ['words', 'none', 'is not JSON'],
    ['nested too deeply', `${'{"a":'.repeat(19_000)}1`, 'is not JSON: it breaks off, or a sign is missing'],
  ])('cannot be read: %s', async (_, given, why) => {
    expect(await readFeatureFlags(given)).toMatchObject({ state: 'unreadable', why });
  });

  it('are readable without a readable meta', async () => {
    expect(await read('', { flags: '{"a":1}' })).toMatchObject({
      state: 'unreadable',
      flags: { state: 'read', value: { a: 1 } },
    });
  });
});

it('a backend-config names resources that were never pushed', async () => {
  const backendConfig = `{
    // the parameters are no category
    "parameters": { "AMPLIFY_function_bake_s3Key": { "usedBy": [] } },
    "storage": { "photos": { "service": "S3" } },
    "function": { "bake": { "service": "Lambda" } }
  }`;
  const { resources } = await readable(metaOf({ storage: { photos: entries.bucket } }), { backendConfig });
  expect(resources.map(({ label, state }) => [label, state])).toEqual([
    ['storage/photos', 'deployed'],
    ['function/bake', 'declared'],
  ]);
  expect((await readBackendConfig('[]')).state).toBe('unreadable');
  expect(await readable(metaOf({}), { backendConfig: 'x' })).toMatchObject({
    unreadableEntries: ['backend-config.json'],
  });
});

it('members named like those of the prototype are ordinary members', async () => {
  const reading = await readMeta(
    '{"__proto__":{"constructor":{"service":"S3","output":{"BucketName":"b"}}}}',
  );
  expect(reading).toMatchObject({ entries: [{ category: '__proto__', name: 'constructor' }] });
});

describe('documents that are too long', () => {
  it('are reported with their number of characters', async () => {
    const text = JSON.stringify({ function: { f: { service: 'x'.repeat(1_000_000) } } });
    const [meta, flags] = [
      await read(text),
      await read(metaOf({}), { flags: `{"a":"${'x'.repeat(200_000)}"}` }),
    ];
    expect(meta).toMatchObject({
      state: 'unreadable',
      why: `has ${text.length} characters, more than 1000000`,
    });
    expect(flags).toMatchObject({ flags: { why: 'has 200008 characters, more than 200000' } });
    const commented = `{"a":"${'x'.repeat(100_000)}" } # c`;
    expect(await read(metaOf({}), { flags: commented })).toMatchObject({
      flags: { state: 'unreadable', why: expect.stringContaining('more than 100000') },
    });
    expect(await readable(metaOf({}), { backendConfig: ' '.repeat(200_001) })).toMatchObject({
      unreadableEntries: ['backend-config.json'],
    });
  });

  it.each([
    ['one long text', { Long: 'x'.repeat(100_001) }, 'function/f/output/Long'],
    [
      'many outputs',
      Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`O${at}`, at])),
      'function/f/output',
    ],
    ['a long list', { List: Array(5_000).fill(1) }, 'function/f/output/List'],
    [
      'long outputs',
      Object.fromEntries([1, 2, 3, 4].map(at => [`O${at}`, 'x'.repeat(90_000)])),
      'function/f/output',
    ],
  ])('have %s of a resource cut and named, also when the result is read again', async (_, output, path) => {
    const first = await readable(
      metaOf({ function: { f: { service: 'Lambda', output }, g: entries.lambda } }),
    );
    expect(first.unreadableEntries).toContain(path);
    expect(first.resources.map(({ label }) => label)).toEqual(['function/f', 'function/g']);
    expect(JSON.stringify(first.meta).length).toBeLessThan(300_000);
    const again = await readable(first.meta);
    expect(again.unreadableEntries.some(one => one.startsWith(path))).toBe(true);
  });

  it.each([
    ['lists', (inner: unknown) => [inner]],
    ['lists and structures', (inner: unknown) => [{ a: inner }]],
  ])('have %s cut that are nested too deeply, and keep their neighbours', async (_, nest) => {
    let deep: unknown = 1;
    for (let at = 0; at < 3_950; at += 1) deep = nest(deep);
    const output = { Deep: deep, Name: 'f-dev' };
    const { resources } = await readable(metaOf({ function: { f: { service: 'Lambda', output } } }));
    expect(resources[0]).toMatchObject({ label: 'function/f', outputs: { Name: 'f-dev' } });
    expect(JSON.stringify(resources)).toContain('nested too deeply');
  });

  it('do not block the event loop between two resources', async () => {
    const output = Object.fromEntries(
      Array.from({ length: 100 }, (_, at) => [`Out${at}`, `"x" ${at} `.repeat(20)]),
    );
    const names = Array.from({ length: 40 }, (_, at) => `f${at}`);
    const meta = metaOf({
      function: Object.fromEntries(names.map(name => [name, { service: 'Lambda', output }])),
    });
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    await readMeta(meta);
    isOver = true;
    expect(turns).toBeGreaterThan(2);
  });
});

describe('a meta with entries and no readable resource', () => {
  it.each([{ storage: [{ service: 'S3' }] }, { auth: null }, { auth: { pool: 'x' } }])(
    '%j does not count as one without resources',
    async meta => {
      expect(await read(meta)).toMatchObject({
        state: 'unreadable',
        why: expect.stringContaining('holds no resource that can be read, although it has entries'),
      });
    },
  );

  it('has no resources if it is empty', async () => {
    expect(await read({ auth: {}, storage: {} })).toMatchObject({ state: 'registered' });
  });
});
