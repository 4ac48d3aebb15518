/** The sandbox's Amplify, spoken to by the SDK's own client: its apps, its pages, and whom it refuses. */
import { AmplifyClient, GetAppCommand, ListAppsCommand, paginateListApps } from '@aws-sdk/client-amplify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';
import { appId, startTestBed, type TestBed } from './support.ts';

let bed: TestBed;
beforeEach(async () => {
  bed = await startTestBed();
});
afterEach(() => bed.close());

const amplify = (credentials: { accessKeyId: string; secretAccessKey: string } = sandboxCredentials) =>
  new AmplifyClient({ endpoint: bed.url, region: sandboxRegion, credentials, maxAttempts: 1 });

const create = (app: string, name: string) =>
  bed.call('CreateBackend', { AppId: app, AppName: name, BackendEnvironmentName: 'dev' });

it('lists the seeded app, and those whose backends were created since', async () => {
  await create('d2other', 'other');
  const { apps = [], nextToken } = await amplify().send(new ListAppsCommand({}));
  expect(apps.map(app => [app.appId, app.name])).toEqual([
    [appId, 'shop'],
    ['d2other', 'other'],
  ]);
  expect(apps[0]?.createTime?.getTime()).toBeLessThan(Date.now());
  expect(nextToken).toBeUndefined();
});

it('pages, and refuses a size that is none', async () => {
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

it('tells one app, and knows no other', async () => {
  expect(await amplify().send(new GetAppCommand({ appId }))).toMatchObject({ app: { appId, name: 'shop' } });
  await expect(amplify().send(new GetAppCommand({ appId: 'd1none' }))).rejects.toMatchObject({
    name: 'NotFoundException',
  });
});

it('refuses who is not the one that it knows, and logs every request', async () => {
  const stranger = { ...sandboxCredentials, secretAccessKey: 'wrong' };
  await expect(amplify(stranger).send(new ListAppsCommand({}))).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
  await amplify().send(new ListAppsCommand({}));
  expect((await bed.log()).map(({ operation, status }) => [operation, status])).toEqual([
    ['amplify:ListApps', 403],
    ['amplify:ListApps', 200],
  ]);
});
