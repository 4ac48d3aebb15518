/** How jobs change CloudFormation's stacks, read with CloudFormation's own client under a clock that the test moves. */
import { describe, expect, it } from 'vitest';
import { devStack, setStackBed } from './stack-bed.ts';
import { stackReader } from './stack-reader.ts';
import { bucketNames, configOf, dev, type Fields, jobMs, metaOf, qa, startTestBed } from './support.ts';

const scene = setStackBed();

const clone = { ...dev, TargetEnvironmentName: 'qa' };
const ready = {
  DeploymentBucket: 'CREATE_COMPLETE',
  AuthRole: 'CREATE_COMPLETE',
  UnauthRole: 'CREATE_COMPLETE',
};
const bare = () => scene.bed.finish('CreateBackend', { ...qa, AppName: 'shop' });
const rootOf = async (environment: string) => (await scene.stacks.rootOf(environment))?.StackId ?? '';
const statusOf = async (environment: string) => (await scene.stacks.rootOf(environment))?.StackStatus;

describe('a stack', () => {
  it('of the seed has a nested stack for each resource, with the ids of the meta', async () => {
    const root = await scene.stacks.stack(devStack);
    expect(root).toMatchObject({ StackStatus: 'UPDATE_COMPLETE', StackName: devStack });
    expect(root.LastUpdatedTime?.getTime()).toBeGreaterThan(root.CreationTime?.getTime() ?? Infinity);
    expect(await scene.stacks.resources(devStack)).toEqual({
      ...ready,
      authshopauth: 'CREATE_COMPLETE',
      storageshopmedia: 'CREATE_COMPLETE',
      functionshopOrderNotifier: 'CREATE_COMPLETE',
      functionshopWebhook: 'CREATE_COMPLETE',
      functionshopShared: 'CREATE_COMPLETE',
      apishopapi: 'UPDATE_COMPLETE',
      authuserPoolGroups: 'CREATE_COMPLETE',
      apishopwebhooks: 'CREATE_COMPLETE',
      storageshopcarts: 'CREATE_COMPLETE',
      analyticsshopanalytics: 'CREATE_COMPLETE',
    });
    const auth = await scene.stacks.stack(await scene.stacks.nested(devStack, 'authshopauth'));
    expect(auth.StackName).toMatch(/^amplify-shop-dev-101530-authshopauth-[A-Z0-9]{12}$/);
    expect(auth).toMatchObject({ ParentId: root.StackId, RootId: root.StackId });
    const pools = (await scene.stacks.events(auth.StackId ?? '')).map(event => event.PhysicalResourceId);
    expect(pools).toContain('us-east-1_ShopDev01');
    expect(
      Object.keys(await scene.stacks.resources(await scene.stacks.nested(devStack, 'apishopapi'))),
    ).toEqual([
      ...['GraphQLAPI', 'GraphQLSchema'],
      ...['Product', 'Order', 'OrderItem', 'Review'].flatMap(one => [`${one}Table`, `${one}DataSource`]),
    ]);
    expect(await statusOf('prod')).toBe('UPDATE_COMPLETE');
  });

  it('is created while the clone’s job runs, and complete just before the job ends', async () => {
    const before = scene.bed.now();
    await scene.bed.call('CloneBackend', clone);
    const at = (ms: number) => scene.bed.advance(before + ms - scene.bed.now());
    at(jobMs * 0.1 - 1);
    expect(await statusOf('qa')).toBeUndefined();
    at(jobMs * 0.1);
    expect(await statusOf('qa')).toBe('CREATE_IN_PROGRESS');
    at(jobMs * 0.9);
    expect(await statusOf('qa')).toBe('CREATE_IN_PROGRESS');
    at(jobMs - 1);
    const root = await scene.stacks.rootOf('qa');
    expect(root).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
    expect(root?.StackName).toMatch(/^amplify-shop-qa-\d{6}$/);
    at(jobMs);
    const meta = await metaOf(scene.bed, 'qa');
    expect(meta).toMatchObject({ providers: { awscloudformation: { StackId: root?.StackId } } });
    const pool = (meta as { auth: { shopauth: { output: Fields } } }).auth.shopauth.output.UserPoolId;
    const auth = await scene.stacks.events(await scene.stacks.nested(root?.StackId ?? '', 'authshopauth'));
    expect(auth.map(event => event.PhysicalResourceId)).toContain(pool);
    const names = Object.keys(await scene.stacks.resources(root?.StackId ?? ''));
    expect(names).toEqual(Object.keys(await scene.stacks.resources(devStack)));
  });

  it('does not exist for an environment that is only registered', async () => {
    await scene.bed.call('CreateBackend', { ...qa, AppName: 'shop' });
    expect(await scene.stacks.rootOf('qa')).toBeUndefined();
    scene.bed.advance(jobMs);
    expect(await scene.stacks.resources(await rootOf('qa'))).toEqual(ready);
    expect(await scene.stacks.history(await rootOf('qa'))).toEqual([
      '. CREATE_IN_PROGRESS',
      ...['DeploymentBucket', 'AuthRole', 'UnauthRole'].flatMap(name => [
        `${name} CREATE_IN_PROGRESS`,
        `${name} CREATE_IN_PROGRESS`,
        `${name} CREATE_COMPLETE`,
      ]),
      '. CREATE_COMPLETE',
    ]);
  });

  it('follows its resources: created, updated and deleted', async () => {
    await bare();
    const config = await configOf(scene.bed, 'GetBackendAPI', { ...dev, ResourceName: 'shopapi' });
    const api = { ...qa, ResourceName: 'things' };
    const schema = (...models: string[]) => models.map(name => `type ${name} @model { id: ID! }`).join('\n');
    const TransformSchema = schema('One', 'Two');
    await scene.bed.finish('CreateBackendAPI', { ...api, ResourceConfig: { ...config, TransformSchema } });
    const root = await rootOf('qa');
    expect(await statusOf('qa')).toBe('UPDATE_COMPLETE');
    const nested = await scene.stacks.nested(root, 'apithings');
    expect(Object.keys(await scene.stacks.resources(nested))).toContain('TwoTable');

    await scene.bed.call('UpdateBackendAPI', {
      ...api,
      ResourceConfig: { TransformSchema: schema('One', 'Three') },
    });
    scene.bed.advance(jobMs / 2);
    expect(await statusOf('qa')).toBe('UPDATE_IN_PROGRESS');
    scene.bed.advance(jobMs / 2);
    expect(await scene.stacks.resources(nested)).toMatchObject({
      GraphQLAPI: 'UPDATE_COMPLETE',
      OneTable: 'CREATE_COMPLETE',
      TwoTable: 'DELETE_COMPLETE',
      ThreeTable: 'CREATE_COMPLETE',
    });

    await scene.bed.finish('DeleteBackendAPI', { ...api });
    expect(await scene.stacks.resources(root)).toMatchObject({ apithings: 'DELETE_COMPLETE' });
    expect(await scene.stacks.stack(nested)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
    await scene.bed.finish('CreateBackendAPI', { ...api, ResourceConfig: { ...config, TransformSchema } });
    expect(await scene.stacks.nested(root, 'apithings')).not.toBe(nested);
  });

  it('has no nested stack for imported resources, and no events for generated models', async () => {
    await bare();
    await scene.bed.finish('ImportBackendAuth', {
      ...qa,
      UserPoolId: 'us-east-1_p',
      WebClientId: 'w',
      NativeClientId: 'n',
    });
    const root = await rootOf('qa');
    expect(await statusOf('qa')).toBe('UPDATE_COMPLETE');
    expect(Object.keys(await scene.stacks.resources(root))).toEqual(Object.keys(ready));
    const before = await scene.stacks.history(devStack);
    await scene.bed.finish('GenerateBackendAPIModels', { ...dev, ResourceName: 'shopapi' });
    expect(await scene.stacks.history(devStack)).toEqual(before);
  });

  it('makes overlapping changes one after the other', async () => {
    await scene.bed.call('CreateBackend', { ...qa, AppName: 'shop' });
    const config = await configOf(scene.bed, 'GetBackendAuth', { ...dev, ResourceName: 'shopauth' });
    await scene.bed.call('CreateBackendAuth', { ...qa, ResourceName: 'people', ResourceConfig: config });
    scene.bed.advance(jobMs / 2);
    await scene.bed.call('DeleteBackend', qa);
    scene.bed.advance(jobMs);
    const root = await rootOf('qa');
    expect((await scene.stacks.history(root)).filter(line => line.startsWith('. '))).toEqual([
      '. CREATE_IN_PROGRESS',
      '. CREATE_COMPLETE',
      '. UPDATE_IN_PROGRESS',
      '. UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      '. UPDATE_COMPLETE',
      '. DELETE_IN_PROGRESS',
      '. DELETE_COMPLETE',
    ]);
    const times = (await scene.stacks.events(root)).map(event => event.Timestamp?.getTime() ?? 0);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('of a deleted environment can be read by its ARN, not by its name', async () => {
    const { StackId = '' } = await scene.stacks.stack(devStack);
    const auth = await scene.stacks.nested(StackId, 'authshopauth');
    await scene.bed.call('DeleteBackend', dev);
    scene.bed.advance(jobMs / 2);
    expect(await scene.stacks.stack(devStack)).toMatchObject({ StackStatus: 'DELETE_IN_PROGRESS' });
    scene.bed.advance(jobMs / 2);
    await expect(scene.stacks.stack(devStack)).rejects.toMatchObject({
      name: 'ValidationError',
      message: `Stack with id ${devStack} does not exist`,
    });
    scene.bed.advance(10 * 60_000);
    for (const id of [StackId, auth])
      expect(await scene.stacks.stack(id)).toMatchObject({
        StackStatus: 'DELETE_COMPLETE',
        DeletionTime: expect.any(Date),
      });
    expect(await statusOf('prod')).toBe('UPDATE_COMPLETE');
  });

  it('of every environment is deleted with all backends, also one that was created meanwhile', async () => {
    await scene.bed.call('RemoveAllBackends', { AppId: dev.AppId });
    scene.bed.advance(jobMs / 2);
    await scene.bed.call('CreateBackend', { ...qa, AppName: 'shop' });
    scene.bed.advance(jobMs);
    for (const name of ['dev', 'prod', 'partner', 'qa']) expect(await statusOf(name)).toBe('DELETE_COMPLETE');
  });

  it('is the same after a reset, and the state shows it at the current time', async () => {
    const shown = async () => (await scene.bed.control('GET', 'state')).body.stacks as Fields[];
    const seed = await shown();
    await scene.bed.call('CloneBackend', clone);
    expect(await shown()).toEqual(seed);
    scene.bed.advance(jobMs / 2);
    expect((await shown())[0]).toMatchObject({ parentId: expect.any(String), status: 'CREATE_IN_PROGRESS' });
    expect(await shown()).toContainEqual(
      expect.objectContaining({ name: expect.stringMatching(/^amplify-shop-qa-\d{6}$/) }),
    );
    await scene.bed.control('POST', 'reset');
    expect((await shown()).map(({ id }) => id)).toEqual(seed.map(({ id }) => id));
  });

  it('takes no time if jobs take none', async () => {
    const instant = await startTestBed({ jobMs: 0 });
    const reader = stackReader(instant.url);
    await instant.call('CloneBackend', clone);
    expect(await reader.rootOf('qa')).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
    await instant.call('DeleteBackend', qa);
    await instant.call('GetBackend', { AppId: dev.AppId });
    expect(await reader.rootOf('qa')).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
    await instant.close();
  });

  it('is deleted with its own buckets only', async () => {
    const before = await bucketNames(scene.bed);
    await bare();
    await scene.bed.finish('ImportBackendStorage', {
      ...qa,
      ServiceName: 'S3',
      BucketName: 'shop-archive-001',
    });
    await scene.bed.finish('DeleteBackend', qa);
    expect(await bucketNames(scene.bed)).toEqual(before);
  });
});
