/**
 * `list_recent_jobs`: the jobs of an app, in all its environments and in deleted ones; it names what was not read, and
 * refuses wrong arguments.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Json } from '../support/child.ts';
import { generations, type ToolResult, textOf, today } from '../support/clients.ts';
import { setScene } from '../support/scene.ts';
import { seededEnvironments } from '../support/seed.ts';
import { appId, on } from './cases/case.ts';

const jobsOf = ({ structuredContent }: ToolResult) => structuredContent.jobs as Json[];
const rowsOf = (result: ToolResult) => textOf(result).match(/^\| \d{4}-.*$/gm) ?? [];
const timesOf = (result: ToolResult) => jobsOf(result).map(({ createdAt }) => String(createdAt));
const errorOf = ({ structuredContent }: ToolResult) => structuredContent.error as Json;

describe.each(generations)('$name', ({ connect }) => {
  const scene = setScene(connect, ['--confirm', 'never'], { jobMs: 4_000 });
  const list = (more: Json = {}) => scene.client.callTool('list_recent_jobs', { app: 'shop', ...more });

  it('shows the jobs of all environments as one table, newest first', async () => {
    const result = await list();
    expect(result.isError).toBeFalsy();
    expect(new Set(jobsOf(result).map(job => job.backendEnvironmentName))).toEqual(
      new Set(seededEnvironments),
    );
    expect(timesOf(result)).toEqual(timesOf(result).sort().reverse());
    expect(jobsOf(result)[0]).toMatchObject({
      appId,
      state: 'succeeded',
      uri: expect.stringContaining(appId),
    });
    expect(rowsOf(result)).toHaveLength(jobsOf(result).length);
    expect(textOf(result)).toContain('| started (UTC) | environment | operation | state |');
    expect(textOf(result)).toMatch(/newest 20 of \d+ that were read/);
    expect(result.structuredContent.more).toEqual(expect.any(Number));
    expect(textOf(result)).toMatch(/To see the other \d+: call again with one environment/);
  });

  it.each(['3 days', '72h', 'last 3 days'])('takes a duration: %s', async since => {
    const result = await list({ since });
    const [oldest = ''] = timesOf(result).slice(-1);
    const from = String(result.structuredContent.since);
    expect(Date.now() - Date.parse(from)).toBeCloseTo(3 * 86_400_000, -5);
    expect(oldest >= from).toBe(true);
    // One job a day in each environment.
    expect(jobsOf(result)).toHaveLength(2 * seededEnvironments.length);
    expect(result.structuredContent).not.toHaveProperty('more');
  });

  it('shows only failed jobs, with the reason, and how to explain one', async () => {
    const result = await list({ failed: true, since: '60 days' });
    expect(jobsOf(result).length).toBeGreaterThan(0);
    for (const job of jobsOf(result))
      expect(job).toMatchObject({ state: 'failed', error: expect.any(String) });
    expect(rowsOf(result)[0]).toContain('Resource is not in the state stackUpdateComplete');
    const { uri } = jobsOf(result)[0] as Json;
    expect(textOf(result)).toContain(`explain_job, with job: "${uri}"`);
    expect(textOf(result)).toContain(`for any other row: appId ${appId} and the job id as jobId`);
    const rowsJob = String(rowsOf(result)[1]?.split('|').at(-2)?.trim());
    const explained = await scene.client.callTool('explain_job', { appId, jobId: rowsJob });
    expect(explained.structuredContent.job).toMatchObject({ jobId: rowsJob, state: 'failed' });
  });

  it('shows one environment', async () => {
    const result = await list({ environment: 'prod' });
    expect(new Set(jobsOf(result).map(job => job.backendEnvironmentName))).toEqual(new Set(['prod']));
    expect(textOf(result)).toContain('Asked for: prod.');
  });
});

describe('an environment that is gone', () => {
  const scene = setScene(today.connect, ['--confirm', 'never'], { jobMs: 4_000 });
  const list = (more: Json = {}) => scene.client.callTool('list_recent_jobs', { app: 'shop', ...more });
  /** Deletes it by a request of its own, of which the server knows nothing. */
  const takeDown = async (name: string) => {
    const other = await today.connect(scene.sandbox.env, ['--confirm', 'never']);
    await other.callTool('delete_backend', on(name));
    await other.close();
    scene.sandbox.finishJobs();
  };

  it('is shown as gone, with its jobs as long as AWS lists them', async () => {
    await takeDown('dev');
    const result = await list({ since: '1 h' });
    expect(jobsOf(result)).toMatchObject([
      { operation: 'DeleteBackend', backendEnvironmentName: 'dev', state: 'succeeded' },
    ]);
    expect(rowsOf(result)[0]).toContain('| dev (gone) | DeleteBackend | succeeded |');
    expect(result.structuredContent.gone).toMatchObject([
      { environment: 'dev', jobs: 'listed', stack: expect.stringContaining('-dev-') },
    ]);
  });

  it('is known by its deleted stack after AWS has forgotten its jobs', async () => {
    // Not `dev`: the server has seen its deletion in the test above.
    await takeDown('prod');
    for (let passed = 0; passed < 200; passed += 1) scene.sandbox.finishJobs();
    const result = await list({ environment: 'prod' });
    expect(jobsOf(result)).toEqual([]);
    expect(result.structuredContent.gone).toMatchObject([
      { environment: 'prod', jobs: 'forgotten', deletedAt: expect.stringMatching(/^\d{4}-/) },
    ]);
    expect(textOf(result)).toMatch(
      /prod is gone, its stack was deleted .* AWS no longer has a record of its jobs/,
    );
  });

  it('keeps the job that this server has seen, although AWS has forgotten it', async () => {
    await scene.client.callTool('decommission_environment', {
      app: 'shop',
      environment: 'partner',
      timeoutSeconds: 1,
    });
    scene.sandbox.finishJobs();
    await scene.client.callTool('decommission_environment', { app: 'shop', environment: 'partner' });
    for (let passed = 0; passed < 200; passed += 1) scene.sandbox.finishJobs();
    const result = await list({ environment: 'partner' });
    expect(jobsOf(result)).toMatchObject([{ operation: 'DeleteBackend', state: 'succeeded' }]);
  });

  it('is not found if no environment ever had its name, and the existing names are given', async () => {
    const result = await list({ environment: 'qa' });
    expect(errorOf(result)).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('dev, prod'),
    });
  });
});

describe('what was not read', () => {
  const scene = setScene(today.connect, ['--confirm', 'never'], { jobMs: 4_000 });
  const list = (more: Json = {}) => scene.client.callTool('list_recent_jobs', { app: 'shop', ...more });

  it('is named for each environment that AWS refuses', async () => {
    await scene.sandbox.order('ListBackendJobs', 'bad-request');
    const result = await list();
    expect(result.isError).toBeFalsy();
    expect(textOf(result)).toMatch(
      /Not read: the jobs of \w+ \(bad_request on amplifybackend:ListBackendJobs\)/,
    );
    expect(jobsOf(result).length).toBeGreaterThan(0);
  });

  it('makes the call fail if AWS refuses all environments', async () => {
    await scene.sandbox.order('ListBackendJobs', 'bad-request', { times: 10 });
    expect(errorOf(await list())).toMatchObject({ code: 'bad_request' });
  });

  it('is named if there are older jobs', async () => {
    const result = await list({ environment: 'dev' });
    expect(jobsOf(result)).toHaveLength(20);
    expect(textOf(result)).toContain('Not read: older jobs of dev; list_backend_jobs');
  });

  it('does not include an unknown app, which is not found', async () => {
    const client = await today.connect(scene.sandbox.env, ['--apps', 'd9nothere']);
    onTestFinished(() => client.close());
    for (const args of [{}, { app: 'd9nothere' }]) {
      const result = await client.callTool('list_recent_jobs', args);
      expect(errorOf(result)).toMatchObject({
        code: 'not_found',
        message: expect.stringContaining('No app d9nothere is known'),
      });
    }
  });

  it('since accepts today and yesterday, and refuses a time in the future', async () => {
    for (const [since, jobs] of [
      ['today', 0],
      ['yesterday', 1],
    ] as const)
      expect(jobsOf(await list({ since, environment: 'dev' })).length, since).toBeGreaterThanOrEqual(jobs);
    expect(errorOf(await list({ since: '3000-01-01' }))).toMatchObject({
      message: expect.stringContaining('is in the future; it is 20'),
      hint: expect.not.stringContaining('ISO'),
    });
  });

  it.each(['soon', '7 fortnights', '2026-13-99', '3000-01-01', '-1 day'])(
    'refuses since: %s',
    async since => {
      const result = await list({ since });
      expect(errorOf(result)).toMatchObject({
        code: 'invalid_arguments',
        hint: expect.stringContaining('7 days'),
      });
      expect(await scene.sandbox.requests()).toEqual([]);
    },
  );
});
