/**
 * Following apps and environments on the test's own clock: one read for all followers, soon after a job
 * appears or ends, and updates only after a change.
 */
import { describe, expect, it } from 'vitest';
import { EnvironmentFeed } from '../../src/call/environment-feed.ts';
import type { AppOrEnvironmentRef } from '../../src/call/environment-view.ts';
import { type ErrorCode, ServerError } from '../../src/errors.ts';
import { toJob } from '../../src/jobs/job.ts';
import type { JobReport } from '../../src/jobs/report.ts';
import { createFakeClock, settle } from '../support/fake-clock.ts';

const minute = 60_000;
const app = { appId: 'd1shop' };
const dev = { ...app, backendEnvironmentName: 'dev' };

function setUp() {
  const clock = createFakeClock();
  const aws = {
    reads: [] as { readonly at: number; readonly caller: string }[],
    answer: { ...app, appName: 'shop', backendEnvironmentList: ['dev', 'prod'] } as Record<string, unknown>,
    fails: undefined as ErrorCode | undefined,
    /** What happens while it is asked, after it looked: once. */
    meanwhile: undefined as (() => void) | undefined,
  };
  const known = new Map<string, JobReport>();
  const listeners = new Set<() => void>();
  const startedAt = clock.now();
  const feed = new EnvironmentFeed({
    clock,
    async readTool(_tool, _args, { caller }) {
      aws.reads.push({ at: clock.now() - startedAt, caller });
      const { fails, answer, meanwhile } = aws;
      aws.meanwhile = undefined;
      await settle();
      meanwhile?.();
      if (fails) throw new ServerError(fails);
      return { answer, notes: [] };
    },
    jobs: {
      known: () => [...known.values()],
      followKnown(_caller, onChange) {
        const listener = () => onChange();
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
  });
  /** What AWS calls a job's status, changes to all who listen. */
  function setJob(jobId: string, status: string, backendEnvironmentName = 'dev') {
    const job = toJob({ ...dev, backendEnvironmentName, jobId }, { status }, 'CloneBackend');
    known.set(jobId, { job, asOf: new Date(clock.now()).toISOString(), nextStep: 'none', ttlMs: 0 });
    for (const listener of [...listeners]) listener();
  }
  async function follow(address: AppOrEnvironmentRef = dev, caller = 'ann') {
    const changes: number[] = [];
    const release = await feed.follow(address, { caller }, () => changes.push(clock.now() - startedAt));
    return { changes, release };
  }
  const change = () => {
    aws.answer = { ...aws.answer, amplifyMetaConfig: { changedAt: clock.now() } };
  };
  return { clock, aws, feed, listeners, setJob, follow, change };
}

describe('the cost of a feed', () => {
  it('is one read a minute for all followers', async () => {
    const { clock, aws, follow } = setUp();
    await Promise.all(Array.from({ length: 1_000 }, () => follow()));
    expect(aws.reads).toHaveLength(1);
    await Promise.all(Array.from({ length: 1_000 }, () => follow()));
    expect(aws.reads).toHaveLength(1);
    await clock.advance(10 * minute);
    expect(aws.reads.map(({ at }) => at / minute)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('is one check for each caller, and then shared reads', async () => {
    const { clock, aws, follow } = setUp();
    const ann = await follow(dev, 'ann');
    await follow(dev, 'ben');
    expect(aws.reads.map(({ caller }) => caller)).toEqual(['ann', 'ben']);
    await clock.advance(minute);
    expect(aws.reads).toHaveLength(3);
    ann.release();
    await clock.advance(minute);
    expect(aws.reads.slice(3).map(({ caller }) => caller)).toEqual(['ben']);
  });

  it('ends with the last release; a second release changes nothing for others', async () => {
    const { clock, feed, listeners, follow } = setUp();
    const [one, two] = [await follow(), await follow()];
    one.release();
    one.release();
    expect([feed.pending, listeners.size]).toEqual([1, 1]);
    two.release();
    expect([feed.pending, listeners.size, clock.timers]).toEqual([0, 0, 0]);
    const three = await follow();
    one.release();
    two.release();
    expect(feed.pending).toBe(1);
    three.release();
    expect([feed.pending, listeners.size, clock.timers]).toEqual([0, 0, 0]);
  });

  it('ends with a release during a read', async () => {
    const { clock, aws, feed, follow, change } = setUp();
    const { changes, release } = await follow();
    change();
    aws.meanwhile = release;
    await clock.advance(2 * minute);
    expect([changes, aws.reads.length, feed.pending, clock.timers]).toEqual([[], 2, 0, 0]);
  });

  it('ends with close', async () => {
    const { clock, aws, feed, follow } = setUp();
    const { release } = await follow();
    await follow(app, 'ben');
    feed.close();
    await clock.advance(10 * minute);
    expect([feed.pending, clock.timers, aws.reads.length]).toEqual([0, 0, 2]);
    await follow();
    release();
    expect(feed.pending).toBe(1);
  });
});

describe('an update', () => {
  it('is sent once for a change', async () => {
    const { clock, follow, change } = setUp();
    const { changes } = await follow();
    await clock.advance(1.5 * minute);
    change();
    await clock.advance(5 * minute);
    expect(changes).toEqual([2 * minute]);
  });

  it('is not sent for another order', async () => {
    const { clock, aws, follow } = setUp();
    aws.answer = { ...aws.answer, amplifyMetaConfig: { auth: { a: 1, b: [{ c: 2, d: 3 }] }, api: {} } };
    const followers = [await follow(), await follow(app)];
    aws.answer = {
      ...{ amplifyMetaConfig: { api: {}, auth: { b: [{ d: 3, c: 2 }], a: 1 } } },
      ...{ backendEnvironmentList: ['dev', 'prod'], appName: 'shop', appId: app.appId },
    };
    await clock.advance(2 * minute);
    expect(followers.map(({ changes }) => changes)).toEqual([[], []]);
  });

  it("is not sent for another order of an app's environments", async () => {
    const { clock, aws, follow } = setUp();
    const { changes } = await follow(app);
    aws.answer = { ...aws.answer, backendEnvironmentList: ['prod', 'dev'] };
    await clock.advance(minute);
    expect(changes).toEqual([]);
    aws.answer = { ...aws.answer, backendEnvironmentList: ['prod', 'dev', 'qa'] };
    await clock.advance(minute);
    expect(changes).toEqual([2 * minute]);
  });

  it('is sent seconds after a job appeared and ended', async () => {
    const { clock, setJob, follow } = setUp();
    const { changes } = await follow();
    await clock.advance(20_000);
    setJob('job-1', 'IN_PROGRESS');
    await clock.advance(10_000);
    expect(changes).toEqual([21_000]);
    setJob('job-1', 'COMPLETED');
    await clock.advance(2 * minute);
    expect(changes).toEqual([21_000, 31_000]);
  });

  it('is sent seconds after a change during a read', async () => {
    const { clock, aws, setJob, follow, change } = setUp();
    const { changes } = await follow();
    aws.meanwhile = () => {
      setJob('job-1', 'COMPLETED');
      change();
    };
    await clock.advance(1.5 * minute);
    expect(changes).toEqual([minute, minute + 5_000]);
  });

  it('costs a read each five seconds while many jobs appear', async () => {
    const { clock, aws, setJob, follow } = setUp();
    await follow();
    for (let n = 0; n < 300; n++) {
      setJob(`job-${n}`, 'IN_PROGRESS');
      await clock.advance(100);
    }
    expect(aws.reads.length).toBeGreaterThan(5);
    expect(aws.reads.length).toBeLessThanOrEqual(7);
  });

  it('costs no read for jobs of other environments or apps', async () => {
    const { clock, aws, setJob, follow } = setUp();
    const [environment, whole] = [await follow(dev), await follow(app)];
    setJob('job-1', 'IN_PROGRESS', 'prod');
    await clock.advance(10_000);
    expect([environment.changes, whole.changes.length, aws.reads.length]).toEqual([[], 1, 3]);
  });

  it('is sent once to each follower after a reader saw a change', async () => {
    const { clock, feed, follow, change } = setUp();
    const followers = [await follow(dev, 'ann'), await follow(dev, 'ben')];
    await clock.advance(10_000);
    change();
    await feed.read(dev, { caller: 'cid' });
    expect(followers.map(({ changes }) => changes)).toEqual([[10_000], [10_000]]);
    await clock.advance(5 * minute);
    expect(followers.map(({ changes }) => changes)).toEqual([[10_000], [10_000]]);
  });

  it('is sent to earlier followers when another caller starts to follow', async () => {
    const { clock, follow, change } = setUp();
    const ann = await follow(dev, 'ann');
    await clock.advance(10_000);
    change();
    const ben = await follow(dev, 'ben');
    expect([ann.changes, ben.changes]).toEqual([[10_000], []]);
  });
});

describe('a failure', () => {
  it.each<ErrorCode>(['not_found', 'policy_denied', 'invalid_arguments', 'throttled'])(
    'of the first read (%s) prevents following',
    async code => {
      const { aws, feed, follow, listeners } = setUp();
      aws.fails = code;
      const asked = Promise.allSettled([follow(), follow()]);
      expect((await asked).map(one => one.status === 'rejected' && one.reason.code)).toEqual([code, code]);
      expect([aws.reads.length, feed.pending, listeners.size]).toEqual([1, 0, 0]);
      aws.fails = undefined;
      await follow();
      expect(feed.pending).toBe(1);
    },
  );

  it('of a later read sends nothing, and the next read sends the change', async () => {
    const { clock, aws, follow, change } = setUp();
    const { changes } = await follow();
    change();
    aws.fails = 'service_unavailable';
    await clock.advance(3 * minute);
    expect([changes, aws.reads.length]).toEqual([[], 4]);
    aws.fails = undefined;
    await clock.advance(2 * minute);
    expect(changes).toEqual([4 * minute]);
  });

  it('"not found" is sent once, and again when it exists', async () => {
    const { clock, aws, follow } = setUp();
    const { changes } = await follow();
    aws.fails = 'not_found';
    await clock.advance(3 * minute);
    expect(changes).toEqual([minute]);
    await expect(follow()).rejects.toMatchObject({ code: 'not_found' });
    aws.fails = undefined;
    await clock.advance(2 * minute);
    expect(changes).toEqual([minute, 4 * minute]);
  });
});
