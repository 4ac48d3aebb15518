/**
 * What an update would destroy, by the present and the requested state: tables, pools, a search domain,
 * access.
 */
import { describe, expect, it } from 'vitest';
import { canDestroy, lossesOfImport, lossesOfUpdate } from '../../src/environment/losses.ts';

const shop = `
"""A product. type Hidden @model { id: ID! }"""
type Product @model @auth(rules: [{ allow: public }]) { id: ID! name: String! }
# type Commented @model { id: ID! }
type Order @model { id: ID! customer: ID! date: AWSDate! }
type Address { street: String }
`;

const update = (transformSchema: string, before: object | undefined) =>
  lossesOfUpdate('update_backend_api', before as Record<string, unknown> | undefined, {
    resourceConfig: { transformSchema },
  });
/** As a line each: what goes, and why. */
const lines = async (transformSchema: string, before: string) =>
  (await update(transformSchema, { transformSchema: before })).map(
    ({ holds, why }) => `${holds.join(',')}: ${why}`,
  );

const order = 'type Order @model { id: ID! customer: ID! date: AWSDate! }';
const product = 'type Product @model { id: ID! name: String! }';

describe('a new schema', () => {
  it.each<[string, string]>([
    ['the same', shop],
    ['the same, written otherwise', `${product}\n\n\n${order}`],
    [
      'one with more types, fields and rules',
      `${shop} type Review @model @auth(rules: []) { id: ID! stars: Int }`,
    ],
    ['one without a field', 'type Product @model { id: ID! } type Order @model { id: ID! }'],
    ['one without a type that has no table', `${product} ${order}`],
    [
      'one whose type has another name and its table the old one',
      `${product} type Purchase @model @mapsTo(name: "Order") { id: ID! }`,
    ],
    [
      'one with a further index',
      `${product} type Order @model { id: ID! customer: ID! @index(name: "byCustomer") date: AWSDate! }`,
    ],
    ['one whose key has another type of text', `${product.replace('id: ID!', 'id: String!')} ${order}`],
    [
      'one that says a type in two parts',
      `${product} type Order { id: ID! } extend type Order @model { date: AWSDate! }`,
    ],
  ])('%s destroys nothing', async (_, schema) => expect(await lines(schema, shop)).toEqual([]));

  it.each<[string, string, string]>([
    ['without a model', product, 'Order: no longer in the new schema'],
    ['without the directive', `${product} type Order { id: ID! }`, 'Order: no longer in the new schema'],
    ['with a model in a comment', `${product} # ${order}`, 'Order: no longer in the new schema'],
    ['with a model in a description', `"${order}" ${product}`, 'Order: no longer in the new schema'],
    [
      'with another case',
      `${product} ${order.replace('Order', 'order')}`,
      'Order: no longer in the new schema',
    ],
    [
      'with another primary key',
      `${product} type Order @model { id: ID! customer: ID! @primaryKey date: AWSDate! }`,
      'Order: the primary key changes, which replaces the table: "id: ID" → "customer: ID"',
    ],
    [
      'with a sort key',
      `${product} type Order @model { id: ID! @primaryKey(sortKeyFields: ["date"]) customer: ID! date: AWSDate! }`,
      'Order: the primary key changes, which replaces the table: "id: ID" → "id: ID, date: AWSDate"',
    ],
    [
      'with a key of the older kind',
      `${product} type Order @model @key(fields: ["customer", "date"]) { id: ID! customer: ID! date: AWSDate! }`,
      'Order: the primary key changes, which replaces the table: "id: ID" → "customer: ID, date: AWSDate"',
    ],
    [
      'with a key of another type',
      `${product} type Order @model { id: Int! }`,
      'Order: the primary key changes, which replaces the table: "id: ID" → "id: Int"',
    ],
    [
      'with an index on the partition key',
      `${product} type Order @model { id: ID! @index(name: "byDate", sortKeyFields: ["date"]) date: AWSDate! }`,
      'Order: an index on the same partition key changes, which may replace the table: none → "byDate (id: ID, date: AWSDate)"',
    ],
  ])('%s names what is destroyed', async (_, schema, line) =>
    expect(await lines(schema, shop)).toEqual([line]),
  );

  it('without any model names all tables', async () => {
    expect(await lines('type Query { ping: String }', shop)).toEqual([
      'Product,Order: no longer in the new schema',
    ]);
  });

  it('without a relation or a search names their data', async () => {
    const related = `type Post @model @searchable { id: ID! tags: [Tag] @manyToMany(relationName: "postTags") }
      type Tag @model { id: ID! posts: [Post] @manyToMany(relationName: "postTags") }`;
    expect(await lines('type Post @model { id: ID! } type Tag @model { id: ID! }', related)).toEqual([
      'PostTags: no longer in the new schema',
      ': no type is searchable any longer, so the search domain is deleted',
    ]);
  });

  it('that cannot be compared may destroy everything', async () => {
    expect(await lines('type Product {', shop)).toEqual([
      expect.stringMatching(/^Product,Order: the new schema does not parse/),
    ]);
    expect(await lines(shop, 'type Product {')).toEqual([
      expect.stringMatching(/^: the present schema does not parse.*any of its tables may be lost$/),
    ]);
    // AWS tells none, or could not be asked.
    for (const before of [{}, undefined])
      expect(await update(shop, before)).toEqual([
        { holds: [], why: expect.stringContaining('is not shown') },
      ]);
  });
});

describe('other updates', () => {
  const auth = (authResources: string, before?: object) =>
    lossesOfUpdate('update_backend_auth', before as Record<string, unknown>, {
      resourceConfig: { authResources },
    });
  const both = {
    authResources: 'IDENTITY_POOL_AND_USER_POOL',
    identityPoolConfigs: { identityPoolName: 'shop_identity_dev' },
  };

  it('of auth destroy the identity pool, or nothing', async () => {
    expect(await auth('USER_POOL_ONLY', both)).toEqual([
      { holds: ['shop_identity_dev'], why: expect.stringContaining('identity pool is deleted') },
    ]);
    expect(await auth('USER_POOL_ONLY', undefined)).toHaveLength(1);
    expect(await auth('USER_POOL_ONLY', { authResources: 'USER_POOL_ONLY' })).toEqual([]);
    expect(await auth('IDENTITY_POOL_AND_USER_POOL', both)).toEqual([]);
  });

  const storage = (permissions: object, before: object | undefined) =>
    lossesOfUpdate('update_backend_storage', before as Record<string, unknown>, {
      resourceConfig: { permissions, serviceName: 'S3' },
    });
  const open = {
    bucketName: 'media-dev',
    permissions: { authenticated: ['READ'], unAuthenticated: ['READ'] },
  };

  it('of storage remove all access to the files, or not', async () => {
    expect(await storage({ authenticated: [], unAuthenticated: [] }, open)).toEqual([
      { holds: ['media-dev'], why: expect.stringContaining('no user can reach the files') },
    ]);
    expect(
      await storage({ authenticated: [] }, { ...open, permissions: { authenticated: ['READ'] } }),
    ).toHaveLength(1);
    // What is not named stays.
    expect(await storage({ authenticated: [] }, open)).toEqual([]);
    expect(await storage({ authenticated: ['READ'], unAuthenticated: [] }, open)).toEqual([]);
    expect(await storage({ authenticated: [] }, { permissions: { authenticated: [] } })).toEqual([]);
    // Nobody can tell who may use it now.
    expect(await storage({ authenticated: [] }, { bucketName: 'media-dev' })).toHaveLength(1);
  });

  it('that turn off conflict resolution destroy the table of DataStore', async () => {
    const before = { transformSchema: shop, conflictResolution: { resolutionStrategy: 'AUTOMERGE' } };
    const to = (resolutionStrategy: string) =>
      lossesOfUpdate('update_backend_api', before, {
        resourceConfig: { conflictResolution: { resolutionStrategy } },
      });
    expect(await to('NONE')).toEqual([{ holds: ['AmplifyDataStore'], why: expect.any(String) }]);
    // Where nobody can tell whether there is one now.
    const unknown = await lossesOfUpdate('update_backend_api', undefined, {
      resourceConfig: { conflictResolution: { resolutionStrategy: 'NONE' } },
    });
    expect(unknown).toEqual([{ holds: ['AmplifyDataStore'], why: expect.any(String) }]);
    expect(await to('LAMBDA')).toEqual([]);
  });
});

it("an import replaces the environment's own resources, and no imported ones", () => {
  const own = { name: 'shopauth', isImported: false, holds: ['us-east-1_Own'] };
  expect(lossesOfImport([own, { ...own, name: 'other', isImported: true }])).toEqual([
    { name: 'shopauth', holds: ['us-east-1_Own'], why: expect.stringContaining('the import replaces it') },
  ]);
});

it('the present state is not read for an update that cannot destroy anything', () => {
  const asked = (tool: string, resourceConfig?: object) => canDestroy(tool, { resourceConfig });
  expect(asked('update_backend_api', { defaultAuthType: { mode: 'API_KEY' } })).toBe(false);
  expect(asked('update_backend_api')).toBe(false);
  expect(asked('update_backend_api', { transformSchema: '' })).toBe(true);
  expect(asked('update_backend_api', { conflictResolution: {} })).toBe(true);
  expect(asked('update_backend_auth', { authResources: 'IDENTITY_POOL_AND_USER_POOL' })).toBe(false);
  expect(asked('update_backend_auth', { authResources: 'USER_POOL_ONLY' })).toBe(true);
  expect(asked('update_backend_storage', { permissions: { authenticated: ['READ'] } })).toBe(false);
  expect(asked('update_backend_storage', { permissions: { authenticated: [] } })).toBe(true);
  expect(asked('create_backend_api', { transformSchema: shop })).toBe(false);
});
