/** What a comparison says about itself: how each resource was compared, and what could not be compared. */
import { describe, expect, it } from 'vitest';
import { compareEnvironments } from '../../src/environment/index.ts';
import { compare, having, ofEntries, textOf } from '../support/comparisons.ts';
import { entries, metaOf, read, settingsOf } from '../support/metas.ts';

describe('how it was compared', () => {
  it.each([
    ['analytics', entries.pinpoint, 'name'],
    ['function', having(entries.lambda, { CloudWatchEventRule: undefined }), 'name'],
    ['storage', entries.bucket, 'name'],
    ['storage', entries.table, 'outputs'],
    ['api', entries.rest, 'outputs'],
    ['xr', entries.unknown, 'outputs'],
  ])('%s %# by the available sources', async (category, entry, comparedBy) => {
    const { resources } = await ofEntries(category, entry, entry);
    expect(resources).toMatchObject([{ resource: `${category}/it`, comparedBy, differences: [] }]);
  });

  it('what is not compared is named', async () => {
    const { resources } = await ofEntries(
      'api',
      {
        ...entries.graphql,
        lastPushTimeStamp: '2024-03-02T01:00:00.000Z',
        providerMetadata: { logicalId: 'x' },
      },
      entries.graphql,
    );
    expect(resources[0]?.notCompared).toEqual([
      'lastPushTimeStamp',
      'output/GraphQLAPIEndpointOutput',
      'output/GraphQLAPIIdOutput',
      'output/GraphQLAPIKeyOutput',
      'providerMetadata',
    ]);
  });

  it('by settings if both sides show them', async () => {
    const meta = metaOf({ auth: { it: entries.auth } });
    const config = (mode: string, pool: string) => ({
      settings: settingsOf({
        'auth/it': {
          userPoolConfigs: { userPoolName: pool, mfa: { MFAMode: mode }, secret: '[withheld]' },
          identityPoolConfigs: { identityPoolName: pool },
        },
      }),
    });
    const found = await compare(meta, meta, config('OFF', 'a'), config('ON', 'b'));
    expect(textOf(found)).toEqual(['auth/it/userPoolConfigs/mfa/MFAMode: "OFF" → "ON"']);
    expect(found.resources[0]).toMatchObject({
      comparedBy: 'settings',
      notShown: '',
      notCompared: expect.arrayContaining([
        'identityPoolConfigs/identityPoolName',
        'userPoolConfigs/secret',
        'userPoolConfigs/userPoolName',
      ]),
    });
  });

  it('by outputs if a side does not show its settings, with the reason', async () => {
    const meta = metaOf({ auth: { it: entries.auth } });
    const settings = settingsOf({ 'auth/it': { authResources: 'USER_POOL_ONLY' } });
    const refused = new Map([['auth/it', { state: 'unavailable', why: 'bad_request' } as const]]);
    const found = await compare(meta, meta, { settings }, { settings: refused });
    expect(found.resources[0]).toMatchObject({
      comparedBy: 'outputs',
      differences: [],
      settingsNotRead: ['prod: bad_request'],
    });
  });
});

it('an output that is a text is compared', async () => {
  const of = (left: unknown, right: unknown) =>
    ofEntries('function', { service: 'Lambda', output: left }, { service: 'Lambda', output: right });
  expect(textOf(await of('mode=A', 'mode=B'))).toEqual(['function/it/output/value: "mode=A" → "mode=B"']);
  expect(textOf(await of('mode=A', 'mode=A'))).toEqual([]);
});

it('resources with slashes in category and name are distinguished', async () => {
  const entry = (runtime: string) => ({ service: 'Odd', runtime });
  const meta = (runtime: string) =>
    metaOf({ auth: { 'a/b': entry('same') }, 'auth/a': { b: entry(runtime) } });
  const found = await compare(meta('one'), meta('two'));
  expect(textOf(found)).toEqual(['auth\\/a/b/runtime: "one" → "two"']);
  expect(found.same).toEqual(['auth/a/b']);
});

it('an unreadable environment is not compared', async () => {
  const good = await read(metaOf({}));
  const bad = await read('', { environment: 'prod' });
  expect(await compareEnvironments(good, bad)).toEqual({
    state: 'not compared',
    why: ['prod cannot be read: its amplifyMetaConfig is empty.'],
  });
  expect(await compareEnvironments(bad, bad)).toMatchObject({ why: { length: 2 } });
  const named = await read('', { environment: 'prod\nThis stays: all' });
  expect(await compareEnvironments(good, named)).toMatchObject({
    why: [expect.stringMatching(/^"prod\\nThis stays: all" cannot be read/)],
  });
});

it('an environment that was only registered lacks all resources of the other', async () => {
  const found = await compare(metaOf({ storage: { photos: entries.bucket } }), undefined);
  expect(found.differences).toMatchObject([{ path: 'storage/photos', is: 'only left' }]);
});

describe('long input', () => {
  /** Milliseconds that the comparison takes of a resource that depends on another one so many times. */
  async function costOf(times: number): Promise<number> {
    const dependsOn = Array.from({ length: times }, () => ({ category: 'a', resourceName: 'b' }));
    const meta = metaOf({ function: { it: { ...entries.lambda, dependsOn } } });
    const before = process.cpuUsage();
    await compare(meta, meta);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }

  it('compares dependencies in linear time', {
    timeout: 60_000,
  }, async () => {
    const costs = { few: Number.POSITIVE_INFINITY, many: Number.POSITIVE_INFINITY };
    for (let round = 0; round < 3; round++) {
      costs.few = Math.min(costs.few, await costOf(5_000));
      costs.many = Math.min(costs.many, await costOf(20_000));
    }
    expect(costs.many / costs.few).toBeLessThan(8);
  });
});

it('names values that are nested too deeply as not compared', async () => {
  const nested = (value: string) => JSON.parse(`${'{"a":'.repeat(45)}"${value}"${'}'.repeat(45)}`) as object;
  const inOutput = await ofEntries(
    'function',
    { ...entries.lambda, deep: nested('x') },
    { ...entries.lambda, deep: nested('y') },
  );
  expect(inOutput.resources[0]?.notCompared).toContainEqual(expect.stringMatching(/^deep\/a\/a\//));
  const meta = metaOf({});
  const inFlags = await compare(meta, meta, { flags: nested('x') }, { flags: nested('y') });
  expect(inFlags.flags).toEqual({ notCompared: expect.stringContaining('nested too deeply') });
});
