/** What differs between two environments, how each resource was compared, and what was not compared. */
import { describe, expect, it } from 'vitest';
import { compare, having, ofEntries, textOf, twinOf } from '../support/comparisons.ts';
import { entries, metaOf } from '../support/metas.ts';

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

describe('equal names do not mean equal resources', () => {
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

  it('a resource that one side lacks', async () => {
    const found = await compare(
      metaOf({ storage: { photos: entries.bucket } }),
      metaOf({ storage: { scans: entries.bucket } }),
    );
    expect(found.differences.map(({ path, is }) => [path, is])).toEqual([
      ['storage/photos', 'only left'],
      ['storage/scans', 'only right'],
    ]);
  });

  it('another spelling is not a difference', async () => {
    const written = { ...entries.stream, shared: 'true', count: '7', list: [{ name: 'b' }, { name: 'a' }] };
    const other = { ...entries.stream, shared: true, count: 7, list: [{ name: 'a' }, { name: 'b' }] };
    expect(textOf(await ofEntries('analytics', written, other))).toEqual([]);
  });
});
