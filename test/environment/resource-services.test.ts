/** What each service holds and what identifies it, in the outputs of new and old CLIs; and what is deployed or imported. */
import { describe, expect, it } from 'vitest';
import { arn, heldTexts } from '../support/held-things.ts';
import { account, entries, metaOf, onlyResource, readable, settingsOf } from '../support/metas.ts';

const roleOf = (group: string) => `role: arn:aws:iam::${account}:role/eu-west-1_Bakers001-${group}GroupRole`;

const pool = 'eu-west-1_Bakers001';
const identities = 'eu-west-1:0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0';

describe('a resource holds, and is identified by', () => {
  it.each<[string, string, keyof typeof entries, string | undefined, string[]]>([
    [
      ...(['a user pool', 'auth', 'auth', pool] as const),
      [
        `user pool: bakery_users ${pool}`,
        `identity pool: bakery_identities__dev ${identities}`,
        'app client: 3webwebwebwebwebwebwebwebw',
        'app client: 4nativenativenativenativen',
      ],
    ],
    ['an old user pool', 'auth', 'oldAuth', pool, [`user pool: ${pool}`, `identity pool: ${identities}`]],
    [
      ...(['user pool groups', 'auth', 'groups', 'bakers, owners'] as const),
      ['user pool group: bakers', roleOf('bakers'), 'user pool group: owners', roleOf('owners')],
    ],
    [
      ...(['a GraphQL API', 'api', 'graphql'] as const),
      'https://doughdough.appsync-api.eu-west-1.amazonaws.com/graphql',
      ['GraphQL API: breadbreadbreadbreadbreadb'],
    ],
    [
      ...(['a REST API', 'api', 'rest'] as const),
      'https://oven012345.execute-api.eu-west-1.amazonaws.com/dev',
      ['REST API: ovens oven012345'],
    ],
    [
      ...(['an old REST API', 'api', 'oldRest'] as const),
      'https://oven012345.execute-api.eu-west-1.amazonaws.com/dev',
      ['REST API: ovens oven012345'],
    ],
    [
      ...([
        'a container',
        'api',
        'container',
        'https://knead12345.execute-api.eu-west-1.amazonaws.com',
      ] as const),
      [
        'container service: kneader-service',
        'cluster: amplify-bakery-dev-40404-NetworkStack',
        'pipeline: it',
      ],
    ],
    ['a bucket', 'storage', 'bucket', 'bakeryphotos40404-dev', ['bucket: bakeryphotos40404-dev']],
    [
      ...(['a table', 'storage', 'table', 'orders-dev'] as const),
      [
        'table: orders-dev',
        `table stream: ${arn('dynamodb', 'table/orders-dev/stream/2024-03-02T01:00:00.000')}`,
      ],
    ],
    [
      ...(['a function', 'function', 'lambda', 'bake-dev'] as const),
      ['function: bake-dev', 'role: bakeryLambdaRole1-dev', 'event rule: amplify-bakery-dev-Every-Morning'],
    ],
    [
      ...(['a layer', 'function', 'layer', arn('lambda', 'layer:flour-dev:7')] as const),
      [`layer version: ${arn('lambda', 'layer:flour-dev:7')}`],
    ],
    [
      ...([
        'a website behind CloudFront',
        'hosting',
        'website',
        'https://d2bakerypages1.cloudfront.net',
      ] as const),
      ['bucket: bakery-pages-dev', 'CloudFront distribution: d2bakerypages1.cloudfront.net E2BAKERYPAGES1'],
    ],
    [
      ...(['a website', 'hosting', 'plainWebsite'] as const),
      'http://bakery-pages-dev.s3-website-eu-west-1.amazonaws.com',
      ['bucket: bakery-pages-dev'],
    ],
    ['hosting at Amplify', 'hosting', 'amplifyHosting', 'cicd', []],
    [
      ...(['hosting in a container', 'hosting', 'containerHosting', 'https://www.bakery.example'] as const),
      ['container service: it'],
    ],
    [
      ...(['analytics', 'analytics', 'pinpoint', 'bakeryusage-dev'] as const),
      ['Pinpoint app: bakeryusage-dev aa11bb22cc33dd44ee55ff6600778899'],
    ],
    [
      ...(['push notifications', 'notifications', 'push', 'bakerypush-dev'] as const),
      ['Pinpoint app: bakerypush-dev aa11bb22cc33dd44ee55ff6600778899'],
    ],
    ['a stream', 'analytics', 'stream', 'crumbs-dev', ['stream: crumbs-dev']],
    [
      ...(['a bot', 'interactions', 'bot', 'OrderBread_dev'] as const),
      ['Lex bot: OrderBread_dev', `function: ${arn('lambda', 'function:bakery_cfnlambda-dev')}`],
    ],
    ['a map', 'geo', 'map', 'shops-dev', ['map: shops-dev']],
    ['a place index', 'geo', 'index', 'places-dev', ['place index: places-dev']],
    ['geofences', 'geo', 'fences', 'zones-dev', ['geofence collection: zones-dev']],
    ['a voice', 'predictions', 'voice', 'speechGenerator', []],
    ['faces', 'predictions', 'faces', 'identifyEntities', ['Rekognition collection: faces-dev']],
    ["somebody else's model", 'predictions', 'model', 'company-forecast', []],
    [
      ...(['videos', 'video', 'video', 'd3bakeryclips1.cloudfront.net'] as const),
      [
        'bucket: clips-dev-input-1a2b3c4d',
        'bucket: clips-dev-output-1a2b3c4d',
        'CloudFront distribution: d3bakeryclips1.cloudfront.net',
      ],
    ],
    [
      ...(['live video', 'video', 'live'] as const),
      'https://abc.eu-west-1.playback.live-video.net/api/video/v1/x.m3u8',
      [`live channel: ${arn('ivs', 'channel/AbCdEf123456')}`],
    ],
    [
      ...(['a custom stack', 'custom', 'custom'] as const),
      `https://sqs.eu-west-1.amazonaws.com/${account}/baking-dev`,
      [
        'custom stack: it',
        `queue?: baking-dev https://sqs.eu-west-1.amazonaws.com/${account}/baking-dev`,
        'table?: ledger-dev',
        'topic?: news-dev',
      ],
    ],
    [
      ...(['a service that nobody knows', 'xr', 'unknown', 'https://scenes.example/77'] as const),
      ['something else?: scene-77', 'address?: https://scenes.example/77'],
    ],
  ])('%s', async (_, category, entry, knownAs, holds) => {
    const resource = await onlyResource(metaOf({ [category]: { it: entries[entry] } }));
    expect(resource).toMatchObject({ label: `${category}/it`, origin: 'own', state: 'deployed' });
    expect(resource.knownAs).toBe(knownAs);
    expect(heldTexts(resource.holds)).toEqual(holds);
  });

  it('what the loss of a thing means', async () => {
    const { holds } = await onlyResource(metaOf({ storage: { orders: entries.table } }));
    expect(
      holds.map(({ kind, arn: at, holdsData, costsMoney }) => [kind, at, holdsData, costsMoney]),
    ).toEqual([
      ['table', arn('dynamodb', 'table/orders-dev'), true, true],
      ['table stream', arn('dynamodb', 'table/orders-dev/stream/2024-03-02T01:00:00.000'), false, false],
    ]);
  });
});

describe('a resource is deployed', () => {
  it.each([
    ['a function without outputs', 'function', { service: 'Lambda', build: true }, false],
    [
      'a pool that was pushed and left no trace',
      'auth',
      { service: 'Cognito', lastPushTimeStamp: 'x' },
      true,
    ],
    ['an API that was added', 'api', { service: 'AppSync', output: { authConfig: {} } }, false],
    ['an old API that was added', 'api', { service: 'AppSync', output: { securityType: 'API_KEY' } }, false],
  ])('not %s', async (_, category, entry, isPushedWithoutTrace) => {
    const resource = await onlyResource(metaOf({ [category]: { it: entry } }), {
      schemas: new Map([['api/it', 'type Todo @model { id: ID! }']]),
    });
    expect(resource).toMatchObject({ state: 'declared', holds: [], isPushedWithoutTrace });
    expect(resource).not.toHaveProperty('knownAs');
  });

  it.each([
    ['hosting at Amplify', 'hosting', 'amplifyhosting'],
    ['a custom stack', 'custom', 'customCloudformation'],
    ['groups without an identity pool', 'auth', 'Cognito-UserPool-Groups'],
    ['a service that nobody knows', 'xr', 'Sumerian'],
  ])('%s by its push alone, since it has no outputs', async (_, category, service) => {
    const entry = { service, lastPushTimeStamp: '2024-03-02T01:00:00.000Z' };
    expect(await onlyResource(metaOf({ [category]: { it: entry } }))).toMatchObject({ state: 'deployed' });
    const { lastPushTimeStamp: _time, ...added } = entry;
    expect(await onlyResource(metaOf({ [category]: { it: added } }))).toMatchObject({ state: 'declared' });
  });
});

it('a resource is imported by its entry, or by its settings', async () => {
  const meta = metaOf({
    storage: { photos: entries.bucket, files: { ...entries.bucket, serviceType: 'imported' } },
  });
  const origins = async (config: object) =>
    (await readable(meta, { settings: settingsOf({ 'storage/photos': { ...config } }) })).resources.map(
      ({ origin }) => origin,
    );
  expect(await origins({ imported: false })).toEqual(['own', 'imported']);
  expect(await origins({ imported: true })).toEqual(['imported', 'imported']);
  const managed = { ...entries.auth, serviceType: 'managed' };
  expect(await onlyResource(metaOf({ auth: { it: managed } }))).toMatchObject({ origin: 'own' });
});

it('an API does not hold the user pool that it uses', async () => {
  const output = { ...entries.graphql.output, AuthCognitoUserPoolIdOutput: 'eu-west-1_Others001' };
  const { holds } = await onlyResource(metaOf({ api: { it: { service: 'AppSync', output } } }));
  expect(heldTexts(holds)).toEqual(['GraphQL API: breadbreadbreadbreadbreadb']);
});

it('a distribution is identified by its address if the meta has no more', async () => {
  const output = {
    HostingBucketName: 'pages-dev',
    CloudFrontSecureURL: 'https://d2bakerypages1.cloudfront.net',
  };
  const { holds } = await onlyResource(metaOf({ hosting: { it: { service: 'S3AndCloudFront', output } } }));
  expect(heldTexts(holds)).toEqual([
    'bucket: pages-dev',
    'CloudFront distribution: d2bakerypages1.cloudfront.net',
  ]);
});

it('a resource depends on others by their labels', async () => {
  const { dependsOn } = await onlyResource(metaOf({ auth: { it: entries.groups } }));
  expect(dependsOn).toEqual(['auth/bakeryauth']);
  const odd = {
    ...entries.groups,
    dependsOn: ['x', null, { category: 'auth' }, { category: 1, resourceName: 2 }],
  };
  expect(await onlyResource(metaOf({ auth: { it: odd } }))).toMatchObject({ dependsOn: [] });
  expect(await onlyResource(metaOf({ auth: { it: { ...odd, dependsOn: {} } } }))).toMatchObject({
    dependsOn: [],
  });
});
