/**
 * Completions of the resource templates' variables, over real stdio: from known names, from AWS where that
 * helps, else empty.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { type CompleteRequest, generations, today } from '../support/clients.ts';
import { startTestSandbox } from '../support/sandbox.ts';
import { setScene } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

const app = 'amplify-backend://apps/{appId}';
const environment = `${app}/environments/{backendEnvironmentName}`;
const job = `${environment}/jobs/{jobId}`;
const nothing = { values: [], total: 0, hasMore: false };

/** Fills a variable of the longest template. */
const fill = (name: string, value = '', given?: Record<string, string>, uri = job): CompleteRequest => ({
  ref: { type: 'ref/resource', uri },
  argument: { name, value },
  ...(given && { context: { arguments: given } }),
});

const apps = ['--apps', `${appId},d2other,d1nowhere`];

// A process of its own for each: what it remembers for some seconds would show from one test to the next.
describe.each(generations)('completions: $name', ({ connect, connectHere }) => {
  describe('in one process', () => {
    const scene = setScene(connect, apps);

    it.each([app, environment, job])('completes app ids, for %s', async uri => {
      expect(await scene.client.complete(fill('appId', '', undefined, uri))).toEqual({
        ...{ values: [appId, 'd2other', 'd1nowhere'], total: 3, hasMore: false },
      });
      expect((await scene.client.complete(fill('appId', 'd2', undefined, uri))).values).toEqual(['d2other']);
      expect((await scene.sandbox.requests()).length).toBeLessThanOrEqual(1);
    });

    it('is empty for a name above the length limit, without a request to AWS', async () => {
      const long = 'd'.repeat(256);
      for (const request of [
        fill('appId', long),
        fill('backendEnvironmentName', '', { appId: long }),
        fill('jobId', '', { appId, backendEnvironmentName: long }),
      ])
        expect(await scene.client.complete(request)).toEqual(nothing);
      expect(await scene.sandbox.requests()).toEqual([]);
    });

    it('completes environments at each key, with one request to AWS', async () => {
      const typed = ['', 'd', 'de', 'dev', 'devx', ''].map(value =>
        scene.client.complete(fill('backendEnvironmentName', value, { appId })),
      );
      expect((await Promise.all(typed)).map(({ values }) => values)).toEqual([
        ...[['dev', 'prod', 'partner'], ['dev'], ['dev'], ['dev'], [], ['dev', 'prod', 'partner']],
      ]);
      expect(await scene.sandbox.verdicts('GetBackend')).toEqual(['ok']);
    });

    it('completes job ids, the newest first, and says that there are more', async () => {
      const { values, ...rest } = await scene.client.complete(
        fill('jobId', '', on('dev') as Record<string, string>),
      );
      const { structuredContent } = await scene.client.callTool(
        'list_backend_jobs',
        on('dev', { all: true }),
      );
      const listed = structuredContent.jobs as { jobId: string; createTime: string }[];
      const newest = [...listed].sort((a, b) => b.createTime.localeCompare(a.createTime));
      expect(values.length).toBeGreaterThan(10);
      expect(values).toEqual(newest.map(({ jobId }) => jobId).slice(0, values.length));
      expect(rest).toEqual({ hasMore: true });
    });

    it.each<[string, Json | undefined]>([
      ['backendEnvironmentName', undefined],
      ['backendEnvironmentName', {}],
      ['backendEnvironmentName', { appId: '' }],
      ['backendEnvironmentName', { appId: '..' }],
      ['backendEnvironmentName', { appId: 'd1/../x' }],
      ['backendEnvironmentName', { appId: 'd9notallowed' }],
      ['jobId', undefined],
      ['jobId', { appId }],
      ['jobId', { appId, backendEnvironmentName: '../prod' }],
      ['jobId', { appId: '%2e%2e', backendEnvironmentName: 'dev' }],
      ['jobId', { appId: 'd9notallowed', backendEnvironmentName: 'dev' }],
      ['nothing', { appId, backendEnvironmentName: 'dev' }],
    ])('is empty for %s with %j, and nothing reaches AWS', async (name, given) => {
      const request = fill(name, '', given as Record<string, string> | undefined);
      expect(await scene.client.complete(request)).toEqual(nothing);
      expect(await scene.sandbox.requests()).toEqual([]);
    });

    it('is empty for names that AWS does not know', async () => {
      const given = { appId: 'd1nowhere' };
      expect(await scene.client.complete(fill('backendEnvironmentName', '', given))).toEqual(nothing);
      expect(await scene.sandbox.verdicts('GetBackend')).toEqual(['NotFoundException']);
    });

    it.each<CompleteRequest['ref']>([
      { type: 'ref/resource', uri: 'amplify-backend://teams/{teamId}' },
      { type: 'ref/resource', uri: `amplify-backend://apps/${appId}` },
      { type: 'ref/prompt', name: 'no such prompt' },
    ])('refuses %j', async ref => {
      const request = { ref, argument: { name: 'appId', value: '' } };
      await expect(scene.client.complete(request)).rejects.toMatchObject({ code: -32602 });
    });
  });

  describe('in another process', () => {
    const scene = setScene(connectHere, apps);

    it('has the known jobs first, and no environments while AWS is down', async () => {
      await scene.sandbox.order('GetBackend', 'bad-request');
      await scene.sandbox.order('ListBackendJobs', 'bad-request');
      expect(await scene.client.complete(fill('backendEnvironmentName', '', { appId }))).toEqual(nothing);
      const { structuredContent } = await scene.client.callTool(
        'clone_backend',
        on('dev', { targetEnvironmentName: 'qa' }),
      );
      const { jobId } = structuredContent.job as { jobId: string };
      const given = { appId, backendEnvironmentName: 'qa' };
      expect((await scene.client.complete(fill('jobId', '', given))).values).toEqual([jobId]);
    });
  });
});

it("completes app ids from AWS's list", async () => {
  const sandbox = await startTestSandbox();
  const client = await today.connect(sandbox.env);
  expect(await client.complete(fill('appId', 'd1'))).toMatchObject({ values: [appId] });
  expect(await sandbox.verdicts('amplify:ListApps')).toEqual(['ok']);
  await client.close();
  await sandbox.close();
});
