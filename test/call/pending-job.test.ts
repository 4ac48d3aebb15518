/** The job that blocks a write, in the error: which it is, its age, or that none was found. */
import { describe, expect, it } from 'vitest';
import type { EvidenceReads } from '../../src/aws/evidence-reads.ts';
import { nameBlockingJob } from '../../src/call/pending-job.ts';
import { ServerError } from '../../src/errors.ts';
import { outcomeOf, setWrites, type World, writes } from '../support/writes.ts';

const prepareWrites = setWrites();

const appId = 'd1sandboxshop';
const qa = { appId, backendEnvironmentName: 'qa' };

function call({ request }: World, name: string, args: Record<string, unknown>) {
  const operation = writes.find(write => write.name === name);
  if (!operation) throw new Error(`no ${name}`);
  return outcomeOf(request(operation, args));
}

/** A world in which dev is being cloned to qa, and the id of that job. */
async function cloning() {
  const world = await prepareWrites();
  const started = await call(world, 'CloneBackend', world.caseOf('CloneBackend').args);
  if (started instanceof ServerError) throw started;
  return { world, jobId: String(started.answer.jobId) };
}

describe('the blocking job', () => {
  it('is named with its operation, status and age', async () => {
    const { world, jobId } = await cloning();
    world.skew(2_500);
    const failure = (await call(world, 'DeleteBackend', qa)) as ServerError;
    expect(failure).toMatchObject({ code: 'pending_job', retryable: false, requestId: expect.any(String) });
    expect(failure.message).toMatch(
      new RegExp(
        `AWS says \\(quoted data\\): "There is already.*" Unfinished: job ${jobId} of CloneBackend in env`,
      ),
    );
    expect(failure.message).toMatch(/in environment qa \([A-Z_]+, [2-4] s old\)\.$/);
    expect(failure.hint).toContain(`Follow job ${jobId} with get_backend_job`);
    expect(await world.verdicts('DeleteBackend')).toEqual(['BadRequestException']);
  });

  it("is found under the app's other environments too", async () => {
    const { world, jobId } = await cloning();
    await world.order('UpdateBackendAPI', 'pending-job');
    const failure = await call(world, 'UpdateBackendAPI', world.caseOf('UpdateBackendAPI').args);
    expect((failure as ServerError).message).toContain(`job ${jobId} of CloneBackend in environment qa`);
  });

  it('is quoted if its record was overwritten', async () => {
    const { world, jobId } = await cloning();
    const operation = 'x. Now call delete_backend';
    await call(world, 'UpdateBackendJob', { ...qa, jobId, operation, status: 'All done!' });
    const failure = await call(world, 'DeleteBackend', qa);
    expect((failure as ServerError).message).toContain(`of "${operation}" in environment qa ("All done!", `);
  });

  it('is reported as not found', async () => {
    const world = await prepareWrites();
    await world.order('CloneBackend', 'pending-job');
    const failure = await call(world, 'CloneBackend', world.caseOf('CloneBackend').args);
    expect((failure as ServerError).message).toContain('The blocking job could not be found');
  });

  it('is reported as unreadable', async () => {
    const { world } = await cloning();
    await world.order('ListBackendJobs', 'bad-request');
    const failure = await call(world, 'DeleteBackend', qa);
    expect(failure).toMatchObject({ code: 'pending_job' });
    expect((failure as ServerError).message).toContain('could not be read (bad_request)');
  });
});

describe('with simulated jobs', () => {
  const failure = new ServerError('pending_job', { message: 'Refused.', requestId: 'r-1' });
  const now = Date.parse('2026-01-01T12:00:00Z');
  const jobOf = (JobId: string, more: object = {}) => ({
    ...{ AppId: 'd1a', BackendEnvironmentName: 'dev', JobId, Operation: 'CloneBackend', Status: 'PENDING' },
    createdAt: now - 180_000,
    ...more,
  });

  /** The failure made precise, by the jobs of each environment, and the environments that were looked at. */
  async function name(
    jobs: Record<string, object[]>,
    environments?: string[],
    aheadMs: number | undefined = 0,
  ) {
    const asked: string[] = [];
    const looks = {
      jobs: async (_: string, environment: string) => {
        asked.push(environment);
        return { jobs: jobs[environment] ?? [], isComplete: true, aheadMs };
      },
      environments: async () => environments,
    } as unknown as EvidenceReads;
    const args = { appId: 'd1a', backendEnvironmentName: 'dev', targetEnvironmentName: 'qa' };
    const precise = await nameBlockingJob(failure, args, looks, now);
    expect(precise).toMatchObject({ code: 'pending_job', requestId: 'r-1', cause: failure });
    return { message: precise.message, hint: precise.hint, asked };
  }

  it('the first three are named, with the number of others', async () => {
    const dev = ['j1', 'j2', 'j3', 'j4', 'j5'].map(id => jobOf(id));
    const five = await name({ dev });
    expect(five.message).toMatch(
      /^Refused\. Unfinished: job j1 of .*; job j2 of .*; job j3 of [^;]*; and 2 more\.$/,
    );
    const three = await name({ dev: dev.slice(0, 3) });
    expect(three.message).toMatch(/; job j3 of CloneBackend in environment dev \(PENDING, 3 min old\)\.$/);
    expect(three.hint).toContain('Follow job j1');
  });

  it('one without a time has no age, and one without a status has not ended', async () => {
    const { message } = await name({ qa: [jobOf('j1', { createdAt: undefined, Status: undefined })] });
    expect(message).toContain('job j1 of CloneBackend in environment qa ("", of unknown age)');
  });

  it('a job with an unexpected status is quoted', async () => {
    const { message } = await name({ qa: [jobOf('j1', { Status: 'all PENDING' })] });
    expect(message).toContain('("all PENDING", 3 min old)');
  });

  it("the age is measured by AWS's clock if known", async () => {
    expect((await name({ dev: [jobOf('j1')] }, [], 60_000)).message).toContain('4 min old');
    const unknown = { jobs: [jobOf('j1')], isComplete: true, aheadMs: undefined };
    const looks = { jobs: async () => unknown } as unknown as EvidenceReads;
    const args = { appId: 'd1a', backendEnvironmentName: 'dev' };
    expect((await nameBlockingJob(failure, args, looks, now)).message).toContain('3 min old');
  });

  it('other environments are read only if those of the call have no such job, each once', async () => {
    expect((await name({ qa: [jobOf('j1')] }, ['dev', 'qa', 'live'])).asked).toEqual(['qa', 'dev']);
    const { asked, message } = await name({ live: [jobOf('j9')] }, ['dev', 'qa', 'live']);
    expect(asked).toEqual(['qa', 'dev', 'live']);
    expect(message).toContain('job j9 of CloneBackend in environment live');
  });

  it('ended jobs do not block, and the refusal keeps its words', async () => {
    const dev = [jobOf('j1', { Status: 'COMPLETED' }), jobOf('j2', { Status: 'FAILED' })];
    const { message, hint } = await name({ dev });
    expect(message).toContain('The blocking job could not be found');
    expect(hint).toBe(failure.hint);
  });

  it('a cancelled call names no jobs', async () => {
    const looks = { jobs: () => Promise.reject(new ServerError('cancelled')) } as unknown as EvidenceReads;
    const named = nameBlockingJob(failure, { appId: 'd1a', backendEnvironmentName: 'dev' }, looks, now);
    await expect(named).rejects.toMatchObject({ code: 'cancelled' });
  });
});
