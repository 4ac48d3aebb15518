/**
 * The sandbox's Amplify service through the SDK's own client: apps, environments, branches, pages and refusals.
 */
import {
  AmplifyClient,
  GetAppCommand,
  GetBackendEnvironmentCommand,
  GetBranchCommand,
  ListAppsCommand,
  ListBackendEnvironmentsCommand,
  ListBranchesCommand,
  paginateListApps,
  paginateListBranches,
} from '@aws-sdk/client-amplify';
import { expect, it } from 'vitest';
import { sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';
import { appId, dev, jobMs, setTestBed } from './support.ts';

const bed = setTestBed();

const amplify = (credentials: { accessKeyId: string; secretAccessKey: string } = sandboxCredentials) =>
  new AmplifyClient({ endpoint: bed.url, region: sandboxRegion, credentials, maxAttempts: 1 });

const create = (app: string, name: string) =>
  bed.call('CreateBackend', { AppId: app, AppName: name, BackendEnvironmentName: 'dev' });

it('lists the seeded app and apps that were created later', async () => {
  await create('d2other', 'other');
  const { apps = [], nextToken } = await amplify().send(new ListAppsCommand({}));
  expect(apps.map(app => [app.appId, app.name])).toEqual([
    [appId, 'shop'],
    ['d2other', 'other'],
  ]);
  expect(apps[0]?.createTime?.getTime()).toBeLessThan(Date.now());
  expect(nextToken).toBeUndefined();
});

it('pages the apps, and refuses an invalid page size', async () => {
  for (let index = 0; index < 12; index++) await create(`d9app${index}`, `app ${index}`);
  const ids: (string | undefined)[] = [];
  for await (const { apps = [] } of paginateListApps({ client: amplify(), pageSize: 5 }, {}))
    ids.push(...apps.map(app => app.appId));
  expect(new Set(ids).size).toBe(13);
  expect((await amplify().send(new ListAppsCommand({}))).apps).toHaveLength(10);
  await expect(amplify().send(new ListAppsCommand({ maxResults: 101 }))).rejects.toMatchObject({
    name: 'BadRequestException',
  });
});

it('answers one app, and 404 for an unknown one', async () => {
  expect(await amplify().send(new GetAppCommand({ appId }))).toMatchObject({ app: { appId, name: 'shop' } });
  await expect(amplify().send(new GetAppCommand({ appId: 'd1none' }))).rejects.toMatchObject({
    name: 'NotFoundException',
  });
});

it('refuses a wrong key, and logs every request', async () => {
  const wrongKeys = { ...sandboxCredentials, secretAccessKey: 'wrong' };
  await expect(amplify(wrongKeys).send(new ListAppsCommand({}))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
  await amplify().send(new ListAppsCommand({}));
  expect((await bed.log()).map(({ operation, status }) => [operation, status])).toEqual([
    ['amplify:ListApps', 403],
    ['amplify:ListApps', 200],
  ]);
});

const environmentArn = (name: string) =>
  `arn:aws:amplify:us-east-1:123456789012:apps/${appId}/backendenvironments/${name}`;

it('answers environments, with a stack if they are deployed', async () => {
  await bed.call('CreateBackend', { AppId: appId, AppName: 'shop', BackendEnvironmentName: 'qa' });
  const ask = new ListBackendEnvironmentsCommand({ appId });
  const { backendEnvironments: before = [] } = await amplify().send(ask);
  expect(before.map(({ environmentName, stackName }) => [environmentName, stackName])).toEqual([
    ['dev', 'amplify-shop-dev-101530'],
    ['prod', 'amplify-shop-prod-101601'],
    ['partner', 'amplify-shop-partner-101745'],
    ['qa', undefined],
  ]);
  expect(before[0]).toMatchObject({
    backendEnvironmentArn: environmentArn('dev'),
    deploymentArtifacts: 'amplify-shop-dev-101530-deployment',
    createTime: expect.any(Date),
  });
  expect(before.at(-1)?.updateTime).toEqual(before.at(-1)?.createTime);
  bed.advance(jobMs);
  const get = new GetBackendEnvironmentCommand({ appId, environmentName: 'qa' });
  const { backendEnvironment: qa } = await amplify().send(get);
  expect(qa?.stackName).toMatch(/^amplify-shop-qa-\d{6}$/);
  expect(qa?.updateTime?.getTime()).toBe((qa?.createTime?.getTime() ?? 0) + jobMs);
  const { backendEnvironments: one } = await amplify().send(
    new ListBackendEnvironmentsCommand({ appId, environmentName: 'prod' }),
  );
  expect(one).toMatchObject([{ environmentName: 'prod' }]);
});

it('pages environments', async () => {
  for (let index = 0; index < 11; index++)
    await bed.call('CloneBackend', { ...dev, TargetEnvironmentName: `copy${index}` });
  const names: (string | undefined)[] = [];
  let nextToken: string | undefined;
  do {
    const ask = new ListBackendEnvironmentsCommand({ appId, maxResults: 6, nextToken });
    const answer = await amplify().send(ask);
    names.push(...(answer.backendEnvironments ?? []).map(({ environmentName }) => environmentName));
    nextToken = answer.nextToken;
  } while (nextToken);
  expect(new Set(names).size).toBe(14);
  const tooMany = amplify().send(new ListBackendEnvironmentsCommand({ appId, maxResults: 51 }));
  await expect(tooMany).rejects.toMatchObject({ name: 'BadRequestException' });
});

it('answers branches with their environments, until these are deleted', async () => {
  const branches = async () => {
    const found: (string | undefined)[][] = [];
    for await (const page of paginateListBranches({ client: amplify(), pageSize: 1 }, { appId }))
      for (const branch of page.branches ?? []) found.push([branch.branchName, branch.backendEnvironmentArn]);
    return found;
  };
  const main = ['main', environmentArn('prod')];
  expect(await branches()).toEqual([main, ['develop', environmentArn('dev')]]);
  await bed.finish('DeleteBackend', dev);
  await bed.finish('CreateBackend', { ...dev, AppName: 'shop' });
  expect(await branches()).toEqual([main, ['develop', undefined]]);
  const { branch } = await amplify().send(new GetBranchCommand({ appId, branchName: 'main' }));
  expect(branch).toMatchObject({ stage: 'PRODUCTION', totalNumberOfJobs: '1' });
  await create('d2other', 'other');
  expect((await amplify().send(new ListBranchesCommand({ appId: 'd2other' }))).branches).toEqual([]);
});

it.each([
  [
    'an environment',
    () => new GetBackendEnvironmentCommand({ appId, environmentName: 'qa' }),
    /environment qa/,
  ],
  ['a branch', () => new GetBranchCommand({ appId, branchName: 'qa' }), /Branch qa/],
  ['an app’s environments', () => new ListBackendEnvironmentsCommand({ appId: 'd1none' }), /App d1none/],
  ['an app’s branches', () => new ListBranchesCommand({ appId: 'd1none' }), /App d1none/],
])('answers 404 for an unknown name: %s', async (_, ask, message) => {
  const command = ask() as GetBranchCommand;
  await expect(amplify().send(command)).rejects.toMatchObject({
    name: 'NotFoundException',
    message: expect.stringMatching(message),
  });
});

it('answers 404 for an unknown path', async () => {
  for (const path of [`/apps/${appId}/jobs`, `/apps/${appId}/branches/main/jobs`]) {
    expect((await fetch(`${bed.url}${path}`)).status).toBe(404);
  }
  expect((await fetch(`${bed.url}/apps/${appId}/branches`, { method: 'POST' })).status).toBe(405);
});
