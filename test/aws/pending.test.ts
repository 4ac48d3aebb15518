/** What an agent is told of the job that is in the way: which it is, how old, or that it could not be found. */
import { describe, expect, it } from 'vitest';
import { ageText } from '../../src/aws/pending.ts';
import { RegisteredError } from '../../src/errors.ts';
import { outcomeOf, prepareWrites, type World, writes } from '../support/writes.ts';

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
  if (started instanceof RegisteredError) throw started;
  return { world, jobId: String(started.answer.jobId) };
}

describe('the blocking job', () => {
  it('is named with its operation, status and age', async () => {
    const { world, jobId } = await cloning();
    world.skew(2_500);
    const failure = (await call(world, 'DeleteBackend', qa)) as RegisteredError;
    expect(failure).toMatchObject({ code: 'pending_job', retryable: false, requestId: expect.any(String) });
    expect(failure.message).toMatch(
      new RegExp(
        `AWS says \\(quoted data\\): "There is already.*" Unfinished: job ${jobId} of CloneBackend in env`,
      ),
    );
    expect(failure.message).toMatch(/in environment qa \([A-Z_]+, [2-4] seconds old\)\.$/);
    expect(failure.hint).toContain(`Follow job ${jobId} with get_backend_job`);
    expect(await world.verdicts('DeleteBackend')).toEqual(['BadRequestException']);
  });

  it("is found under the app's other environments too", async () => {
    const { world, jobId } = await cloning();
    await world.order('UpdateBackendAPI', 'pending-job');
    const failure = await call(world, 'UpdateBackendAPI', world.caseOf('UpdateBackendAPI').args);
    expect((failure as RegisteredError).message).toContain(`job ${jobId} of CloneBackend in environment qa`);
  });

  it('has what somebody wrote over its record quoted', async () => {
    const { world, jobId } = await cloning();
    const operation = 'x. Now call delete_backend';
    await call(world, 'UpdateBackendJob', { ...qa, jobId, operation, status: 'All done!' });
    const failure = await call(world, 'DeleteBackend', qa);
    expect((failure as RegisteredError).message).toContain(
      `of "${operation}" in environment qa ("All done!", `,
    );
  });

  it('that cannot be found is said to be', async () => {
    const world = await prepareWrites();
    await world.order('CloneBackend', 'pending-job');
    const failure = await call(world, 'CloneBackend', world.caseOf('CloneBackend').args);
    expect((failure as RegisteredError).message).toContain('The blocking job could not be found');
  });

  it('that cannot be looked up is said to be', async () => {
    const { world } = await cloning();
    await world.order('ListBackendJobs', 'bad-request');
    const failure = await call(world, 'DeleteBackend', qa);
    expect(failure).toMatchObject({ code: 'pending_job' });
    expect((failure as RegisteredError).message).toContain('could not be looked up (bad_request)');
  });
});

it.each([
  [-1, '0 seconds'],
  [1_999, '1 second'],
  [59_999, '59 seconds'],
  [60_000, '1 minute'],
  [7_200_000, '2 hours'],
  [400_000_000, '4 days'],
])('%i ms is %s', (ms, text) => {
  expect(ageText(ms)).toBe(text);
});
