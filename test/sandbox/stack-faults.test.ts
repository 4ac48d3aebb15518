/** Stacks that fail: which event has the reason, which only repeat it, and what remains. */
import { describe, expect, it } from 'vitest';
import { devStack, setStackBed } from './stack-bed.ts';
import { bucketNames, configOf, dev, jobMs, metaOf, qa } from './support.ts';

const scene = setStackBed();

const clone = { ...dev, TargetEnvironmentName: 'qa' };
const order = (operation: string, kind: string, more: object = {}) =>
  scene.bed.control('POST', 'faults', { operation, kind, ...more });
const rootOf = async (environment: string) => (await scene.stacks.rootOf(environment))?.StackId ?? '';
const jobOf = (JobId: unknown, address = qa) => scene.bed.call('GetBackendJob', { ...address, JobId });

/** All failures in a root stack and its nested stacks since the test began, in order of time. */
async function failures(root: string): Promise<(string | undefined)[][]> {
  const own = await scene.stacks.events(root);
  const ids = new Set(own.map(event => event.PhysicalResourceId ?? ''));
  const nested = [...ids].filter(id => id.startsWith('arn:aws:cloudformation:') && id !== root);
  const below = await Promise.all(nested.map(id => scene.stacks.events(id)));
  return [...below.flat(), ...own]
    .filter(event => event.ResourceStatus?.endsWith('_FAILED'))
    .sort((a, b) => (a.Timestamp?.getTime() ?? 0) - (b.Timestamp?.getTime() ?? 0))
    .map(event => [event.LogicalResourceId, event.ResourceStatus, event.ResourceStatusReason]);
}

describe('a clone that fails', () => {
  it('has the reason once, in the nested stack, and is rolled back', async () => {
    await order('CloneBackend', 'job-fails', { error: '', stackReason: 'No more pools' });
    const { JobId } = await scene.bed.finish('CloneBackend', clone);
    expect(await jobOf(JobId)).not.toHaveProperty('Error');
    expect(await metaOf(scene.bed, 'qa')).toBeUndefined();

    const root = await rootOf('qa');
    const auth = (await scene.stacks.events(root)).find(
      event => event.LogicalResourceId === 'authshopauth' && event.PhysicalResourceId,
    )?.PhysicalResourceId;
    const failed = 'The following resource(s) failed to create: [UserPool, UserPoolClientWeb]. ';
    expect(await failures(root)).toEqual([
      ['UserPool', 'CREATE_FAILED', 'No more pools'],
      ['UserPoolClientWeb', 'CREATE_FAILED', 'Resource creation cancelled'],
      [expect.stringContaining('-authshopauth-'), 'CREATE_FAILED', failed],
      ['authshopauth', 'CREATE_FAILED', `Embedded stack ${auth} was not successfully created: ${failed}`],
      ['storageshopmedia', 'CREATE_FAILED', 'Resource creation cancelled'],
    ]);
    expect((await scene.stacks.history(root)).filter(line => line.startsWith('. '))).toEqual([
      '. CREATE_IN_PROGRESS',
      '. ROLLBACK_IN_PROGRESS',
      '. ROLLBACK_COMPLETE',
    ]);
    const { StackName, StackStatus } = await scene.stacks.stack(root);
    expect(StackName).toMatch(/^amplify-shop-qa-\d{6}$/);
    expect(StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await scene.stacks.stack(auth ?? '')).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
    expect(Object.values(await scene.stacks.resources(root))).toEqual(
      expect.arrayContaining(['DELETE_COMPLETE']),
    );
    expect(new Set(Object.values(await scene.stacks.resources(root)))).toEqual(new Set(['DELETE_COMPLETE']));
  });

  it('has a plausible reason by default', async () => {
    await order('CloneBackend', 'job-fails');
    const { JobId } = await scene.bed.finish('CloneBackend', clone);
    expect(await jobOf(JobId)).toMatchObject({ Error: 'Resource is not in the state stackUpdateComplete' });
    const [[, , reason] = []] = await failures(await rootOf('qa'));
    expect(reason).toMatch(/Maximum number of user pools.*HandlerErrorCode: ServiceLimitExceeded\)$/);
  });

  it('leaves no stack if the reason is empty', async () => {
    await order('CloneBackend', 'job-fails', { error: '', stackReason: '' });
    await scene.bed.finish('CloneBackend', clone);
    expect(await scene.stacks.rootOf('qa')).toBeUndefined();
  });

  it('leaves a stack that is deleted with its environment; a later push creates a new one', async () => {
    await order('CloneBackend', 'job-fails');
    await scene.bed.finish('CloneBackend', clone);
    const failed = await rootOf('qa');
    const ResourceConfig = await configOf(scene.bed, 'GetBackendAuth', { ...dev, ResourceName: 'shopauth' });
    await scene.bed.finish('CreateBackendAuth', { ...qa, ResourceName: 'people', ResourceConfig });
    expect(await rootOf('qa')).not.toBe(failed);
    expect(await metaOf(scene.bed, 'qa')).toMatchObject({
      providers: { awscloudformation: { StackId: await rootOf('qa') } },
    });
    await scene.bed.finish('DeleteBackend', qa);
    for (const root of [failed, await rootOf('qa')])
      expect(await scene.stacks.stack(root)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
  });

  it('that hangs leaves its stack in progress after the first events', async () => {
    await order('CloneBackend', 'job-stuck');
    await scene.bed.finish('CloneBackend', clone);
    const root = await rootOf('qa');
    expect(await scene.stacks.stack(root)).toMatchObject({ StackStatus: 'CREATE_IN_PROGRESS' });
    const before = await scene.stacks.history(root);
    expect(before.at(-1)).toBe('authshopauth CREATE_IN_PROGRESS');
    const auth = await scene.stacks.nested(root, 'authshopauth');
    expect(await scene.stacks.history(auth)).toEqual(['. CREATE_IN_PROGRESS', 'UserPool CREATE_IN_PROGRESS']);
    scene.bed.advance(10 * 60_000);
    expect(await scene.stacks.history(root)).toEqual(before);
    expect(await scene.stacks.stack(root)).toMatchObject({ StackStatus: 'CREATE_IN_PROGRESS' });
  });

  it('that leaves an empty environment leaves a complete stack without nested stacks', async () => {
    await order('CloneBackend', 'clone-leaves-empty-environment');
    await scene.bed.finish('CloneBackend', clone);
    const root = await rootOf('qa');
    expect(await scene.stacks.stack(root)).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
    expect(Object.keys(await scene.stacks.resources(root))).toEqual([
      'DeploymentBucket',
      'AuthRole',
      'UnauthRole',
    ]);
  });
});

describe('a change that fails', () => {
  it('of an existing resource is rolled back', async () => {
    await order('UpdateBackendAuth', 'job-fails', { stackReason: 'Too strict' });
    const ResourceConfig = {
      AuthResources: 'IDENTITY_POOL_AND_USER_POOL',
      Service: 'COGNITO',
      UserPoolConfigs: {},
    };
    await scene.bed.finish('UpdateBackendAuth', { ...dev, ResourceName: 'shopauth', ResourceConfig });
    const nested = await scene.stacks.nested(devStack, 'authshopauth');
    const failed = 'The following resource(s) failed to update: [UserPool]. ';
    expect(await failures((await scene.stacks.stack(devStack)).StackId ?? '')).toEqual([
      ['UserPool', 'UPDATE_FAILED', 'Too strict'],
      [
        'authshopauth',
        'UPDATE_FAILED',
        `Embedded stack ${nested} was not successfully updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS with reason: ${failed}`,
      ],
    ]);
    expect(await scene.stacks.stack(devStack)).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(await scene.stacks.stack(nested)).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(await scene.stacks.resources(nested)).toMatchObject({ UserPool: 'UPDATE_COMPLETE' });
    const history = (await scene.stacks.history(devStack)).filter(line => line.startsWith('. ')).slice(-4);
    expect(history).toEqual([
      '. UPDATE_IN_PROGRESS',
      '. UPDATE_ROLLBACK_IN_PROGRESS',
      '. UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      '. UPDATE_ROLLBACK_COMPLETE',
    ]);
  });

  it('that creates a resource leaves nothing of it', async () => {
    await scene.bed.finish('CreateBackend', { ...qa, AppName: 'shop' });
    await order('CreateBackendStorage', 'job-fails');
    const ResourceConfig = { ServiceName: 'S3', Permissions: { Authenticated: ['READ'] } };
    await scene.bed.finish('CreateBackendStorage', { ...qa, ResourceName: 'files', ResourceConfig });
    const root = await rootOf('qa');
    const [first] = await failures(root);
    expect(first).toEqual(['S3Bucket', 'CREATE_FAILED', expect.stringContaining('TooManyBuckets')]);
    expect(await scene.stacks.stack(root)).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' });
    expect(await scene.stacks.resources(root)).toMatchObject({ storagefiles: 'DELETE_COMPLETE' });
  });

  it.each([
    ['of a resource’s removal', 'DeleteBackendStorage', 'storageshopmedia', 'BucketNotEmpty'],
    ['of the root alone', 'ImportBackendAuth', 'AuthRole', 'Resource limit exceeded'],
    ['of a bare stack', 'CreateBackend', 'DeploymentBucket', 'TooManyBuckets'],
  ] as const)('%s is told like any other', async (_, operation, logicalId, reason) => {
    const bare = operation !== 'DeleteBackendStorage';
    if (operation === 'ImportBackendAuth')
      await scene.bed.finish('CreateBackend', { ...qa, AppName: 'shop' });
    await order(operation, 'job-fails');
    await scene.bed.finish(operation, {
      ...(bare ? { ...qa, AppName: 'shop' } : { ...dev, ResourceName: 'shopmedia', ServiceName: 'S3' }),
      ...{ UserPoolId: 'us-east-1_p', WebClientId: 'w', NativeClientId: 'n' },
    });
    const root = await rootOf(bare ? 'qa' : 'dev');
    const [first] = await failures(root);
    expect(first?.[2]).toContain(reason);
    expect(Object.keys(await scene.stacks.resources(root))).toContain(logicalId);
    expect((await scene.stacks.stack(root)).StackStatus).toMatch(/ROLLBACK_COMPLETE$/);
  });

  it('leaves no events if the reason is empty', async () => {
    const before = await scene.stacks.history(devStack);
    await order('UpdateBackendAPI', 'job-fails', { stackReason: '' });
    await scene.bed.finish('UpdateBackendAPI', { ...dev, ResourceName: 'shopapi' });
    expect(await scene.stacks.history(devStack)).toEqual(before);
  });
});

const words =
  /^The bucket you tried to delete is not empty \(Service: Amazon S3; Status Code: 409; Error Code: BucketNotEmpty; Request ID: \w+; Proxy: null\)$/;

/** The stack's reason if the deletion of dev's bucket fails. */
async function expectStuckOverBucket(root: string): Promise<void> {
  const failed = 'The following resource(s) failed to delete: [S3Bucket]. ';
  expect(await failures(root)).toEqual([
    ['S3Bucket', 'DELETE_FAILED', expect.stringMatching(words)],
    [expect.stringContaining('-storageshopmedia-'), 'DELETE_FAILED', failed],
    [
      'storageshopmedia',
      'DELETE_FAILED',
      `Embedded stack ${await scene.stacks.nested(root, 'storageshopmedia')} was not successfully deleted: ${failed}`,
    ],
    [devStack, 'DELETE_FAILED', 'The following resource(s) failed to delete: [storageshopmedia]. '],
  ]);
  expect(await scene.stacks.stack(devStack)).toMatchObject({
    StackStatus: 'DELETE_FAILED',
    StackStatusReason: 'The following resource(s) failed to delete: [storageshopmedia]. ',
  });
}

describe('a deletion', () => {
  const own = ['amplify-shop-dev-101530-deployment', 'shopmedia101530-dev'];
  const owned = async () => (await bucketNames(scene.bed)).filter(name => own.includes(name));
  const environments = async () =>
    (await scene.bed.call('GetBackend', { AppId: dev.AppId })).BackendEnvironmentList;

  it('that fails keeps the environment, and its stack fails until it is deleted again', async () => {
    const root = await rootOf('dev');
    const before = await metaOf(scene.bed, 'dev');
    await order('DeleteBackend', 'stack-delete-fails');
    const { JobId } = await scene.bed.finish('DeleteBackend', dev);
    const job = await jobOf(JobId, dev);
    expect(job.Status).toBe('FAILED');
    expect(job).not.toHaveProperty('Error');
    expect(await metaOf(scene.bed, 'dev')).toEqual(before);
    expect(await owned()).toEqual(own);
    await expectStuckOverBucket(root);

    const refused = await scene.bed.finish('UpdateBackendAPI', { ...dev, ResourceName: 'shopapi' });
    expect(await jobOf(refused.JobId, dev)).toMatchObject({
      Status: 'FAILED',
      Error: `Stack:${root} is in DELETE_FAILED state and can not be updated.`,
    });
    await scene.bed.finish('DeleteBackend', dev);
    expect(await environments()).toEqual(['prod', 'partner']);
    expect(await scene.stacks.stack(root)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
    expect(await owned()).toEqual([]);
  });

  it('can complete and leave a failed stack with its buckets', async () => {
    const root = await rootOf('dev');
    await order('DeleteBackend', 'delete-leaves-stack');
    const { JobId } = await scene.bed.finish('DeleteBackend', dev);
    expect(await jobOf(JobId, dev)).toMatchObject({ Status: 'COMPLETED' });
    expect(await environments()).toEqual(['prod', 'partner']);
    expect(await owned()).toEqual(own);
    await expectStuckOverBucket(root);
    // A new environment of the same name gets a stack of its own.
    await scene.bed.finish('CreateBackend', { ...dev, AppName: 'shop' });
    await scene.bed.finish('DeleteBackend', dev);
    expect(await scene.stacks.stack(root)).toMatchObject({ StackStatus: 'DELETE_FAILED' });
  });

  it('can complete and leave a bucket that its stack skipped', async () => {
    const root = await rootOf('dev');
    const storage = await scene.stacks.nested(root, 'storageshopmedia');
    await order('DeleteBackend', 'delete-leaves-bucket');
    await scene.bed.finish('DeleteBackend', dev);
    expect(await environments()).toEqual(['prod', 'partner']);
    expect(await owned()).toEqual(['shopmedia101530-dev']);
    expect(await scene.stacks.resources(storage)).toMatchObject({ S3Bucket: 'DELETE_SKIPPED' });
    expect(await scene.stacks.stack(root)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
    expect(await failures(root)).toEqual([]);
  });

  it('of an environment without a bucket fails because of another resource', async () => {
    await scene.bed.finish('CreateBackend', { ...qa, AppName: 'shop' });
    await order('DeleteBackend', 'stack-delete-fails', { error: 'no', stackReason: 'Kept by a policy' });
    const { JobId } = await scene.bed.finish('DeleteBackend', qa);
    expect(await jobOf(JobId)).toMatchObject({ Status: 'FAILED', Error: 'no' });
    const root = await scene.stacks.stack(await rootOf('qa'));
    expect(await failures(root.StackId ?? '')).toEqual([
      ['DeploymentBucket', 'DELETE_FAILED', 'Kept by a policy'],
      [root.StackName, 'DELETE_FAILED', 'The following resource(s) failed to delete: [DeploymentBucket]. '],
    ]);
  });

  it.each([
    ['stack-delete-fails', ['dev', 'prod', 'partner'], 'DELETE_FAILED'],
    ['delete-leaves-stack', [], 'DELETE_FAILED'],
    ['delete-leaves-bucket', [], 'DELETE_COMPLETE'],
  ])('of all backends applies %s to each of them', async (kind, left, status) => {
    await order('RemoveAllBackends', kind);
    await scene.bed.finish('RemoveAllBackends', { AppId: dev.AppId });
    expect(await environments()).toEqual(left);
    for (const name of ['dev', 'prod', 'partner'])
      expect(await scene.stacks.rootOf(name)).toMatchObject({ StackStatus: status });
  });

  it('that hangs keeps the environment, with its stack in progress', async () => {
    await order('DeleteBackend', 'job-stuck');
    await scene.bed.finish('DeleteBackend', dev);
    scene.bed.advance(jobMs);
    expect(await scene.stacks.stack(devStack)).toMatchObject({ StackStatus: 'DELETE_IN_PROGRESS' });
    expect(await environments()).toEqual(['dev', 'prod', 'partner']);
  });
});
