/** The readiness of a GraphQL API: one change of its schema, settings or resolvers gives the finding that belongs to it. */
import { describe, expect, it } from 'vitest';
import { assess, type Case, expectOnly, inApi, scene } from '../support/migration-readiness.ts';
import { root1 } from '../support/migration-templates.ts';

const cases: Case[] = [
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
];

it.each(cases)('finds %s, and nothing else', expectOnly);

it('is blocked by DataStore that only the settings of the API show', async () => {
  const blocked = { ...scene(), config: { conflictResolution: { resolutionStrategy: 'AUTOMERGE' } } };
  const { verdict, findings } = await assess(blocked);
  expect(verdict).toBe('blocked');
  expect(findings[0]).toMatchObject({ what: 'conflict detection', seenAt: ['api/shop'] });
  const none = { ...scene(), config: { conflictResolution: { resolutionStrategy: 'NONE' } } };
  expect((await assess(none)).verdict).toBe('ready');
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
