/** How far a migration to Gen 2 has come, as the sandbox shows it to any AWS client. */

import { AmplifyClient, GetAppCommand, ListBranchesCommand } from '@aws-sdk/client-amplify';
import {
  AmplifyBackendClient,
  DeleteBackendCommand,
  ListS3BucketsCommand,
} from '@aws-sdk/client-amplifybackend';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetStackPolicyCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  sandboxAppId as appId,
  migrationStates,
  sandboxCredentials,
  sandboxRegion,
} from '../../src/sandbox/index.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';

const root = 'amplify-shop-dev-101530';

let sandbox: TestSandbox;
let cloud: CloudFormationClient;
let amplify: AmplifyClient;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  const config = { endpoint: sandbox.url, region: sandboxRegion, credentials: sandboxCredentials };
  cloud = new CloudFormationClient(config);
  amplify = new AmplifyClient(config);
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  cloud.destroy();
  amplify.destroy();
  await sandbox.close();
});

const put = (state: string, more: object = {}) =>
  sandbox.migrate({ appId, environment: 'dev', state, ...more });

const resourcesOf = async (StackName: string) =>
  (await cloud.send(new ListStackResourcesCommand({ StackName }))).StackResourceSummaries ?? [];

const liveNames = async () =>
  ((await cloud.send(new ListStacksCommand({}))).StackSummaries ?? [])
    .filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE')
    .map(({ StackName = '' }) => StackName);

const templateOf = async (StackName: string) =>
  JSON.parse((await cloud.send(new GetTemplateCommand({ StackName }))).TemplateBody ?? '');

/** The physical ids of one type in the stacks whose names contain a part. */
async function idsOf(type: string, part: string): Promise<(string | undefined)[]> {
  const stacks = (await liveNames()).filter(name => name.includes(part));
  const all = await Promise.all(stacks.map(resourcesOf));
  return all.flat().flatMap(one => (one.ResourceType === type ? [one.PhysicalResourceId] : []));
}

async function signs() {
  const { app } = await amplify.send(new GetAppCommand({ appId }));
  const { branches = [] } = await amplify.send(new ListBranchesCommand({ appId }));
  const { StackPolicyBody } = await cloud.send(new GetStackPolicyCommand({ StackName: root }));
  return {
    variable: app?.environmentVariables?.GEN2_MIGRATION_ENVIRONMENT_NAME,
    gen2: branches.flatMap(({ branchName, backend }) => (backend?.stackArn ? [branchName] : [])),
    isLocked: StackPolicyBody !== undefined,
    holding: (await liveNames()).filter(name => name.endsWith('-holding')).length,
  };
}

describe('the states of a migration', () => {
  it.each([
    ['not-begun', { variable: undefined, gen2: [], isLocked: false, holding: 0 }],
    ['locked', { variable: 'dev', gen2: [], isLocked: true, holding: 0 }],
    ['generated', { variable: 'dev', gen2: [], isLocked: true, holding: 0 }],
    ['deployed-adopted', { variable: 'dev', gen2: ['gen2-main'], isLocked: true, holding: 0 }],
    ['deployed-new', { variable: 'dev', gen2: ['gen2-main'], isLocked: true, holding: 0 }],
    ['refactored', { variable: 'dev', gen2: ['gen2-main'], isLocked: true, holding: 2 }],
    ['retained', { variable: 'dev', gen2: ['gen2-main'], isLocked: true, holding: 0 }],
    ['half-failed', { variable: 'dev', gen2: ['gen2-main'], isLocked: true, holding: 2 }],
  ])('shows the signs of %s, and takes them back', async (state, expected) => {
    const before = (await liveNames()).length;
    await put(state);
    expect(await signs()).toEqual(expected);
    await put('not-begun');
    expect(await signs()).toEqual({ variable: undefined, gen2: [], isLocked: false, holding: 0 });
    expect((await liveNames()).length).toBe(before);
  });

  it('covers every state', () => expect(migrationStates).toHaveLength(8));

  it('has Gen 2 use the tables of Gen 1 by name, or tables of its own', async () => {
    const own = await idsOf('AWS::DynamoDB::Table', `${root}-api`);
    expect(own.length).toBeGreaterThan(2);
    await put('deployed-adopted');
    expect((await idsOf('Custom::ImportedAmplifyDynamoDBTable', 'branch')).sort()).toEqual(own.sort());
    await put('deployed-new');
    expect(await idsOf('Custom::ImportedAmplifyDynamoDBTable', 'branch')).toEqual([]);
    const fresh = await idsOf('Custom::AmplifyDynamoDBTable', 'branch');
    expect(fresh).toHaveLength(own.length);
    expect(fresh.filter(table => own.includes(table))).toEqual([]);
  });

  it('moves pools and buckets, never model tables', async () => {
    const types = ['AWS::Cognito::UserPool', 'AWS::Cognito::IdentityPool', 'AWS::S3::Bucket'];
    const before = await Promise.all(types.map(type => idsOf(type, `${root}-`)));
    expect(before.map(ids => ids.length)).toEqual([1, 1, 1]);
    const tables = await idsOf('AWS::DynamoDB::Table', `${root}-api`);
    await put('refactored');
    expect(await Promise.all(types.map(type => idsOf(type, `${root}-`)))).toEqual([[], [], []]);
    const now = await Promise.all(types.map(type => idsOf(type, 'branch')));
    for (const [at, ids] of now.entries()) expect(ids).toEqual(expect.arrayContaining(before[at] ?? []));
    expect(await idsOf('AWS::DynamoDB::Table', `${root}-api`)).toEqual(tables);
    // A table that is no model's moves as pools and buckets do.
    expect(await idsOf('AWS::DynamoDB::Table', `${root}-storage`)).toEqual([]);
    expect(await idsOf('AWS::DynamoDB::Table', 'branch')).toContain('shopcarts-dev');
    expect(await idsOf('AWS::Cognito::UserPool', '-holding')).toHaveLength(1);
  });

  it('moves auth alone where the refactoring stopped half-way', async () => {
    await put('half-failed');
    expect(await idsOf('AWS::Cognito::UserPool', `${root}-`)).toEqual([]);
    expect(await idsOf('AWS::S3::Bucket', `${root}-`)).toHaveLength(1);
    const { StackSummaries = [] } = await cloud.send(new ListStacksCommand({}));
    const review = StackSummaries.find(({ StackStatus }) => StackStatus === 'REVIEW_IN_PROGRESS');
    expect(review?.StackName).toMatch(/storage.*-holding$/);
    await expect(templateOf(review?.StackName ?? '')).rejects.toThrow('REVIEW_IN_PROGRESS');
  });

  it('retains every resource of Gen 1 at the end', async () => {
    const [api = ''] = (await liveNames()).filter(name => name.startsWith(`${root}-apishopapi`));
    const policies = async () =>
      Object.values<{ DeletionPolicy?: string }>((await templateOf(api)).Resources).map(
        ({ DeletionPolicy }) => DeletionPolicy,
      );
    expect(await policies()).toContain('Delete');
    await put('retained');
    expect(new Set(await policies())).toEqual(new Set(['Retain']));
  });

  it("has a counterpart for a table that is no model's", async () => {
    await put('deployed-adopted');
    const [own] = await idsOf('AWS::DynamoDB::Table', 'branch');
    expect(own).toMatch(/shopcarts$/);
    expect(await idsOf('AWS::DynamoDB::Table', `${root}-storage`)).toEqual(['shopcarts-dev']);
  });

  it('keeps what is retained when the Gen 1 stacks are deleted', async () => {
    const config = { endpoint: sandbox.url, region: sandboxRegion, credentials: sandboxCredentials };
    const backend = new AmplifyBackendClient(config);
    const buckets = async (NextToken?: string): Promise<(string | undefined)[]> => {
      const page = await backend.send(new ListS3BucketsCommand({ NextToken }));
      const names = (page.Buckets ?? []).map(({ Name }) => Name);
      return page.NextToken === undefined ? names : [...names, ...(await buckets(page.NextToken))];
    };
    const [moved = ''] = await idsOf('AWS::S3::Bucket', `${root}-`);
    await put('retained');
    const api = (await liveNames()).find(name => name.startsWith(`${root}-apishopapi`)) ?? '';
    const { Stacks: [stack] = [] } = await cloud.send(new DescribeStacksCommand({ StackName: api }));
    expect(await buckets()).toContain(moved);
    await backend.send(new DeleteBackendCommand({ AppId: appId, BackendEnvironmentName: 'dev' }));
    sandbox.finishJobs();
    expect((await liveNames()).filter(name => name.startsWith(root))).toEqual([]);
    const after = await resourcesOf(stack?.StackId ?? '');
    const tables = after.filter(({ ResourceType }) => ResourceType === 'AWS::DynamoDB::Table');
    expect(new Set(tables.map(({ ResourceStatus }) => ResourceStatus))).toEqual(new Set(['DELETE_SKIPPED']));
    // Gen 2 has the bucket by now.
    expect(await buckets()).toContain(moved);
    backend.destroy();
  });

  it('names the branch as asked, and its root stack in the branch', async () => {
    await put('deployed-adopted', { branch: 'next' });
    const { branches = [] } = await amplify.send(new ListBranchesCommand({ appId }));
    const stackArn = branches.find(({ branchName }) => branchName === 'next')?.backend?.stackArn ?? '';
    const { Stacks: [stack] = [] } = await cloud.send(new DescribeStacksCommand({ StackName: stackArn }));
    expect(stack?.StackName).toMatch(/^amplify-d1sandboxshop-next-branch-/);
    expect(JSON.parse(stack?.Description ?? '')).toMatchObject({ stackType: 'root' });
    expect(stack?.Outputs?.map(({ OutputKey }) => OutputKey)).toContain('userPoolId');
  });

  it.each([
    ['another state', { state: 'begun' }, 'state is not one of not-begun, locked'],
    ['another member', { stat: 'locked' }, 'Unknown member "stat"'],
    ['an unknown environment', { environment: 'qa', state: 'locked' }, 'does not exist'],
    ['no environment', { environment: undefined, state: 'locked' }, 'appId and environment are required'],
  ])('refuses %s', async (_, body, words) => {
    await expect(sandbox.migrate({ appId, environment: 'dev', ...body })).rejects.toThrow(words);
  });
});
