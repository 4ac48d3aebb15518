/**
 * The resources: their templates and list, what apps, environments and jobs read as, and URIs that name
 * nothing or try to reach another path at AWS.
 */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, today } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { seededEnvironments } from '../support/seed.ts';
import { appId, on } from './cases/case.ts';

const base = 'amplify-backend://apps';
const oldJob = '00000000-0000-4000-8001-000000000001';

describe.each(generations)('resources: $name', ({ protocol, connect }) => {
  const scene = setScene(connect, [], { jobMs: 10_000 });

  async function read(uri: string): Promise<Json> {
    const [content] = (await scene.client.readResource(uri)).contents;
    expect(content).toMatchObject({ uri, mimeType: 'application/json' });
    return JSON.parse(content?.text ?? '') as Json;
  }

  /** Starts a clone, whose job is filed under its target. */
  async function startClone() {
    const { structuredContent } = await scene.client.callTool(
      'clone_backend',
      on('dev', { targetEnvironmentName: 'qa' }),
    );
    return structuredContent.job as { uri: string; jobId: string };
  }

  it('offers the templates of jobs, environments, apps and snapshots', async () => {
    const templates = await scene.client.listResourceTemplates();
    expect(templates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      `${base}/{appId}/environments/{backendEnvironmentName}/jobs/{jobId}`,
      `${base}/{appId}/environments/{backendEnvironmentName}`,
      `${base}/{appId}`,
      `${base}/{appId}/environments/{backendEnvironmentName}/snapshot`,
    ]);
    for (const template of templates) expect(template).toMatchObject({ mimeType: 'application/json' });
  });

  it('lists the known jobs, newest first, with their state and its time', async () => {
    const clone = await startClone();
    const { jobId } = clone;
    const { resources, ttlMs, cacheScope } = await scene.client.listResources();
    const listed = resources.find(({ uri }) => uri === clone.uri);
    expect(listed).toMatchObject({
      ...{ name: `CloneBackend ${jobId}`, title: 'CloneBackend on qa', mimeType: 'application/json' },
      description: expect.stringMatching(/is running \(AWS says ".+"\)\. As of 2\d{3}-.+Z\./),
      annotations: { lastModified: expect.stringMatching(/^2\d{3}-.+Z$/) },
    });
    if (protocol === '2026-07-28') expect([ttlMs, cacheScope]).toEqual([2_000, 'private']);
    scene.sandbox.finishJobs();
    await scene.client.callTool('get_backend_job', on('qa', { jobId }));
    const later = (await scene.client.listResources()).resources;
    expect(later[0]).toMatchObject({
      uri: clone.uri,
      description: expect.stringContaining('is succeeded'),
    });
  });

  it('asks AWS once for reads in a row, and again for a later one', async () => {
    const { uri, jobId } = await startClone();
    for (let look = 0; look < 5; look++)
      expect(await read(uri)).toMatchObject({ jobId, state: 'running', uri });
    expect(await scene.sandbox.verdicts('GetBackendJob')).toEqual(['ok']);
    scene.sandbox.finishJobs();
    await scene.client.callTool('wait_for_job', on('qa', { jobId }));
    expect(await read(uri)).toMatchObject({ jobId, state: 'succeeded', uri });
  });

  it('shows a job with its progress and the next step', async () => {
    const { uri, jobId } = await startClone();
    const running = await read(uri);
    expect(running).toMatchObject({
      ...{ appId, backendEnvironmentName: 'qa', jobId, operation: 'CloneBackend', state: 'running', uri },
      ...{ elapsedMs: expect.any(Number), expectedMs: expect.any(Number), progress: expect.any(Number) },
      ...{ asOf: expect.stringMatching(/^2\d{3}-.+Z$/), ttlMs: expect.any(Number) },
      ...{ waitingFor: expect.stringContaining('AWS'), nextStep: expect.stringContaining('wait_for_job') },
    });
    scene.sandbox.finishJobs();
    await scene.client.callTool('get_backend_job', on('qa', { jobId }));
    const ended = await read(uri);
    expect(ended).toMatchObject({ progress: 100, nextStep: expect.stringContaining('Compare the target') });
    expect(ended).not.toHaveProperty('waitingFor');
  });

  it('shows an environment as get_backend does, with its jobs and without its secrets', async () => {
    const { uri: jobUri, jobId } = await startClone();
    const uri = `${base}/${appId}/environments/dev`;
    const { structuredContent } = await scene.client.callTool('get_backend', on('dev'));
    const { summary: _, notes, ...backend } = structuredContent;
    expect(notes).toEqual([expect.stringContaining('The API key is withheld: a person finds it in')]);
    expect(await read(uri)).toEqual({
      ...{ appId, backendEnvironmentName: 'dev', uri, ttlMs: expect.any(Number) },
      ...{ backend, notes },
      jobs: [],
    });
    expect(JSON.stringify(backend)).toContain('GraphQLAPIKeyOutput');
    expect(JSON.stringify(await read(uri))).not.toContain('da2-');
    expect((await read(`${base}/${appId}/environments/qa`)).jobs).toContainEqual({
      ...{ backendEnvironmentName: 'qa', jobId, operation: 'CloneBackend', uri: jobUri },
      ...{ status: expect.any(String), state: 'running' },
    });
    scene.sandbox.finishJobs();
    await scene.client.callTool('get_backend_job', on('qa', { jobId }));
    expect((await read(`${base}/${appId}/environments/qa`)).jobs).toContainEqual({
      ...{ backendEnvironmentName: 'qa', jobId, operation: 'CloneBackend', uri: jobUri },
      ...{ status: 'COMPLETED', state: 'succeeded' },
      ...{
        createdAt: expect.stringMatching(/^2\d{3}-.+Z$/),
        updatedAt: expect.stringMatching(/^2\d{3}-.+Z$/),
      },
    });
  });

  it('shows an app with its environments, each by its URI, and with its jobs', async () => {
    const { uri: jobUri } = await startClone();
    const uri = `${base}/${appId}`;
    const app = await read(uri);
    expect(app).toEqual({
      ...{ appId, uri, appName: 'shop', ttlMs: expect.any(Number) },
      environments: [...seededEnvironments, 'qa'].sort().map(name => ({
        name,
        uri: `${uri}/environments/${name}`,
      })),
      jobs: expect.arrayContaining([expect.objectContaining({ uri: jobUri })]),
    });
    for (const { uri: environment } of app.environments as { uri: string }[])
      expect(await read(environment)).toMatchObject({ uri: environment });
  });

  it.each([
    [`${base}/d1missing`, 'GetBackend'],
    [`${base}/d1missing/environments/dev`, 'GetBackend'],
    [`${base}/${appId}/environments/missing`, 'GetBackend'],
  ])('refuses %s, which AWS does not know', async (uri, operation) => {
    await expect(scene.client.readResource(uri)).rejects.toMatchObject({ code: -32602 });
    expect(await scene.sandbox.verdicts(operation)).toEqual(['NotFoundException']);
  });

  it('says what to do if AWS cannot be reached', async () => {
    await scene.sandbox.order('GetBackend', 'bad-request');
    await expect(scene.client.readResource(`${base}/${appId}`)).rejects.toMatchObject({
      code: -32603,
      message: expect.stringContaining('Next: '),
      data: { error: { code: 'bad_request' } },
    });
  });

  it('finds a job that AWS filed under another environment than the URI names', async () => {
    const { uri, jobId } = await startClone();
    const asked = uri.replace('/environments/qa/', '/environments/dev/');
    expect(await read(asked)).toMatchObject({ jobId, backendEnvironmentName: 'qa', uri });
  });

  it('declares a running job fresh for a short time and an ended one for long', async () => {
    const { uri } = await startClone();
    const ended = `${base}/${appId}/environments/dev/jobs/${oldJob}`;
    const [running, past] = [await scene.client.readResource(uri), await scene.client.readResource(ended)];
    if (protocol === '2026-07-28') {
      expect([running.cacheScope, past.cacheScope]).toEqual(['private', 'private']);
      expect(running.ttlMs).toBeLessThanOrEqual(15_000);
      expect(past.ttlMs).toBeGreaterThanOrEqual(60_000);
    } else {
      // These members are no part of the 2025 protocol, which carries what it does not know.
      expect(past.contents).toHaveLength(1);
    }
  });

  it('refuses a job that AWS does not know', async () => {
    const uri = `${base}/${appId}/environments/dev/jobs/unknown`;
    await expect(scene.client.readResource(uri)).rejects.toMatchObject({ code: -32602 });
    expect(await scene.sandbox.verdicts('GetBackendJob')).toContain('NotFoundException');
  });

  it.each([
    'file:///etc/passwd',
    'amplify-backend://nothing',
    base,
    `${base}/`,
    `${base}/..`,
    `${base}/%2e%2e`,
    `${base}/%252e%252e`,
    `${base}/%00`,
    `${base}/%zz`,
    `${base}/APP`,
    `${base}/${appId}/`,
    `${base}/${appId}%2F..`,
    `${base}/${appId}?x=1`,
    `${base}/${appId}#x`,
    `${base}/${appId},${appId}`,
    `${base}/${appId}/environments`,
    `${base}/${appId}/environments/`,
    `${base}/${appId}/environments/..`,
    `${base}/${appId}/environments/%2e%2e`,
    `${base}/${appId}/environments/%252e%252e`,
    `${base}/${appId}/environments/dev%2F..%2Fprod`,
    `${base}/${appId}/environments/%00`,
    `${base}/${appId}/environments/%zz`,
    `${base}/${appId}/environments/dev/`,
    `${base}/${appId}/environments/dev/jobs`,
    `${base}/${appId}/environments/dev?x=1`,
    `${base}/${appId}/environments/dev#x`,
    `${base}/../environments/dev`,
    `${base}/%2e%2e/environments/dev`,
    `x${base}/${appId}`,
    `${base}/${'d'.repeat(2_000_000)}`,
    `${base}/${appId}/environments/dev/jobs/`,
    `${base}/${appId}/environments/dev/jobs/a/b`,
    `${base}/${appId}/environments/dev/jobs/..`,
    `${base}/${appId}/environments/dev/jobs/%2e%2e`,
    `${base}/${appId}/environments/dev/jobs/%252e%252e`,
    `${base}/${appId}/environments/dev/jobs/..%2F..%2Fprod`,
    `${base}/${appId}/environments/dev/jobs/%00`,
    `${base}/${appId}/environments/dev/jobs/%zz`,
    `${base}/${appId}/environments/dev/jobs/${oldJob}?x=1`,
    `${base}/${appId}/environments/dev/jobs/${oldJob}#x`,
    `${base}/${appId}/environments/../jobs/${oldJob}`,
    `${base}/${appId}/environments/%2e%2e/jobs/${oldJob}`,
    `${base}/../environments/dev/jobs/${oldJob}`,
    `${base}/%2e%2e/environments/dev/jobs/${oldJob}`,
    `${base}/${appId}%2Fx/environments/dev/jobs/${oldJob}`,
  ])('refuses %.200s, and nothing reaches AWS', async uri => {
    await expect(scene.client.readResource(uri)).rejects.toMatchObject({ code: -32602 });
    expect(await scene.sandbox.requests()).toEqual([]);
  });
});

describe.each(generations)('resources under a policy: $name', ({ connectHere }) => {
  const scene = setScene(connectHere, ['--apps', 'd1other']);

  it.each([
    [`${base}/${appId}`, 'The setting apps refuses get_backend'],
    [`${base}/${appId}/environments/dev`, 'The setting apps refuses get_backend'],
    [`${base}/${appId}/environments/dev/jobs/${oldJob}`, 'not found'],
  ])('refuses %s, and nothing reaches AWS', async (uri, why) => {
    await expect(scene.client.readResource(uri)).rejects.toMatchObject({
      message: expect.stringContaining(why),
    });
    expect(await scene.sandbox.requests()).toEqual([]);
  });
});

describe('resources of two targets', () => {
  const targets = { first: { apps: ['d1other'] }, second: {} };
  const scene = setScene(today.connect, ['--targets', JSON.stringify(targets)]);

  it('are read from the one that has the app, although no URI names a target', async () => {
    const app = `${base}/${appId}`;
    for (const uri of [app, `${app}/environments/dev`, `${app}/environments/dev/jobs/${oldJob}`]) {
      const [content] = (await scene.client.readResource(uri)).contents;
      expect(JSON.parse(content?.text ?? '')).toMatchObject({ appId, uri });
    }
    await expect(scene.client.readResource(`${base}/d1other`)).rejects.toMatchObject({ code: -32602 });
  });

  it('let a caller wait on a named target only', async () => {
    const wait = (target: string) =>
      scene.client.callTool('wait_for_job', { ...on('dev', { jobId: oldJob }), target });
    expect((await wait('second')).structuredContent).toMatchObject({ job: { jobId: oldJob } });
    expect((await wait('first')).structuredContent).toMatchObject({ error: { code: 'not_found' } });
  });
});
