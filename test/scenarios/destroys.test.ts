/**
 * Updates and imports that destroy data: by default they need a confirmation like a deletion, and the plan
 * names what is destroyed. Others need none.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { textOf, today } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { on } from './cases/case.ts';

const { connect } = today;
const api = (resourceConfig: Json) => on('dev', { resourceName: 'shopapi', resourceConfig });
const auth = (authResources: string) =>
  on('dev', {
    resourceName: 'shopauth',
    resourceConfig: { authResources, service: 'COGNITO', userPoolConfigs: { mfa: { MFAMode: 'OFF' } } },
  });
const storage = (permissions: Json) =>
  on('dev', { resourceName: 'shopmedia', resourceConfig: { permissions, serviceName: 'S3' } });

const scene = setScene(connect);
const sent = async (operation: string) => (await scene.sandbox.verdicts(operation)).length;

/** The current schema. */
async function schema(): Promise<string> {
  const read = on('dev', { resourceName: 'shopapi' });
  const { resourceConfig } = (await scene.client.callTool('get_backend_api', read)).structuredContent as {
    resourceConfig: { transformSchema: string };
  };
  return resourceConfig.transformSchema;
}

type Destructive = [what: string, tool: string, operation: string, args: () => Promise<Json>, goes: RegExp];

const destructive: Destructive[] = [
  [
    'a schema without any model',
    'update_backend_api',
    'UpdateBackendAPI',
    async () => api({ transformSchema: 'type Query { ping: String }' }),
    /api\/shopapi \(AppSync\): Product-\S+-dev, Order-\S+-dev, OrderItem-\S+-dev, Review-\S+-dev — no longer in the new schema/,
  ],
  [
    'a schema without one of its models',
    'update_backend_api',
    'UpdateBackendAPI',
    async () => api({ transformSchema: (await schema()).replace(/type Review @model/, 'type Review') }),
    /api\/shopapi \(AppSync\): Review-\S+-dev — no longer in/,
  ],
  [
    'a schema with another key',
    'update_backend_api',
    'UpdateBackendAPI',
    async () =>
      api({ transformSchema: (await schema()).replace('status: String!', 'status: String! @primaryKey') }),
    /Order-\S+-dev — the primary key changes, which replaces the table: "id: ID" → "status: String"/,
  ],
  [
    'a schema that is none',
    'update_backend_api',
    'UpdateBackendAPI',
    async () => api({ transformSchema: 'drop everything' }),
    /Product-\S+-dev, Order-.*the new schema does not parse.*any of these may be lost/,
  ],
  [
    'auth without its identity pool',
    'update_backend_auth',
    'UpdateBackendAuth',
    async () => auth('USER_POOL_ONLY'),
    /auth\/shopauth \(Cognito\): shop_identity_dev — the identity pool is deleted/,
  ],
  [
    'storage that nobody may use',
    'update_backend_storage',
    'UpdateBackendStorage',
    async () => storage({ authenticated: [], unAuthenticated: [] }),
    /storage\/shopmedia \(S3\): shopmedia101530-dev — no user can reach the files/,
  ],
  [
    'the import of a user pool over an own one',
    'import_backend_auth',
    'ImportBackendAuth',
    async () => on('dev', { userPoolId: 'us-east-1_Other', webClientId: 'w', nativeClientId: 'n' }),
    /auth\/shopauth \(Cognito\): us-east-1_ShopDev01.* the import replaces it/,
  ],
  [
    'the import of a bucket over an own one',
    'import_backend_storage',
    'ImportBackendStorage',
    async () => on('dev', { bucketName: 'shop-archive-001', serviceName: 'S3' }),
    /storage\/shopmedia \(S3\): shopmedia101530-dev — the import replaces it/,
  ],
];

describe.each(destructive)('%s', (_, tool, operation, argsOf, goes) => {
  it('needs a confirmation, names what is destroyed, and is sent after it', async () => {
    const args = await argsOf();
    const asked = await scene.client.callTool(tool, args);
    expect(asked.structuredContent).toMatchObject({
      error: { code: 'confirmation_required' },
      plan: { confirmation: { type: 'dev', goes: { dev: expect.any(Array) } } },
    });
    expect(textOf(asked)).toMatch(goes);
    expect(await sent(operation)).toBe(0);
    const { confirmationToken } = asked.structuredContent;
    await scene.client.callTool(tool, { ...args, confirmationToken });
    expect(await sent(operation)).toBe(1);
  });

  it('names it in a dry run', async () => {
    const { structuredContent } = await scene.client.callTool(tool, { ...(await argsOf()), dryRun: true });
    expect(structuredContent.plan).toMatchObject({
      policy: 'allowed after a person has confirmed it',
      confirmation: { goes: { dev: expect.any(Array) } },
    });
  });
});

it.each<[string, string, string, () => Promise<Json>]>([
  [
    'the current schema',
    'update_backend_api',
    'UpdateBackendAPI',
    async () => api({ transformSchema: await schema() }),
  ],
  [
    'a schema with one more model',
    'update_backend_api',
    'UpdateBackendAPI',
    async () => api({ transformSchema: `${await schema()}\ntype Note @model { id: ID! }` }),
  ],
  [
    'another authorization mode',
    'update_backend_api',
    'UpdateBackendAPI',
    async () => api({ defaultAuthType: { mode: 'AWS_IAM' } }),
  ],
  [
    'auth with only MFA changed',
    'update_backend_auth',
    'UpdateBackendAuth',
    async () => auth('IDENTITY_POOL_AND_USER_POOL'),
  ],
  [
    'storage with fewer permissions',
    'update_backend_storage',
    'UpdateBackendStorage',
    async () => storage({ authenticated: ['READ'] }),
  ],
])('%s needs no confirmation', async (_, tool, operation, argsOf) => {
  const result = await scene.client.callTool(tool, await argsOf());
  expect(result.isError ?? false).toBe(false);
  expect(await sent(operation)).toBe(1);
});

it('needs no confirmation if confirm is never, and reads only what shows whether a Gen 2 app uses it', async () => {
  const client = await connect(scene.sandbox.env, ['--confirm', 'never']);
  const result = await client.callTool(
    'update_backend_api',
    api({ transformSchema: 'type Query { a: Int }' }),
  );
  await client.close();
  expect(result.isError ?? false).toBe(false);
  const sent = (await scene.sandbox.requests()).map(({ operation }) => operation ?? '');
  expect(sent.sort()).toEqual([
    ...['GetBackend', 'GetBackendAPI', 'UpdateBackendAPI', 'amplify:GetApp', 'amplify:ListBranches'],
    ...['cloudformation:DescribeStacks', 'cloudformation:GetStackPolicy'],
  ]);
});

it('importing a bucket needs no confirmation if the environment has none of its own', async () => {
  await scene.client.callTool('create_backend', on('one', { appName: 'shop' }));
  scene.sandbox.finishJobs();
  const result = await scene.client.callTool(
    'import_backend_storage',
    on('one', { bucketName: 'shop-archive-001', serviceName: 'S3' }),
  );
  expect(result.isError ?? false).toBe(false);
});

it.each<[string, Json]>([
  ['a list of buckets', { storage: [{ service: 'S3', output: { BucketName: 'ownbucket' } }] }],
  ['a string in place of a resource', { storage: { photos: 'ownbucket' } }],
  ['a resource without a service', { storage: { photos: { output: { BucketName: 'ownbucket' } } } }],
])('importing a bucket over %s needs a confirmation', async (_, meta) => {
  await scene.sandbox.load({ environment: 'dev', meta });
  const result = await scene.client.callTool(
    'import_backend_storage',
    on('dev', { bucketName: 'shop-archive-001', serviceName: 'S3' }),
  );
  expect(result.structuredContent.error).toMatchObject({ code: 'confirmation_required' });
  expect(textOf(result)).toMatch(/the import replaces it|may be replaced/);
  expect(await sent('ImportBackendStorage')).toBe(0);
});

describe('if the current state cannot be read', () => {
  const emptied = api({ transformSchema: 'type Query { ping: String }' });

  it('turning off conflict resolution needs a confirmation', async () => {
    await scene.sandbox.order('GetBackendAPI', 'bad-request', { times: 10 });
    const ended = api({ conflictResolution: { resolutionStrategy: 'NONE' } });
    const result = await scene.client.callTool('update_backend_api', ended);
    expect(result.structuredContent.error).toMatchObject({ code: 'confirmation_required' });
    expect(textOf(result)).toContain('AmplifyDataStore');
    expect(await sent('UpdateBackendAPI')).toBe(0);
  });

  it.each([
    ['an update fails after a temporary failure', 'server-error', 'service_unavailable'],
    ['an update needs a confirmation after a permanent failure', 'bad-request', 'confirmation_required'],
  ] as const)('%s', async (_, fault, code) => {
    await scene.sandbox.order('GetBackendAPI', fault, { times: 10 });
    const result = await scene.client.callTool('update_backend_api', emptied);
    expect(result.structuredContent.error).toMatchObject({ code });
    expect(await sent('UpdateBackendAPI')).toBe(0);
  });

  it('because the resource does not exist, AWS refuses the update', async () => {
    const none = { ...emptied, resourceName: 'other' };
    const result = await scene.client.callTool('update_backend_api', none);
    expect(result.structuredContent.error).toMatchObject({ code: 'not_found' });
    expect(await sent('UpdateBackendAPI')).toBe(1);
  });
});
