/** What differs between two environments, how each resource was compared, and what is said not to have been. */
import { describe, expect, it } from 'vitest';
import { compareEnvironments } from '../../src/environment/index.ts';
import { compare, having, ofEntries, textOf, twinOf } from '../support/comparisons.ts';
import { entries, metaOf, read, settingsOf } from '../support/metas.ts';

describe('a twin is alike', () => {
  it.each([
    ...(['auth', 'oldAuth', 'groups', 'graphql', 'rest', 'oldRest', 'container', 'bucket', 'table'] as const),
    ...(['lambda', 'layer', 'website', 'plainWebsite', 'amplifyHosting', 'containerHosting'] as const),
    ...(['pinpoint', 'push', 'stream', 'bot', 'map', 'index', 'fences', 'voice', 'faces', 'model'] as const),
    ...(['video', 'live', 'custom', 'unknown'] as const),
  ])('%s', async name => {
    const twin = twinOf(entries[name]);
    const found = await ofEntries('api', entries[name], twin);
    expect(textOf(found)).toEqual([]);
    expect(found.same).toEqual(['api/it']);
    expect(found.resources[0]?.notShown).not.toBe('');
  });
});

describe('equal names are not equal things', () => {
  it.each<[string, string, object, object, string[]]>([
    [
      'imported against own',
      'auth',
      entries.auth,
      { ...entries.auth, serviceType: 'imported' },
      ['auth/it/origin: "own" → "imported"'],
    ],
    [
      'never deployed',
      'function',
      entries.lambda,
      { service: 'Lambda', build: true },
      ['function/it/state: "deployed" → "declared"'],
    ],
    [
      'another service',
      'api',
      entries.rest,
      { ...entries.rest, service: 'REST' },
      ['api/it/service: "API Gateway" → "REST"'],
    ],
    [
      'other keys of a table',
      'storage',
      entries.table,
      having(entries.table, { PartitionKeyName: 'customer', SortKeyName: 'when', SortKeyType: 'N' }),
      [
        'storage/it/output/PartitionKeyName: "id" → "customer"',
        'storage/it/output/SortKeyName: undefined → "when"',
        'storage/it/output/SortKeyType: undefined → "N"',
      ],
    ],
    [
      'indexes of a table, where the meta has them',
      'storage',
      { ...entries.table, gsi: [{ name: 'byDay' }] },
      { ...entries.table, gsi: [{ name: 'byWeek' }] },
      [
        'storage/it/gsi/byDay: {"name":"byDay"} → undefined',
        'storage/it/gsi/byWeek: undefined → {"name":"byWeek"}',
      ],
    ],
    [
      'another authorization of a REST API',
      'api',
      entries.rest,
      { ...entries.rest, authorizationType: 'AWS_IAM' },
      ['api/it/authorizationType: "AMAZON_COGNITO_USER_POOLS" → "AWS_IAM"'],
    ],
    [
      'another group',
      'auth',
      entries.groups,
      { ...entries.groups, output: { bakersGroupRole: entries.groups.output.bakersGroupRole } },
      ['auth/it/groups/"owners": "owners" → undefined'],
    ],
    [
      'another precedence of groups, where the meta has it',
      'auth',
      { ...entries.groups, userPoolGroupList: [{ name: 'bakers', precedence: 1 }] },
      { ...entries.groups, userPoolGroupList: [{ name: 'bakers', precedence: 2 }] },
      ['auth/it/userPoolGroupList/bakers/precedence: 1 → 2'],
    ],
    [
      'another dependency',
      'function',
      {
        ...entries.lambda,
        dependsOn: [{ category: 'storage', resourceName: 'orders', attributes: ['Name'] }],
      },
      {
        ...entries.lambda,
        dependsOn: [{ category: 'storage', resourceName: 'orders', attributes: ['Name', 'Arn'] }],
      },
      ['function/it/dependsOn/storage/orders/attributes/"Arn": undefined → "Arn"'],
    ],
    [
      'another runtime, where the meta has it',
      'function',
      { ...entries.lambda, runtime: 'nodejs18.x', handler: 'index.handler' },
      { ...entries.lambda, runtime: 'nodejs20.x', handler: 'index.handler' },
      ['function/it/runtime: "nodejs18.x" → "nodejs20.x"'],
    ],
    [
      'a schedule or none',
      'function',
      entries.lambda,
      { ...entries.lambda, output: { Name: 'bake-prod' } },
      ['function/it/output/CloudWatchEventRule: "present" → undefined'],
    ],
    [
      'CloudFront or not',
      'hosting',
      entries.website,
      entries.plainWebsite,
      ['CloudFrontDistributionID', 'CloudFrontDomainName', 'CloudFrontSecureURL'].map(
        name => `hosting/it/output/${name}: "present" → undefined`,
      ),
    ],
    [
      'another version of a layer',
      'function',
      entries.layer,
      { ...entries.layer, output: { Arn: entries.layer.output.Arn.replace(':7', ':9') } },
      ['function/it/version: "7" → "9"'],
    ],
    [
      'another hosting',
      'hosting',
      entries.amplifyHosting,
      { ...entries.amplifyHosting, type: 'manual' },
      ['hosting/it/type: "cicd" → "manual"'],
    ],
    [
      'another mode of a GraphQL API',
      'api',
      entries.graphql,
      having(entries.graphql, { authConfig: { defaultAuthentication: { authenticationType: 'AWS_IAM' } } }),
      ['api/it/output/authConfig/defaultAuthentication/authenticationType: "API_KEY" → "AWS_IAM"'],
    ],
    [
      'more shards',
      'analytics',
      entries.stream,
      having(entries.stream, { kinesisStreamShardCount: '4' }),
      ['analytics/it/output/kinesisStreamShardCount: "2" → "4"'],
    ],
    [
      'a channel that is off',
      'notifications',
      entries.push,
      having(entries.push, { FCM: { Enabled: false } }),
      ['notifications/it/output/FCM/Enabled: true → false'],
    ],
    [
      'another style of a map',
      'geo',
      entries.map,
      having(entries.map, { Style: 'VectorHereExplore' }),
      ['geo/it/output/Style: "VectorEsriStreets" → "VectorHereExplore"'],
    ],
    [
      'another kind of video',
      'video',
      entries.video,
      { ...entries.video, serviceType: 'livestream' },
      ['video/it/serviceType: "video-on-demand" → "livestream"'],
    ],
    [
      "another social provider's client",
      'auth',
      having(entries.auth, { GoogleWebClient: '77-dev.apps.example' }),
      having(entries.auth, { GoogleWebClient: '88.apps.example' }),
      ['auth/it/output/GoogleWebClient: "77-dev.apps.example" → "88.apps.example"'],
    ],
    [
      'other scopes of the hosted UI',
      'auth',
      having(entries.auth, {
        OAuthMetadata: '{"AllowedOAuthScopes":["email"],"CallbackURLs":["https://a/"]}',
      }),
      having(entries.auth, {
        OAuthMetadata: '{"AllowedOAuthScopes":["email","phone"],"CallbackURLs":["https://b/"]}',
      }),
      ['auth/it/output/OAuthMetadata/AllowedOAuthScopes/"phone": undefined → "phone"'],
    ],
    [
      'a fact of a service that nobody knows',
      'xr',
      entries.unknown,
      having(entries.unknown, { quality: 'low' }),
      ['xr/it/output/quality: "high" → "low"'],
    ],
    [
      'another plugin',
      'xr',
      { ...entries.unknown, providerPlugin: 'awscloudformation' },
      { ...entries.unknown, providerPlugin: 'other' },
      ['xr/it/providerPlugin: "awscloudformation" → "other"'],
    ],
  ])('%s', async (_, category, left, right, differences) => {
    const found = await ofEntries(category, left, right);
    expect(textOf(found)).toEqual(differences);
    expect(found.same).toEqual([]);
  });

  it('one that a side does not have', async () => {
    const found = await compare(
      metaOf({ storage: { photos: entries.bucket } }),
      metaOf({ storage: { scans: entries.bucket } }),
    );
    expect(found.differences.map(({ path, is }) => [path, is])).toEqual([
      ['storage/photos', 'only left'],
      ['storage/scans', 'only right'],
    ]);
  });

  it('written in another way is no difference', async () => {
    const written = { ...entries.stream, shared: 'true', count: '7', list: [{ name: 'b' }, { name: 'a' }] };
    const other = { ...entries.stream, shared: true, count: 7, list: [{ name: 'a' }, { name: 'b' }] };
    expect(textOf(await ofEntries('analytics', written, other))).toEqual([]);
  });
});

describe('how it was compared', () => {
  it.each([
    ['analytics', entries.pinpoint, 'name'],
    ['function', having(entries.lambda, { CloudWatchEventRule: undefined }), 'name'],
    ['storage', entries.bucket, 'name'],
    ['storage', entries.table, 'outputs'],
    ['api', entries.rest, 'outputs'],
    ['xr', entries.unknown, 'outputs'],
  ])('%s %# by what there is', async (category, entry, comparedBy) => {
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

  it('by settings where both tell them', async () => {
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

  it('by outputs where a side does not tell its settings, and it is said why', async () => {
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

it('resources are told apart whose categories and names have slashes', async () => {
  const entry = (runtime: string) => ({ service: 'Odd', runtime });
  const meta = (runtime: string) =>
    metaOf({ auth: { 'a/b': entry('same') }, 'auth/a': { b: entry(runtime) } });
  const found = await compare(meta('one'), meta('two'));
  expect(textOf(found)).toEqual(['auth\\/a/b/runtime: "one" → "two"']);
  expect(found.same).toEqual(['auth/a/b']);
});

it('what cannot be read cannot be compared', async () => {
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

it('one that was only registered lacks all that the other has', async () => {
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

  it('compares dependencies in a time that grows with their number and no faster', {
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
