/** A user's environments in the sandbox: loaded over HTTP, then read, cloned and deleted with AWS's own clients. */
import { AmplifyClient, ListBackendEnvironmentsCommand } from '@aws-sdk/client-amplify';
import { DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { beforeEach, describe, expect, it } from 'vitest';
import { sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';
import { entries, metaOf as metaWith } from '../support/metas.ts';
import { schema, setLoading, staging, whole } from './load-set-up.ts';
import { appId, bucketNames, configOf, type Fields, metaOf } from './support.ts';

const { bed, load, loaded, stackOf, bakeryStackCount, stacks } = setLoading();

describe('a loaded environment', () => {
  beforeEach(() => loaded({ meta: whole, schema, flags: '{ // ours\n "features": {} }' }));

  it('is answered by GetBackend as it was given', async () => {
    const answer = await bed.call('GetBackend', staging);
    expect(answer).toMatchObject({
      BackendEnvironmentList: ['dev', 'prod', 'partner', 'staging'],
      AmplifyFeatureFlags: '{ // ours\n "features": {} }',
    });
    expect(JSON.parse(String(answer.AmplifyMetaConfig))).toEqual(whole);
  });

  it('has settings for the resources that AmplifyBackend manages', async () => {
    const of = (ResourceName: string) => ({ ...staging, ResourceName });
    expect(await configOf(bed, 'GetBackendAuth', of('bakeryauth'))).toMatchObject({
      AuthResources: 'IDENTITY_POOL_AND_USER_POOL',
      IdentityPoolConfigs: { IdentityPoolName: 'bakery_identities__dev' },
      UserPoolConfigs: { UserPoolName: 'bakery_users', SignInMethod: 'USERNAME' },
    });
    expect(await configOf(bed, 'GetBackendAPI', of('bread'))).toEqual({
      ...{ ApiName: 'bread', Service: 'AppSync', TransformSchema: schema },
      DefaultAuthType: { Mode: 'API_KEY' },
    });
    expect(await configOf(bed, 'GetBackendStorage', of('photos'))).toMatchObject({
      BucketName: 'bakeryphotos40404-dev',
      Imported: false,
    });
    expect(await configOf(bed, 'GetBackendStorage', of('files'))).toMatchObject({ Imported: true });
    expect(await bed.call('GetBackendAPIModels', of('bread'))).toMatchObject({ Status: 'LATEST' });
    expect(await bed.call('ListBackendJobs', staging)).toEqual({ Jobs: [] });
  });

  it('has a nested CloudFormation stack for each resource that is not imported', async () => {
    const root = await stackOf('amplify-bakery-dev-40404');
    expect(root).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      StackId: expect.stringContaining('1b2c3d4e'),
    });
    const { StackResources = [] } = await stacks().send(
      new DescribeStackResourcesCommand({ StackName: root?.StackId }),
    );
    expect(StackResources.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual([
      ...['DeploymentBucket', 'AuthRole', 'UnauthRole', 'authbakeryauth', 'authuserPoolGroups', 'apibread'],
      ...['apiovens', 'storagephotos', 'storageorders', 'functionbake', 'hostingS3AndCloudFront'],
      ...['analyticsusage', 'customextra'],
    ]);
    const api = StackResources.find(({ LogicalResourceId }) => LogicalResourceId === 'apibread');
    const nested = await stacks().send(
      new DescribeStackResourcesCommand({ StackName: api?.PhysicalResourceId }),
    );
    expect(nested.StackResources?.map(one => one.PhysicalResourceId)).toContain(
      'Loaf-breadbreadbreadbreadbreadb-staging',
    );
  });

  it('is listed by Amplify, and its buckets by ListS3Buckets', async () => {
    const amplify = new AmplifyClient({
      ...{ endpoint: bed.url, region: sandboxRegion, credentials: sandboxCredentials },
    });
    const { backendEnvironments = [] } = await amplify.send(new ListBackendEnvironmentsCommand({ appId }));
    amplify.destroy();
    expect(backendEnvironments.find(({ environmentName }) => environmentName === 'staging')).toMatchObject({
      stackName: 'amplify-bakery-dev-40404',
      deploymentArtifacts: 'amplify-bakery-dev-40404-deployment',
    });
    expect(await bucketNames(bed)).toEqual(
      expect.arrayContaining(['bakeryphotos40404-dev', 'company-files', 'bakery-pages-dev']),
    );
  });

  it('is deleted with everything that was not imported', async () => {
    expect(await bakeryStackCount()).toBe(11);
    await bed.finish('DeleteBackend', staging);
    const buckets = await bucketNames(bed);
    expect(buckets.filter(name => name.includes('bakery'))).toEqual([]);
    expect(buckets).toContain('company-files');
    expect(await bakeryStackCount()).toBe(0);
    expect((await bed.refusal('GetBackend', staging)).name).toBe('NotFoundException');
  });

  it('keeps its other resources when one is deleted', async () => {
    const photos = { ...staging, ResourceName: 'photos', ServiceName: 'S3' };
    await bed.finish('DeleteBackendStorage', photos);
    expect(Object.keys((await metaOf(bed, 'staging'))?.storage as object)).toEqual(['orders', 'files']);
    expect(await bakeryStackCount()).toBe(10);
    expect(await bucketNames(bed)).not.toContain('bakeryphotos40404-dev');
    expect(await configOf(bed, 'GetBackendStorage', { ...photos, ResourceName: 'files' })).toBeDefined();
  });

  it('can be updated, and resources can be created in it', async () => {
    const api = { ...staging, ResourceName: 'bread' };
    const ResourceConfig = { TransformSchema: 'type Bun @model { id: ID! }' };
    await bed.finish('UpdateBackendAPI', { ...api, ResourceConfig });
    expect(await configOf(bed, 'GetBackendAPI', api)).toMatchObject(ResourceConfig);
    await loaded({ environment: 'bare', meta: metaWith({ function: { bake: entries.lambda } }) });
    const config = { Permissions: { Authenticated: ['READ'] }, ServiceName: 'S3' };
    const bare = { AppId: appId, BackendEnvironmentName: 'bare' };
    await bed.finish('CreateBackendStorage', { ...bare, ResourceName: 'new', ResourceConfig: config });
    const meta = await metaOf(bed, 'bare');
    expect(Object.keys(meta ?? {})).toEqual(['providers', 'function', 'storage']);
  });
});

describe('a clone of a loaded environment', () => {
  it('has the same resources with new names and ids, and the same imported ones', async () => {
    await loaded({ meta: whole, schema });
    await bed.finish('CloneBackend', { ...staging, TargetEnvironmentName: 'qa' });
    const clone = (await metaOf(bed, 'qa')) ?? {};
    const labels = (meta: Fields) =>
      Object.entries(meta).flatMap(([category, resources]) =>
        category === 'providers' ? [] : Object.keys(resources as object).map(name => `${category}/${name}`),
      );
    expect(labels(clone)).toEqual(labels(whole));
    const [source, copy] = [whole, clone].map(meta => JSON.stringify(meta));
    for (const own of [
      ...['eu-west-1_Bakers001', 'breadbreadbreadbreadbreadb', 'bakeryphotos40404-dev', 'E2BAKERYPAGES1'],
      ...['amplify-bakery-dev-40404', '0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0', 'oven012345'],
    ]) {
      expect(source).toContain(own);
      expect(copy).not.toContain(own);
    }
    expect(copy).toContain('company-files');
    const api = { AppId: appId, BackendEnvironmentName: 'qa', ResourceName: 'bread' };
    expect(await configOf(bed, 'GetBackendAPI', api)).toMatchObject({ TransformSchema: schema });
    await bed.finish('DeleteBackend', { AppId: appId, BackendEnvironmentName: 'qa' });
    expect(await bucketNames(bed)).toEqual(
      expect.arrayContaining(['bakeryphotos40404-dev', 'company-files']),
    );
    expect(await metaOf(bed, 'staging')).toEqual(whole);
  });
});

describe('a resource that AmplifyBackend does not manage', () => {
  const reads = [
    ['GetBackendAuth', 'userPoolGroups'],
    ['GetBackendAPI', 'ovens'],
    ['GetBackendStorage', 'orders'],
  ] as const;

  it.each([
    ['not-found', 'NotFoundException', 404],
    ['bad-request', 'BadRequestException', 400],
  ])('is answered with %s', async (unmanaged, name, status) => {
    await loaded({ meta: whole, schema });
    expect((await bed.control('PUT', 'settings', { unmanaged })).body).toMatchObject({ unmanaged });
    for (const [operation, ResourceName] of reads) {
      const refusal = await bed.refusal(operation, { ...staging, ResourceName });
      expect(refusal).toMatchObject({ name, $metadata: { httpStatusCode: status } });
    }
  });

  it('is answered without settings', async () => {
    await loaded({ meta: whole, schema });
    await bed.control('PUT', 'settings', { unmanaged: 'empty' });
    for (const [operation, ResourceName] of reads)
      expect(await bed.call(operation, { ...staging, ResourceName })).toEqual({ ...staging, ResourceName });
    const unknown = { ...staging, ResourceName: 'nothing' };
    expect((await bed.refusal('GetBackendAPI', unknown)).name).toBe('NotFoundException');
    expect(await configOf(bed, 'GetBackendAPI', { ...staging, ResourceName: 'bread' })).toBeDefined();
  });

  it('is a setting that can be read and reset', async () => {
    await bed.control('PUT', 'settings', { unmanaged: 'empty' });
    expect((await bed.control('GET', 'settings')).body).toMatchObject({ unmanaged: 'empty' });
    await bed.control('POST', 'reset');
    expect((await bed.control('GET', 'settings')).body).toMatchObject({ unmanaged: 'not-found' });
    expect(await bed.control('PUT', 'settings', { unmanaged: 'x' })).toMatchObject({ status: 400 });
  });
});

describe('a meta that is not JSON', () => {
  it.each([
    ['a comma too many', `${JSON.stringify(whole).slice(0, -1)},}`],
    ['a conflict', `<<<<<<< HEAD\n${JSON.stringify(whole)}`],
    ['a byte order mark', `\ufeff${JSON.stringify(whole)}`],
    ['encrypted', '\0GITCRYPT\0'],
    ['empty', ''],
    ['a list', '[]'],
  ])('is answered unchanged: %s', async (_, meta) => {
    await loaded({ meta });
    expect(await bed.call('GetBackend', staging)).toMatchObject({ AmplifyMetaConfig: meta });
  });

  it('still has the stack whose name the text contains', async () => {
    await loaded({ meta: `${JSON.stringify(whole).slice(0, -1)},}` });
    expect(await stackOf('amplify-bakery-dev-40404')).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
    await bed.finish('DeleteBackend', staging);
    expect(await bakeryStackCount()).toBe(0);
  });

  it('leaves an environment only registered if it is absent', async () => {
    await loaded({});
    const answer = await bed.call('GetBackend', staging);
    expect(answer.AmplifyMetaConfig).toBeUndefined();
    const refusal = await bed.refusal('CloneBackend', { ...staging, TargetEnvironmentName: 'qa' });
    expect(refusal.message).toContain('has not been deployed');
  });
});

describe('a ghost', () => {
  const message = 'NoSuchBucket: The specified bucket does not exist';

  it('is listed, and its reads fail with AWS’s message', async () => {
    await loaded({ meta: whole, ghost: message });
    expect((await bed.call('GetBackend', { AppId: appId })).BackendEnvironmentList).toContain('staging');
    for (const [operation, more] of [
      ['GetBackend', {}],
      ['GetBackendAuth', { ResourceName: 'bakeryauth' }],
      ['GetBackendAPI', { ResourceName: 'ovens' }],
      ['CloneBackend', { TargetEnvironmentName: 'qa' }],
    ] as const)
      expect(await bed.refusal(operation, { ...staging, ...more })).toMatchObject({
        name: 'BadRequestException',
        message,
      });
    await bed.finish('DeleteBackend', staging);
    expect((await bed.call('GetBackend', { AppId: appId })).BackendEnvironmentList).not.toContain('staging');
  });

  it('can have another status, and refuse its deletion', async () => {
    await loaded({ ghost: { message, status: 404, deletes: false } });
    expect(await bed.refusal('GetBackend', staging)).toMatchObject({ name: 'NotFoundException', message });
    expect(await bed.refusal('DeleteBackend', staging)).toMatchObject({ name: 'NotFoundException', message });
  });
});

it.each([
  [{ appId: 'x' }, 'appId'],
  [{ environment: undefined }, 'environment is required'],
  [{ environment: undefined, ghost: 'x', stacks: ['a'] }, 'environment is required'],
  [{ meta: 7 }, 'meta'],
  [{ meta: [] }, 'meta'],
  [{ schema: { a: 1 } }, 'schema.a'],
  [{ flags: [] }, 'flags'],
  [{ stacks: 'x' }, 'stacks'],
  [{ stacks: [{ status: 'FINE' }] }, 'status "FINE"'],
  [{ stacks: [{ colour: 'red' }] }, '"colour"'],
  [{ stacks: [{ outputs: {} }] }, 'outputs'],
  [{ ghost: {} }, 'ghost.message'],
  [{ ghost: { message: 'x', status: 200 } }, 'ghost.status'],
  [{ colour: 'red' }, '"colour"'],
])('refuses to load %j', async (body, message) => {
  const { status, body: answer } = await load(body);
  expect(status).toBe(400);
  expect(answer.message).toContain(message);
});
