/**
 * Reading jobs with a real sandbox: found under any target and environment, checked by the policy at each
 * read, with an expected duration.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTargets } from '../../src/aws/targets.ts';
import { createCallPath } from '../../src/call/call-path.ts';
import { parseConfig } from '../../src/cli/config.ts';
import type { JobChange } from '../../src/jobs/report.ts';
import { sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';

const appId = 'd1sandboxshop';
const past = '00000000-0000-4000-8001-000000000006';
const ann = { caller: 'ann' };

let here: TestSandbox;
beforeAll(async () => {
  here = await startTestSandbox();
});
beforeEach(() => here.reset());
afterAll(() => here.close());

/** The path of one process. */
function setUp(flags: Record<string, unknown> = {}, target?: { apps: string[] }) {
  const config = parseConfig({ flags: { confirm: 'never', ...flags } });
  const targets = createTargets({
    targets: {},
    fallback: { endpoint: here.url, region: sandboxRegion, credentials: sandboxCredentials },
    userAgent: 'test/1',
  });
  return createCallPath({
    targets,
    policy: config,
    targetApps: () => target?.apps,
    revealSecrets: false,
    recorder: { called: () => undefined },
  });
}

const on = (backendEnvironmentName: string, jobId: string) => ({ appId, backendEnvironmentName, jobId });

describe('reading', () => {
  it('finds a job where AWS has it, and reads there at once the next time', async () => {
    const { jobs } = setUp();
    expect(await jobs.read(on('prod', past), ann)).toMatchObject({ job: { backendEnvironmentName: 'dev' } });
    const before = (await here.requests()).length;
    expect(await jobs.read(on('prod', past), ann)).toMatchObject({ job: { backendEnvironmentName: 'dev' } });
    expect((await here.requests()).length).toBe(before);
    expect(jobs.peek(on('prod', past))).toMatchObject({ job: { jobId: past } });
  });

  it('estimates the duration from past jobs', async () => {
    const { callOperation, jobs } = setUp();
    const { job } = await callOperation(
      'generate_backend_api_models',
      { appId, backendEnvironmentName: 'dev', resourceName: 'shopapi' },
      ann,
    );
    const report = await jobs.read(on('dev', String(job?.jobId)), ann);
    expect(report.expectedMs).toBeGreaterThan(40_000);
    expect(report.expectedMs).toBeLessThan(80_000);
    expect(report.waitingFor).toContain('past jobs of this kind took about');
  });

  it.each([
    ['an id that is none', on('dev', '../x'), 'invalid_arguments'],
    ['a job that is not there', on('dev', 'unknown'), 'not_found'],
    ['an app that is not there', { ...on('dev', past), appId: 'd1other' }, 'not_found'],
  ])('refuses %s', async (_, address, code) => {
    await expect(setUp().jobs.read(address, ann)).rejects.toMatchObject({ code });
    await expect(setUp().jobs.follow(address, ann, () => undefined)).rejects.toMatchObject({ code });
  });

  it.each([
    ['the setting apps', setUpFor({ apps: 'd1other' })],
    ["a target's apps", setUpFor({}, { apps: ['d1other'] })],
  ])('%s applies here too, and AWS is not asked', async (_, make) => {
    const { jobs } = make();
    await expect(jobs.read(on('dev', past), ann)).rejects.toMatchObject({ code: 'not_found' });
    // A reference from elsewhere, too: from another replica, say, whose configuration was another.
    const ref = { ...on('dev', past), target: undefined, region: 'us-east-1' };
    await expect(jobs.poll(ref)).rejects.toMatchObject({ code: 'policy_denied' });
    expect(await here.requests()).toEqual([]);
  });

  it('does not depend on which tools are listed', async () => {
    const { jobs } = setUp({ toolsets: 'environments' });
    expect(await jobs.read(on('dev', past), ann)).toMatchObject({ job: { jobId: past } });
  });

  it('reports a known deletion as done if its job and environment are gone', async () => {
    const { jobs } = setUp();
    const gone = { appId, backendEnvironmentName: 'gone', jobId: 'job-of-old' };
    await expect(jobs.read(gone, ann)).rejects.toMatchObject({ code: 'not_found' });
    const report = await jobs.read(gone, { ...ann, operation: 'DeleteBackend' });
    expect(report).toMatchObject({ job: { state: 'succeeded' }, note: expect.stringContaining('gone') });
    await expect(
      jobs.read({ ...gone, jobId: 'other' }, { ...ann, operation: 'CloneBackend' }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('known jobs', () => {
  it('include the jobs that calls started and read, for their caller only', async () => {
    const { callOperation, jobs } = setUp();
    let news = 0;
    jobs.followKnown('ann', () => {
      news += 1;
    });
    const clone = { appId, backendEnvironmentName: 'dev', targetEnvironmentName: 'qa' };
    const { job } = await callOperation('clone_backend', clone, ann);
    expect(jobs.known('ann')).toMatchObject([{ job: { jobId: job?.jobId, state: 'running' } }]);
    expect(jobs.known('bob')).toEqual([]);
    expect(news).toBe(1);
    jobs.close();
  });

  it('include running jobs of a listing, and no old ones', async () => {
    const { callOperation, jobs } = setUp();
    await callOperation(
      'clone_backend',
      { appId, backendEnvironmentName: 'dev', targetEnvironmentName: 'qa' },
      ann,
    );
    const list = (backendEnvironmentName: string) =>
      callOperation('list_backend_jobs', { appId, backendEnvironmentName }, { caller: 'bob' });
    await Promise.all([list('qa'), list('dev')]);
    expect(jobs.known('bob')).toMatchObject([{ job: { operation: 'CloneBackend', state: 'running' } }]);
    jobs.close();
  });
});

it('does not poll a job that was only started', async () => {
  const { callOperation, jobs } = setUp();
  await callOperation(
    'clone_backend',
    { appId, backendEnvironmentName: 'dev', targetEnvironmentName: 'qa' },
    ann,
  );
  await callOperation('get_backend', { appId }, ann);
  const sent = (await here.requests()).map(({ operation }) => operation);
  expect(sent.filter(operation => !operation?.startsWith('amplify:'))).toEqual([
    'CloneBackend',
    'GetBackend',
  ]);
  jobs.close();
});

describe('following', () => {
  it('reports the end of a job that another process started, once', async () => {
    const { job } = await setUp().callOperation(
      'clone_backend',
      { appId, backendEnvironmentName: 'dev', targetEnvironmentName: 'qa' },
      ann,
    );
    const { jobs } = setUp();
    const told: JobChange[] = [];
    const ended = new Promise<void>(resolve => {
      void jobs.follow(on('qa', String(job?.jobId)), ann, change => {
        told.push(change);
        if ('job' in change && change.job.state === 'succeeded') resolve();
      });
    });
    await here.arrival('GetBackendJob');
    here.finishJobs();
    await ended;
    expect(told.filter(change => 'job' in change && change.job.state === 'succeeded')).toHaveLength(1);
    jobs.close();
  });
});

function setUpFor(...args: Parameters<typeof setUp>) {
  return () => setUp(...args);
}
