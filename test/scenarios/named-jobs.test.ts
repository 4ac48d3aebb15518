/** `explain_job` and `wait_for_job` take a job by its URI or its id, and find the app and the environment of an id. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, type ToolResult, textOf } from '../support/clients.ts';
import { setScene, shareClients } from '../support/scene.ts';
import { appId, on } from './cases/case.ts';

const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error as Json;
const tools = ['explain_job', 'wait_for_job'];

describe.each(generations)('$name', ({ connect, connectHere }) => {
  const scene = setScene(connect, ['--confirm', 'never'], { jobMs: 4_000 });
  const open = shareClients(connectHere);

  /** A failed job of the seed, as a listing shows it. */
  async function failedJob(): Promise<Json> {
    const listed = await scene.client.callTool('list_recent_jobs', { app: 'shop', failed: true });
    return (listed.structuredContent.jobs as Json[])[0] as Json;
  }

  it.each(tools)('%s answers the same for both', async tool => {
    const { uri, appId, backendEnvironmentName, jobId } = await failedJob();
    const byIds = await scene.client.callTool(tool, { appId, backendEnvironmentName, jobId });
    for (const job of [uri, ` ${uri} `, String(uri).replace('0', '%30')]) {
      const byUri = await scene.client.callTool(tool, { job });
      expect(byUri.structuredContent.job).toMatchObject({ jobId, state: 'failed' });
      expect(textOf(byUri)).toBe(textOf(byIds));
    }
  });

  it.each(tools)('%s refuses both at once, half of one, and neither', async tool => {
    const { uri } = await failedJob();
    const sent = (await scene.sandbox.requests()).length;
    for (const [args, words] of [
      [{ job: uri, jobId: 'j1' }, 'two ways: job and jobId'],
      [{ job: 'j1', jobId: 'j1' }, 'two ways: job and jobId'],
      [{ appId, app: appId, jobId: 'j1' }, 'write appId'],
      [on('dev'), 'incompletely: jobId is missing'],
      [{}, 'No job is named'],
      [{ uri }, 'write job'],
    ] as const) {
      const result = await scene.client.callTool(tool, args as Json);
      expect(errorOf(result)).toMatchObject({
        code: 'invalid_arguments',
        message: expect.stringContaining(words),
      });
    }
    expect(await scene.sandbox.requests()).toHaveLength(sent);
  });

  it.each(tools)('%s takes an id, with what is known of its app and environment', async tool => {
    const { uri, backendEnvironmentName: environment, jobId } = await failedJob();
    for (const args of [
      { jobId },
      { job: jobId },
      { job: jobId, app: 'shop' },
      { appId: 'shop', jobId },
      { appId, jobId },
      { app: appId, environment, jobId },
      { environment, jobId },
    ]) {
      const { structuredContent } = await scene.client.callTool(tool, args as Json);
      expect(structuredContent.job, JSON.stringify(args)).toMatchObject({ uri, jobId, state: 'failed' });
    }
  });

  it.each(tools)('%s names the environments that it searched for an unknown id', async tool => {
    const result = await scene.client.callTool(tool, { jobId: 'j1' });
    expect(errorOf(result)).toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(/No environment of app d\w+ has a job j1\. Asked for: dev, .*prod/),
    });
  });

  it('asks which app is meant if there are two, unless this caller has seen the job', async () => {
    const { jobId } = await failedJob();
    const zoo = { appId: 'd2zoo', appName: 'zoo', backendEnvironmentName: 'dev' };
    await scene.client.callTool('create_backend', zoo);
    expect(errorOf(await scene.client.callTool('explain_job', { jobId }))).toMatchObject({
      code: 'invalid_arguments',
      message: expect.stringContaining('there are 2 apps'),
    });
    const started = await scene.client.callTool('clone_backend', on('dev', { targetEnvironmentName: 'qa' }));
    const { jobId: seen } = started.structuredContent.job as Json;
    const waited = await scene.client.callTool('wait_for_job', { jobId: seen, timeoutSeconds: 1 });
    expect(waited.structuredContent.job).toMatchObject({ appId, jobId: seen });
  });

  it.each([
    `amplify-backend://apps/${appId}/environments/dev`,
    `amplify-backend://apps/${appId}/environments/dev/jobs/`,
    `amplify-backend://apps/${appId}/environments/dev/jobs/j1/more`,
    `amplify-backend://apps/${appId}/environments/..%2Fdev/jobs/j1`,
    `amplify-backend://apps/${appId}/environments/dev/jobs/%ff`,
    `amplify-backend://apps/nobody/environments/dev/jobs/j1`,
    'x'.repeat(1_001),
  ])('refuses what is no URI of a job: %s', async job => {
    const result = await scene.client.callTool('explain_job', { job });
    expect(errorOf(result)).toMatchObject({ code: 'invalid_arguments' });
    expect(await scene.sandbox.requests()).toEqual([]);
  });

  it.each(tools)('%s is refused by the policy for an app that the URI names', async tool => {
    const client = await open(scene.sandbox.env, ['--apps', 'd2other']);
    const job = `amplify-backend://apps/${appId}/environments/dev/jobs/j1`;
    expect(errorOf(await client.callTool(tool, { job }))).toMatchObject({
      code: 'policy_denied',
      message: expect.stringContaining('The setting apps refuses'),
    });
  });
});
