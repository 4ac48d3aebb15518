/** The readiness: an environment that AWS's tool takes along is `ready`, and one change gives the finding that belongs to it. */
import { describe, expect, it } from 'vitest';
import { type ReadEnvironment, readEnvironment } from '../../src/environment/index.ts';
import { matrixDate } from '../../src/migration/feature-matrix.ts';
import { assessMigration, type MigrationFacts } from '../../src/migration/index.ts';
import { requirements, toolDoes } from '../../src/migration/requirements.ts';
import { migrationPair, resourceOf, stackNamed } from '../support/migration-pair.ts';
import { root1 } from '../support/migration-templates.ts';

const now = Date.parse(matrixDate) + 1_000;

/** What a case may change. */
interface Scene {
  readonly facts: MigrationFacts;
  // biome-ignore lint/suspicious/noExplicitAny: cases change any part of a meta
  readonly meta: any;
  schema: string | undefined;
  flags: string;
  /** The API's settings, where they were read. */
  config?: Readonly<Record<string, unknown>>;
}

const scene = (): Scene => ({
  // No Gen 2 branch is deployed yet.
  facts: { ...migrationPair(['Order']), branches: [], gen2: [] },
  meta: {
    providers: { awscloudformation: { StackName: root1, Region: 'eu-west-1' } },
    auth: { shop: { service: 'Cognito', output: { UserPoolId: 'eu-west-1_gen1pool' } } },
    api: { shop: { service: 'AppSync', output: { GraphQLAPIIdOutput: 'a', authConfig: {} } } },
    storage: { files: { service: 'S3', output: { BucketName: 'b' } } },
    hosting: { amplifyhosting: { service: 'amplifyhosting', type: 'cicd' } },
  },
  schema: 'type Order @model @auth(rules: [{ allow: owner }]) { id: ID! }',
  flags: '{"features":{"graphqltransformer":{"transformerversion":2}}}',
});

async function assess({ facts, meta, schema, flags, config }: Scene, at = now) {
  const environment = await readEnvironment({
    appId: 'd1shop',
    environment: 'dev',
    meta: JSON.stringify(meta),
    flags,
    ...(config && { settings: new Map([['api/shop', { state: 'read' as const, config }]]) }),
    schemas: new Map(schema === undefined ? [] : [['api/shop', schema]]),
  });
  return assessMigration(facts, environment as ReadEnvironment, at);
}

it('is ready where the tool takes all along, and says what no cloud shows', async () => {
  const { verdict, findings, unknown, notSeen, matrix } = await assess(scene());
  expect({ verdict, unknown }).toEqual({ verdict: 'ready', unknown: [] });
  expect(findings.map(({ what, effect, seenAt }) => [what, effect, seenAt])).toEqual([
    ['user pool', 'carried', ['auth/shop']],
    ['GraphQL API', 'carried', ['api/shop']],
    ['S3 storage', 'carried', ['storage/files']],
    ['hosting by Git', 'carried', ['hosting/amplifyhosting']],
  ]);
  expect(notSeen.join('\n')).toMatch(/override\.ts[\s\S]*code[\s\S]*frontend/);
  expect(matrix).toEqual({ date: matrixDate, isOld: false });
});

it('is blocked by DataStore that only the settings of the API show', async () => {
  const blocked = { ...scene(), config: { conflictResolution: { resolutionStrategy: 'AUTOMERGE' } } };
  const { verdict, findings } = await assess(blocked);
  expect(verdict).toBe('blocked');
  expect(findings[0]).toMatchObject({ what: 'conflict detection', seenAt: ['api/shop'] });
  const none = { ...scene(), config: { conflictResolution: { resolutionStrategy: 'NONE' } } };
  expect((await assess(none)).verdict).toBe('ready');
});

it('names functions whose stacks were not read', async () => {
  const unread = scene();
  unread.meta.function = { hello: { service: 'Lambda', output: {} } };
  expect(await assess(unread)).toMatchObject({
    verdict: 'unknown',
    unknown: ['The stacks of function/hello were not read: runtimes, layers and secrets are not known.'],
  });
  addFunction(unread, { Runtime: 'nodejs20.x' });
  expect((await assess(unread)).unknown).toEqual([]);
});

const addFunction = ({ facts }: Scene, properties: object, more: object = {}) =>
  Object.assign(facts, {
    gen1: [
      ...facts.gen1,
      {
        name: `${root1}-functionhello-AAAA`,
        parentName: root1,
        parameters: {},
        outputs: {},
        template: {
          Resources: { LambdaFunction: { Type: 'AWS::Lambda::Function', Properties: properties }, ...more },
        },
      },
    ],
  });
const policy = (action: string) => ({
  Type: 'AWS::IAM::Policy',
  Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', Action: [action], Resource: '*' }] } },
});
const inAuth = ({ facts }: Scene, parameters: Record<string, string>) =>
  Object.assign(stackNamed(facts.gen1, '-authshop-').parameters, parameters);
const inApi = ({ facts }: Scene, name: string, resource: object) =>
  Object.assign(stackNamed(facts.gen1, '-apishop-').template?.Resources ?? {}, { [name]: resource });
const node = { Runtime: 'nodejs20.x' };

const cases: [what: string, change: (scene: Scene) => unknown, seenAt: string, verdict: string][] = [
  [
    'searchable',
    it => {
      it.schema = `type Order @model @searchable @auth(rules: []) { id: ID! }`;
    },
    'Order',
    'manual work',
  ],
  [
    'predictions',
    it => {
      it.schema += ' type Query { speak: String @predictions(actions: [x]) }';
    },
    'Query.speak',
    'manual work',
  ],
  [
    'manyToMany',
    it => {
      it.schema = `type Order @model @auth(rules: []) { tags: [Tag] @manyToMany(relationName: "x") }`;
    },
    'Order.tags',
    'manual work',
  ],
  [
    'no @auth',
    it => {
      it.schema = 'type Order @model { id: ID! }';
    },
    'Order',
    'manual work',
  ],
  [
    'IAM rules',
    it => {
      it.schema = 'type Order @model @auth(rules: [{ allow: private, provider: iam }]) { id: ID! }';
    },
    'Order',
    'manual work',
  ],
  [
    'OIDC',
    it => {
      it.schema = 'type Order @model @auth(rules: [{ allow: owner, provider: oidc }]) { id: ID! }';
    },
    'Order',
    'manual work',
  ],
  [
    'Lambda authorizer',
    it => {
      it.meta.api.shop.output.authConfig = { defaultAuthentication: { authenticationType: 'AWS_LAMBDA' } };
    },
    'api/shop',
    'manual work',
  ],
  [
    'transformer 1',
    it => {
      it.flags = '{"features":{"graphqltransformer":{"transformerversion":1}}}';
    },
    'api/shop',
    'blocked',
  ],
  [
    'conflict detection',
    it => inApi(it, 'Fn', { Type: 'AWS::AppSync::FunctionConfiguration', Properties: { SyncConfig: {} } }),
    'apishop/Fn',
    'blocked',
  ],
  [
    'DataStore left over',
    it => inApi(it, 'AmplifyDataStore', { Type: 'AWS::DynamoDB::Table', Properties: {} }),
    'apishop/AmplifyDataStore',
    'blocked',
  ],
  [
    'resolver slots',
    it =>
      inApi(it, 'Fn', {
        Type: 'AWS::AppSync::FunctionConfiguration',
        Properties: {
          RequestMappingTemplateS3Location: 's3://b/resolvers/Query.listOrders.postAuth.2.req.vtl',
        },
      }),
    'apishop/Fn',
    'manual work',
  ],
  [
    'own resolvers',
    it =>
      Object.assign(it.facts, {
        gen1: [
          ...it.facts.gen1,
          {
            name: `${root1}-apishop-AAAA-CustomResourcesjson-BBBB`,
            parentName: `${root1}-apishop-AAAA`,
            parameters: {},
            outputs: {},
            template: { Resources: { Mine: { Type: 'AWS::AppSync::Resolver', Properties: {} } } },
          },
        ],
      }),
    'CustomResourcesjson/Mine',
    'manual work',
  ],
  ['Node.js function', it => addFunction(it, node), 'functionhello/LambdaFunction', 'ready'],
  [
    'Python function',
    it => addFunction(it, { Runtime: 'python3.12' }),
    'functionhello/LambdaFunction',
    'manual work',
  ],
  [
    '.NET function',
    it => addFunction(it, { Runtime: 'dotnet8' }),
    'functionhello/LambdaFunction',
    'manual work',
  ],
  [
    'layers',
    it => addFunction(it, { ...node, Layers: ['arn'] }),
    'functionhello/LambdaFunction',
    'manual work',
  ],
  [
    'secrets',
    it => addFunction(it, node, { AmplifyFunctionSecretsPolicy: policy('ssm:GetParameter') }),
    'functionhello/AmplifyFunctionSecretsPolicy',
    'manual work',
  ],
  [
    'custom policies',
    it => addFunction(it, node, { CustomLambdaExecutionPolicy: policy('s3:GetObject') }),
    'functionhello/CustomLambdaExecutionPolicy',
    'manual work',
  ],
  [
    'function to function',
    it => addFunction(it, node, { AmplifyResourcesPolicy: policy('lambda:InvokeFunction') }),
    'functionhello/AmplifyResourcesPolicy',
    'manual work',
  ],
  [
    'function to geo',
    it => addFunction(it, node, { AmplifyResourcesPolicy: policy('geo:GetMapTile') }),
    'functionhello/AmplifyResourcesPolicy',
    'manual work',
  ],
  [
    'read and write attributes',
    it => {
      resourceOf(stackNamed(it.facts.gen1, '-authshop-'), 'UserPoolClientWeb').Properties.WriteAttributes = [
        'email',
      ];
    },
    'authshop/UserPoolClientWeb',
    'manual work',
  ],
  [
    'OAuth addresses',
    it => inAuth(it, { oAuthMetadata: '{"CallbackURLs":["https://a/"]}' }),
    'authshop',
    'manual work',
  ],
  [
    'OAuth flow',
    it => inAuth(it, { oAuthMetadata: '{"AllowedOAuthFlows":["code"]}' }),
    'authshop',
    'manual work',
  ],
  [
    'OAuth scopes',
    it => inAuth(it, { oAuthMetadata: '{"AllowedOAuthScopes":["email"]}' }),
    'authshop',
    'manual work',
  ],
  ['OAuth domain', it => inAuth(it, { hostedUIDomainName: 'shop' }), 'authshop', 'manual work'],
  ['Google', it => inAuth(it, { authProvidersUserPool: '["Google"]' }), 'authshop', 'manual work'],
  [
    'verification link',
    it => inAuth(it, { triggers: '{"CustomMessage":["verification-link"]}' }),
    'authshop',
    'manual work',
  ],
  [
    'admin queries',
    it => {
      it.meta.api.AdminQueries = { service: 'API Gateway', output: { ApiName: 'x' } };
    },
    'api/AdminQueries',
    'manual work',
  ],
  [
    'imported bucket',
    it => {
      it.meta.storage.files.serviceType = 'imported';
    },
    'storage/files',
    'manual work',
  ],
  [
    'Pinpoint',
    it => {
      it.meta.analytics = { a: { service: 'Pinpoint', output: { Id: 'x' } } };
    },
    'analytics/a',
    'manual work',
  ],
  [
    'geofences',
    it => {
      it.meta.geo = { a: { service: 'GeofenceCollection', output: { Name: 'x' } } };
    },
    'geo/a',
    'manual work',
  ],
  [
    'interactions',
    it => {
      it.meta.interactions = { a: { service: 'Lex', output: { BotName: 'x' } } };
    },
    'interactions/a',
    'manual work',
  ],
  [
    'custom CloudFormation',
    it => {
      it.meta.custom = { a: { service: 'customCloudformation', output: { a: 'x' } } };
    },
    'custom/a',
    'manual work',
  ],
  [
    'unknown service',
    it => {
      it.meta.video = { a: { service: 'video', output: { a: 'x' } } };
    },
    'video/a',
    'manual work',
  ],
  [
    'hosting by hand',
    it => {
      it.meta.hosting.amplifyhosting.type = 'manual';
    },
    'hosting/amplifyhosting',
    'manual work',
  ],
  [
    'hosting by CloudFront',
    it => {
      it.meta.hosting = { S3AndCloudFront: { service: 'S3AndCloudFront', output: { a: 'x' } } };
    },
    'hosting/S3AndCloudFront',
    'manual work',
  ],
  [
    'large template',
    it => Object.assign(stackNamed(it.facts.gen1, '-apishop-'), { templateBytes: 60_000 }),
    `${root1}-apishop-AAAA (60000 bytes)`,
    'blocked',
  ],
  [
    'unstable stack',
    it => Object.assign(stackNamed(it.facts.gen1, root1), { status: 'UPDATE_ROLLBACK_FAILED' }),
    `${root1} (UPDATE_ROLLBACK_FAILED)`,
    'blocked',
  ],
  [
    'other migration',
    it => Object.assign(it.facts, { appVariables: { GEN2_MIGRATION_ENVIRONMENT_NAME: 'prod' } }),
    'prod',
    'blocked',
  ],
  [
    'half-done refactoring',
    it => Object.assign(it.facts, { holding: [{ name: 'a-holding', status: 'REVIEW_IN_PROGRESS' }] }),
    'a-holding (REVIEW_IN_PROGRESS)',
    'blocked',
  ],
];

it.each(cases)('finds %s, and nothing else', async (what, change, seenAt, expected) => {
  const before = await assess(scene());
  const changed = scene();
  change(changed);
  const { verdict, findings } = await assess(changed);
  const known = new Set<string>(before.findings.map(finding => finding.what));
  // A function with more than its code is a function too.
  if (what !== 'Node.js function') known.add('Node.js function');
  const added = findings.filter(finding => !known.has(finding.what));
  expect(added.map(finding => [finding.what, finding.seenAt])).toEqual([[what, [seenAt]]]);
  expect(verdict).toBe(expected);
  expect(added[0]?.page).toMatch(/^https:\/\//);
});

const doubts: [name: string, change: (scene: Scene) => unknown, unknown: RegExp][] = [
  [
    'no schema',
    it => {
      it.schema = undefined;
    },
    /schema of api\/shop was not read/,
  ],
  [
    'a schema that does not parse',
    it => {
      it.schema = 'type {';
    },
    /schema of api\/shop/,
  ],
  [
    'unreadable flags',
    it => {
      it.flags = '{';
    },
    /transformer version/,
  ],
  ['no stack', it => Object.assign(it.facts, { gen1: [] }), /No stack was read/],
  [
    'what could not be read',
    it => Object.assign(it.facts, { unread: ['GetApp was denied.'] }),
    /GetApp was denied/,
  ],
];

it.each(doubts)('is unknown with %s', async (_, change, unknown) => {
  const changed = scene();
  change(changed);
  const found = await assess(changed);
  expect(found.verdict).toBe('unknown');
  expect(found.unknown.join('\n')).toMatch(unknown);
});

describe('once a Gen 2 branch is deployed', () => {
  /** All that was found before, and what is still judged with the branch. */
  async function judged(more: Partial<MigrationFacts>) {
    const it = scene();
    Object.assign(it.facts, { isConnected: false });
    Reflect.deleteProperty(it.meta, 'hosting');
    for (const stack of it.facts.gen1.slice(0, 1)) Object.assign(stack, { templateBytes: 60_000 });
    const before = await assess(it);
    Object.assign(it.facts, more);
    const after = await assess(it);
    const named = ({ findings }: typeof after) => findings.map(({ what }) => what);
    return { before: named(before), after: named(after), found: after };
  }
  const { branches = [], gen2 } = migrationPair(['Order']);

  it('judges only what is still to come', async () => {
    const { before, after, found } = await judged({ branches, gen2 });
    expect(before).toEqual(expect.arrayContaining(['hosting by hand', 'large template', 'user pool']));
    expect(found).toMatchObject({ stage: 'deployed', backends: [{ label: 'gen2' }] });
    expect(after).toContain('large template');
    expect(after).not.toEqual(expect.arrayContaining(['hosting by hand']));
    expect(after).not.toContain('user pool');
    expect(found.next).toContain('amplify gen2-migration refactor --to amplify-d1shop-gen2-branch-');
  });

  it('judges all but the hosting where the branch may be of another environment', async () => {
    const { before, after, found } = await judged({ branches, appVariables: {} });
    expect(found.stage).toBe('beside');
    expect(after).toEqual(before.filter(what => what !== 'hosting by hand'));
  });

  it('judges what is still to come where Gen 2 uses its tables, although nothing is locked', async () => {
    const { after, found } = await judged({ branches, gen2, appVariables: {} });
    expect(found).toMatchObject({ stage: 'beside', isUsed: true });
    expect(after).toContain('large template');
    expect(after).not.toContain('user pool');
  });

  it('is blocked where Gen 2 has new and empty tables', async () => {
    const fresh = migrationPair(['Order']);
    Object.assign(resourceOf(stackNamed(fresh.gen2, 'amplifyDataOrder'), 'OrderTable'), {
      Type: 'Custom::AmplifyDynamoDBTable',
      Properties: { tableName: 'Order-new-NONE' },
    });
    const { found } = await judged({ branches, gen2: fresh.gen2 });
    expect(found.verdict).toBe('blocked');
    expect(found.findings).toContainEqual(
      expect.objectContaining({ what: 'new tables', seenAt: ['model Order'] }),
    );
    expect((await judged({ branches, gen2 })).after).not.toContain('new tables');
  });

  it('says who has no rules, and what becomes of it', () => {
    expect(toolDoes(requirements['no @auth'])).toMatch(/become private/);
  });
});

describe('slots of resolvers', () => {
  const slotsOf = async (file: string, schema?: string) => {
    const it = scene();
    if (schema !== undefined) it.schema = schema;
    inApi(it, 'Fn', {
      Type: 'AWS::AppSync::FunctionConfiguration',
      Properties: { ResponseMappingTemplateS3Location: `s3://b/resolvers/${file}.res.vtl` },
    });
    return (await assess(it)).findings.some(({ what }) => what === 'resolver slots');
  };

  it.each([
    ['Mutation.createOrder.preUpdate.1', true],
    ['Query.listOrders.finish.1', true],
    ['Query.listOrders.postAuth.2', true],
    // The CLI fills these itself.
    ['Query.listOrders.auth.1', false],
    ['Query.listOrders.postAuth.1', false],
    ['Mutation.createOrder.init.1', false],
    ['Query.listOrders', false],
  ])('%s', async (file, isAdded) => {
    expect(await slotsOf(file)).toBe(isAdded);
  });

  it("are the CLI's own where the schema has @mapsTo", async () => {
    const schema = 'type Order @model @mapsTo(name: "Sale") @auth(rules: [{ allow: owner }]) { id: ID! }';
    expect(await slotsOf('Mutation.createOrder.preUpdate.1', schema)).toBe(false);
    expect(await slotsOf('Mutation.createOrder.preUpdate.2', schema)).toBe(true);
  });
});
