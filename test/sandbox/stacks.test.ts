/** What jobs do to CloudFormation's stacks, read by CloudFormation's own client under a clock that the test moves. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type StackReader, stackReader } from './stack-reader.ts';
import {
  bucketNames,
  configOf,
  dev,
  type Fields,
  jobMs,
  metaOf,
  qa,
  startTestBed,
  type TestBed,
} from './support.ts';

let bed: TestBed;
let stacks: StackReader;
beforeAll(async () => {
  bed = await startTestBed();
  stacks = stackReader(bed.url);
});
beforeEach(async () => {
  await bed.control('POST', 'reset');
});
afterAll(async () => {
  stacks.client.destroy();
  await bed.close();
});

const clone = { ...dev, TargetEnvironmentName: 'qa' };
const devStack = 'amplify-shop-dev-101530';
const ready = {
  DeploymentBucket: 'CREATE_COMPLETE',
  AuthRole: 'CREATE_COMPLETE',
  UnauthRole: 'CREATE_COMPLETE',
};
const bare = () => bed.finish('CreateBackend', { ...qa, AppName: 'shop' });
const rootOf = async (environment: string) => (await stacks.rootOf(environment))?.StackId ?? '';
const statusOf = async (environment: string) => (await stacks.rootOf(environment))?.StackStatus;

describe('a stack', () => {
  it('of the seed is updated, with a nested stack for each resource, whose ids are the meta’s', async () => {
    const root = await stacks.stack(devStack);
    expect(root).toMatchObject({ StackStatus: 'UPDATE_COMPLETE', StackName: devStack });
    expect(root.LastUpdatedTime?.getTime()).toBeGreaterThan(root.CreationTime?.getTime() ?? Infinity);
    expect(await stacks.resources(devStack)).toEqual({
      ...ready,
      authshopauth: 'CREATE_COMPLETE',
      storageshopmedia: 'CREATE_COMPLETE',
      functionshopOrderNotifier: 'CREATE_COMPLETE',
      apishopapi: 'UPDATE_COMPLETE',
    });
    const auth = await stacks.stack(await stacks.nested(devStack, 'authshopauth'));
    expect(auth.StackName).toMatch(/^amplify-shop-dev-101530-authshopauth-[A-Z0-9]{12}$/);
    expect(auth).toMatchObject({ ParentId: root.StackId, RootId: root.StackId });
    const pools = (await stacks.events(auth.StackId ?? '')).map(event => event.PhysicalResourceId);
    expect(pools).toContain('us-east-1_ShopDev01');
    expect(Object.keys(await stacks.resources(await stacks.nested(devStack, 'apishopapi')))).toEqual([
      'GraphQLAPI',
      'GraphQLSchema',
      'ProductTable',
      'OrderTable',
      'OrderItemTable',
      'ReviewTable',
    ]);
    expect(await statusOf('prod')).toBe('UPDATE_COMPLETE');
  });

  it('is made while the clone’s job works, and done just before the job', async () => {
    const before = bed.now();
    await bed.call('CloneBackend', clone);
    const at = (ms: number) => bed.advance(before + ms - bed.now());
    at(jobMs * 0.1 - 1);
    expect(await statusOf('qa')).toBeUndefined();
    at(jobMs * 0.1);
    expect(await statusOf('qa')).toBe('CREATE_IN_PROGRESS');
    at(jobMs * 0.9);
    expect(await statusOf('qa')).toBe('CREATE_IN_PROGRESS');
    at(jobMs - 1);
    const root = await stacks.rootOf('qa');
    expect(root).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
    expect(root?.StackName).toMatch(/^amplify-shop-qa-\d{6}$/);
    at(jobMs);
    const meta = await metaOf(bed, 'qa');
    expect(meta).toMatchObject({ providers: { awscloudformation: { StackId: root?.StackId } } });
    const pool = (meta as { auth: { shopauth: { output: Fields } } }).auth.shopauth.output.UserPoolId;
    const auth = await stacks.events(await stacks.nested(root?.StackId ?? '', 'authshopauth'));
    expect(auth.map(event => event.PhysicalResourceId)).toContain(pool);
    const names = Object.keys(await stacks.resources(root?.StackId ?? ''));
    expect(names).toEqual(Object.keys(await stacks.resources(devStack)));
  });

  it('is not there where an environment is only registered', async () => {
    await bed.call('CreateBackend', { ...qa, AppName: 'shop' });
    expect(await stacks.rootOf('qa')).toBeUndefined();
    bed.advance(jobMs);
    expect(await stacks.resources(await rootOf('qa'))).toEqual(ready);
    expect(await stacks.history(await rootOf('qa'))).toEqual([
      '. CREATE_IN_PROGRESS',
      ...['DeploymentBucket', 'AuthRole', 'UnauthRole'].flatMap(name => [
        `${name} CREATE_IN_PROGRESS`,
        `${name} CREATE_IN_PROGRESS`,
        `${name} CREATE_COMPLETE`,
      ]),
      '. CREATE_COMPLETE',
    ]);
  });

  it('follows its resources: made, changed, and taken away', async () => {
    await bare();
    const config = await configOf(bed, 'GetBackendAPI', { ...dev, ResourceName: 'shopapi' });
    const api = { ...qa, ResourceName: 'things' };
    const schema = (...models: string[]) => models.map(name => `type ${name} @model { id: ID! }`).join('\n');
    const TransformSchema = schema('One', 'Two');
    await bed.finish('CreateBackendAPI', { ...api, ResourceConfig: { ...config, TransformSchema } });
    const root = await rootOf('qa');
    expect(await statusOf('qa')).toBe('UPDATE_COMPLETE');
    const nested = await stacks.nested(root, 'apithings');
    expect(Object.keys(await stacks.resources(nested))).toContain('TwoTable');

    await bed.call('UpdateBackendAPI', {
      ...api,
      ResourceConfig: { TransformSchema: schema('One', 'Three') },
    });
    bed.advance(jobMs / 2);
    expect(await statusOf('qa')).toBe('UPDATE_IN_PROGRESS');
    bed.advance(jobMs / 2);
    expect(await stacks.resources(nested)).toMatchObject({
      GraphQLAPI: 'UPDATE_COMPLETE',
      OneTable: 'CREATE_COMPLETE',
      TwoTable: 'DELETE_COMPLETE',
      ThreeTable: 'CREATE_COMPLETE',
    });

    await bed.finish('DeleteBackendAPI', { ...api });
    expect(await stacks.resources(root)).toMatchObject({ apithings: 'DELETE_COMPLETE' });
    expect(await stacks.stack(nested)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
    await bed.finish('CreateBackendAPI', { ...api, ResourceConfig: { ...config, TransformSchema } });
    expect(await stacks.nested(root, 'apithings')).not.toBe(nested);
  });

  it('has no nested stack for what is imported, and none of its events for generated models', async () => {
    await bare();
    await bed.finish('ImportBackendAuth', {
      ...qa,
      UserPoolId: 'us-east-1_p',
      WebClientId: 'w',
      NativeClientId: 'n',
    });
    const root = await rootOf('qa');
    expect(await statusOf('qa')).toBe('UPDATE_COMPLETE');
    expect(Object.keys(await stacks.resources(root))).toEqual(Object.keys(ready));
    const before = await stacks.history(devStack);
    await bed.finish('GenerateBackendAPIModels', { ...dev, ResourceName: 'shopapi' });
    expect(await stacks.history(devStack)).toEqual(before);
  });

  it('takes changes that overlap one after the other', async () => {
    await bed.call('CreateBackend', { ...qa, AppName: 'shop' });
    const config = await configOf(bed, 'GetBackendAuth', { ...dev, ResourceName: 'shopauth' });
    await bed.call('CreateBackendAuth', { ...qa, ResourceName: 'people', ResourceConfig: config });
    bed.advance(jobMs / 2);
    await bed.call('DeleteBackend', qa);
    bed.advance(jobMs);
    const root = await rootOf('qa');
    expect((await stacks.history(root)).filter(line => line.startsWith('. '))).toEqual([
      '. CREATE_IN_PROGRESS',
      '. CREATE_COMPLETE',
      '. UPDATE_IN_PROGRESS',
      '. UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      '. UPDATE_COMPLETE',
      '. DELETE_IN_PROGRESS',
      '. DELETE_COMPLETE',
    ]);
    const times = (await stacks.events(root)).map(event => event.Timestamp?.getTime() ?? 0);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('is gone by its name when its environment is deleted, and can be read by its ARN', async () => {
    const { StackId = '' } = await stacks.stack(devStack);
    const auth = await stacks.nested(StackId, 'authshopauth');
    await bed.call('DeleteBackend', dev);
    bed.advance(jobMs / 2);
    expect(await stacks.stack(devStack)).toMatchObject({ StackStatus: 'DELETE_IN_PROGRESS' });
    bed.advance(jobMs / 2);
    await expect(stacks.stack(devStack)).rejects.toMatchObject({
      name: 'ValidationError',
      message: `Stack with id ${devStack} does not exist`,
    });
    bed.advance(10 * 60_000);
    for (const id of [StackId, auth])
      expect(await stacks.stack(id)).toMatchObject({
        StackStatus: 'DELETE_COMPLETE',
        DeletionTime: expect.any(Date),
      });
    expect(await statusOf('prod')).toBe('UPDATE_COMPLETE');
  });

  it('of every environment goes when all backends are removed, one that came meanwhile too', async () => {
    await bed.call('RemoveAllBackends', { AppId: dev.AppId });
    bed.advance(jobMs / 2);
    await bed.call('CreateBackend', { ...qa, AppName: 'shop' });
    bed.advance(jobMs);
    for (const name of ['dev', 'prod', 'qa']) expect(await statusOf(name)).toBe('DELETE_COMPLETE');
  });

  it('is the same after a reset, and the state shows it as it is at that time', async () => {
    const shown = async () => (await bed.control('GET', 'state')).body.stacks as Fields[];
    const seed = await shown();
    await bed.call('CloneBackend', clone);
    expect(await shown()).toEqual(seed);
    bed.advance(jobMs / 2);
    expect((await shown())[0]).toMatchObject({ parentId: expect.any(String), status: 'CREATE_IN_PROGRESS' });
    expect(await shown()).toContainEqual(
      expect.objectContaining({ name: expect.stringMatching(/^amplify-shop-qa-\d{6}$/) }),
    );
    await bed.control('POST', 'reset');
    expect((await shown()).map(({ id }) => id)).toEqual(seed.map(({ id }) => id));
  });

  it('takes no time where jobs take none', async () => {
    const instant = await startTestBed({ jobMs: 0 });
    const reader = stackReader(instant.url);
    await instant.call('CloneBackend', clone);
    expect(await reader.rootOf('qa')).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
    await instant.call('DeleteBackend', qa);
    await instant.call('GetBackend', { AppId: dev.AppId });
    expect(await reader.rootOf('qa')).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
    await instant.close();
  });

  it('takes the buckets that are its own, and no other', async () => {
    const before = await bucketNames(bed);
    await bare();
    await bed.finish('ImportBackendStorage', { ...qa, ServiceName: 'S3', BucketName: 'shop-archive-001' });
    await bed.finish('DeleteBackend', qa);
    expect(await bucketNames(bed)).toEqual(before);
  });
});
