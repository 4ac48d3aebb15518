/**
 * Tasks for jobs: the state of a task for each state of its job, its result, and what cancelling does
 * although AWS cannot cancel.
 */
import { describe, expect, it } from 'vitest';
import { ServerError } from '../../src/errors.ts';
import { JobTaskKind } from '../../src/mcp/job-task.ts';
import type { TaskState } from '../../src/mcp/tasks.ts';
import { address, createTestJobs, data, jobAt, reportOf } from '../support/tasks.ts';

const me = { caller: 'me' };

function setUp() {
  const play = createTestJobs();
  return { ...play, kind: new JobTaskKind(play.jobs) };
}

/** The text of a completed task's result. */
function textOf(state: TaskState): string {
  if (state.status !== 'completed') throw new Error(`it is ${state.status}`);
  const [block] = state.result.content;
  return block?.type === 'text' ? block.text : '';
}

describe('a task', () => {
  it('is working while its job runs, with its progress', async () => {
    const { kind, put } = setUp();
    const job = jobAt('STARTING', { updateTime: '2026-01-02T00:00:00Z' });
    put(reportOf(job, { progress: 40, waitingFor: 'AWS', ttlMs: 1_234.5 }));
    expect(await kind.read(data, me)).toEqual({
      status: 'working',
      statusMessage:
        'CloneBackend: job j-1 under environment qa is running (AWS says "STARTING"). About 40 % by past jobs. Waiting for AWS.',
      lastUpdatedAt: '2026-01-02T00:00:00.000Z',
      pollIntervalMs: 1_235,
    });
  });

  it('is working when its job is stalled, and says what to do', async () => {
    const { kind, put } = setUp();
    put(
      reportOf({ ...jobAt('PENDING'), state: 'stalled' }, { nextStep: 'Look at CloudFormation.', ttlMs: 0 }),
    );
    const state = await kind.read(data, me);
    expect(state).toMatchObject({
      status: 'working',
      pollIntervalMs: 500,
      lastUpdatedAt: reportOf(jobAt('')).asOf,
    });
    expect(state.statusMessage).toMatch(/is stalled .* Look at CloudFormation\.$/);
  });

  it('is completed with the result of its tool, including notes and next step', async () => {
    const { kind, put } = setUp();
    const job = jobAt('COMPLETED');
    put(reportOf(job, { note: 'It went with its environment.' }));
    const state = await kind.read(data, me);
    expect(state).toMatchObject({
      status: 'completed',
      result: {
        structuredContent: {
          ...address,
          operation: 'CloneBackend',
          status: 'COMPLETED',
          job,
          notes: ['It went with its environment.', 'Do the next thing.'],
        },
        content: [{ type: 'text' }, { type: 'resource_link', uri: job.uri }],
      },
    });
    expect(state).not.toHaveProperty('result.isError');
    expect(state).not.toHaveProperty('pollIntervalMs');
  });

  it("is completed, not failed, when its job failed: with AWS's words as quoted data", async () => {
    const { kind, put } = setUp();
    put(reportOf(jobAt('FAILED', { error: 'stack "x" broke' })));
    const state = await kind.read(data, me);
    expect(state).toMatchObject({
      status: 'completed',
      result: {
        isError: true,
        structuredContent: {
          error: { code: 'job_failed' },
          job: { state: 'failed', error: 'stack "x" broke' },
        },
      },
    });
    expect(textOf(state)).toContain('(quoted data): "stack \\"x\\" broke"');
    expect(textOf(state)).toContain('Next: ');
  });

  it('is completed when the outcome of its job is unknown', async () => {
    const { kind, put } = setUp();
    put(new ServerError('job_vanished'));
    const state = await kind.read(data, me);
    expect(state).toMatchObject({
      status: 'completed',
      result: { isError: true, structuredContent: { ...data, error: { code: 'job_vanished' } } },
    });
    expect(textOf(state)).toContain('Next: ');
  });

  it.each(['throttled', 'not_found', 'policy_denied'] as const)('does not exist after %s', async code => {
    const { kind, put } = setUp();
    put(new ServerError(code));
    await expect(kind.read(data, me)).rejects.toMatchObject({ code });
    await expect(kind.follow(data, me, () => undefined)).rejects.toMatchObject({ code });
  });
});

describe('cancelling', () => {
  it('stops watching for this caller, and sends AWS no more requests', async () => {
    const { kind, put, reads } = setUp();
    put(reportOf(jobAt('PENDING')));
    await kind.cancel(data, me);
    reads.length = 0;
    const first = await kind.read(data, me);
    expect(first).toMatchObject({
      status: 'cancelled',
      statusMessage: expect.stringContaining(jobAt('PENDING').uri),
      lastUpdatedAt: expect.stringMatching(/Z$/),
    });
    put(reportOf(jobAt('COMPLETED')));
    await kind.cancel(data, me);
    expect(await kind.read(data, me)).toEqual(first);
    expect(reads).toEqual([]);
    expect(await kind.read(data, { caller: 'you' })).toMatchObject({ status: 'completed' });
  });

  it.each([
    ['has ended', reportOf(jobAt('COMPLETED'))],
    ['has failed', reportOf(jobAt('FAILED'))],
    ['has vanished', new ServerError('job_vanished')],
  ])('changes nothing if the job %s', async (_, change) => {
    const { kind, put } = setUp();
    put(change);
    await kind.cancel(data, me);
    expect(await kind.read(data, me)).toMatchObject({ status: 'completed' });
  });

  it('needs an existing job, but no answer from AWS', async () => {
    const { kind, put } = setUp();
    put(new ServerError('throttled'));
    await kind.cancel(data, me);
    expect(await kind.read(data, me)).toMatchObject({ status: 'cancelled' });
    const other = { ...data, jobId: 'j-2' };
    await expect(kind.cancel(other, me)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is remembered in bounded memory: the oldest cancelled task shows its job again', async () => {
    const { kind, put } = setUp();
    const many = Array.from({ length: 1_001 }, (_, index) => ({ ...data, jobId: `j-${index}` }));
    for (const one of many) {
      put(reportOf(jobAt('PENDING', {}, one)), one);
      await kind.cancel(one, me);
    }
    const states = await Promise.all(many.map(one => kind.read(one, me)));
    expect(states.filter(({ status }) => status === 'working')).toHaveLength(1);
    expect(states[0]?.status).toBe('working');
  });
});

describe('a follower', () => {
  const follow = async ({ kind }: ReturnType<typeof setUp>) => {
    const told: string[] = [];
    const release = await kind.follow(data, me, ({ status }) => told.push(status));
    return { told, release };
  };

  it('gets each change and the end once, and leaves nothing behind', async () => {
    const scene = setUp();
    scene.put(reportOf(jobAt('PENDING')));
    const { told } = await follow(scene);
    scene.put(reportOf(jobAt('PENDING'), { progress: 10 }));
    scene.put(reportOf(jobAt('FAILED')));
    scene.put(reportOf(jobAt('FAILED')));
    expect(told).toEqual(['working', 'completed']);
    expect(scene.followed()).toBe(0);
  });

  it('of an ended task gets the end once', async () => {
    const scene = setUp();
    scene.put(reportOf(jobAt('COMPLETED')));
    const { told } = await follow(scene);
    expect(told).toEqual(['completed']);
    expect(scene.followed()).toBe(0);
  });

  it('gets a cancellation, and the job is released', async () => {
    const scene = setUp();
    scene.put(reportOf(jobAt('PENDING')));
    const [one, two] = [await follow(scene), await follow(scene)];
    one.release();
    await scene.kind.cancel(data, me);
    expect([one.told, two.told]).toEqual([[], ['cancelled']]);
    expect(scene.followed()).toBe(0);
    const { told } = await follow(scene);
    expect(told).toEqual(['cancelled']);
    expect(scene.followed()).toBe(0);
  });

  it('that is released while it starts gets nothing, and nothing is followed', async () => {
    const scene = setUp();
    scene.put(reportOf(jobAt('PENDING')));
    const following = follow(scene);
    await scene.kind.cancel(data, me);
    const { told } = await following;
    expect(told).toEqual(['cancelled']);
    expect(scene.followed()).toBe(0);
  });
});
