/**
 * Jobs as resources: the template, live reads, and what becomes of URIs that name no job or that try to
 * reach another path at AWS.
 */
import { describe, expect, it } from 'vitest';
import { generations } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

const base = 'amplify-backend://apps';
const oldJob = '00000000-0000-4000-8001-000000000001';

describe.each(generations)('job resources: $name', ({ protocol, connect }) => {
  const scene = setScene(connect);

  async function readJob(uri: string): Promise<Record<string, unknown>> {
    const [content] = (await scene.client.readResource(uri)).contents;
    expect(content).toMatchObject({ uri, mimeType: 'application/json' });
    return JSON.parse(content?.text ?? '') as Record<string, unknown>;
  }

  /** Starts a clone, whose job is filed under its target. */
  async function startClone() {
    const { structuredContent } = await scene.client.callTool(
      'clone_backend',
      on('dev', { targetEnvironmentName: 'qa' }),
    );
    return structuredContent.job as { uri: string; jobId: string };
  }

  it('offers the template of a job', async () => {
    expect(await scene.client.listResourceTemplates()).toEqual([
      expect.objectContaining({
        uriTemplate: `${base}/{appId}/environments/{backendEnvironmentName}/jobs/{jobId}`,
        mimeType: 'application/json',
      }),
    ]);
  });

  it('asks AWS once for looks in a row, and again for one that comes later', async () => {
    const { uri, jobId } = await startClone();
    for (let look = 0; look < 5; look++)
      expect(await readJob(uri)).toMatchObject({ jobId, state: 'running', uri });
    expect(await scene.sandbox.verdicts('GetBackendJob')).toEqual(['ok']);
    scene.sandbox.finishJobs();
    await scene.client.callTool('wait_for_job', on('qa', { jobId }));
    expect(await readJob(uri)).toMatchObject({ jobId, state: 'succeeded', uri });
  });

  it('finds a job that AWS filed under another environment than the URI names', async () => {
    const { uri, jobId } = await startClone();
    const asked = uri.replace('/environments/qa/', '/environments/dev/');
    expect(await readJob(asked)).toMatchObject({ jobId, backendEnvironmentName: 'qa', uri });
  });

  it('has the answer of a running job kept briefly and that of an ended one long', async () => {
    const { uri } = await startClone();
    const ended = `${base}/${appId}/environments/dev/jobs/${oldJob}`;
    const [running, past] = [await scene.client.readResource(uri), await scene.client.readResource(ended)];
    if (protocol === '2026-07-28') {
      expect([running.cacheScope, past.cacheScope]).toEqual(['private', 'private']);
      expect(running.ttlMs).toBeLessThanOrEqual(5_000);
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
    `${base}/${appId}/environments/dev`,
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
  ])('refuses %s, and nothing reaches AWS', async uri => {
    await expect(scene.client.readResource(uri)).rejects.toMatchObject({ code: -32602 });
    expect(await scene.sandbox.requests()).toEqual([]);
  });
});
