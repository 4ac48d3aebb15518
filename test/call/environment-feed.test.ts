/**
 * Following apps and environments on a clock of the test's own: one look whoever follows, soon after a job
 * there appears or ends, and changes is only what changed.
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

describe('what it costs', () => {
  it('one look a minute, whoever follows', async () => {
    const { clock, aws, follow } = setUp();
    await Promise.all(Array.from({ length: 1_000 }, () => follow()));
    expect(aws.reads).toHaveLength(1);
    await Promise.all(Array.from({ length: 1_000 }, () => follow()));
    expect(aws.reads).toHaveLength(1);
    await clock.advance(10 * minute);
    expect(aws.reads.map(({ at }) => at / minute)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('each caller is checked once, and then they share the reads', async () => {
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

  it('who releases leaves nothing behind, and a second release takes nothing from others', async () => {
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

  it('nothing goes on after a release during a look', async () => {
    const { clock, aws, feed, follow, change } = setUp();
    const { changes, release } = await follow();
    change();
    aws.meanwhile = release;
    await clock.advance(2 * minute);
    expect([changes, aws.reads.length, feed.pending, clock.timers]).toEqual([[], 2, 0, 0]);
  });

  it('close ends every following', async () => {
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

describe('what is changes', () => {
  it('a change, once', async () => {
    const { clock, follow, change } = setUp();
    const { changes } = await follow();
    await clock.advance(1.5 * minute);
    change();
    await clock.advance(5 * minute);
    expect(changes).toEqual([2 * minute]);
  });

  it('not the same in another order', async () => {
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

  it('an app has the same environments, in whichever order AWS names them', async () => {
    const { clock, aws, follow } = setUp();
    const { changes } = await follow(app);
    aws.answer = { ...aws.answer, backendEnvironmentList: ['prod', 'dev'] };
    await clock.advance(minute);
    expect(changes).toEqual([]);
    aws.answer = { ...aws.answer, backendEnvironmentList: ['prod', 'dev', 'qa'] };
    await clock.advance(minute);
    expect(changes).toEqual([2 * minute]);
  });

  it('that a job there appeared and ended, seconds later', async () => {
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

  it('what happened while AWS was asked, seconds later', async () => {
    const { clock, aws, setJob, follow, change } = setUp();
    const { changes } = await follow();
    aws.meanwhile = () => {
      setJob('job-1', 'COMPLETED');
      change();
    };
    await clock.advance(1.5 * minute);
    expect(changes).toEqual([minute, minute + 5_000]);
  });

  it('jobs that come thick and fast cost a look each five seconds', async () => {
    const { clock, aws, setJob, follow } = setUp();
    await follow();
    for (let n = 0; n < 300; n++) {
      setJob(`job-${n}`, 'IN_PROGRESS');
      await clock.advance(100);
    }
    expect(aws.reads.length).toBeGreaterThan(5);
    expect(aws.reads.length).toBeLessThanOrEqual(7);
  });

  it('a job elsewhere costs no look: an environment has its own, an app has all of its own', async () => {
    const { clock, aws, setJob, follow } = setUp();
    const [environment, whole] = [await follow(dev), await follow(app)];
    setJob('job-1', 'IN_PROGRESS', 'prod');
    await clock.advance(10_000);
    expect([environment.changes, whole.changes.length, aws.reads.length]).toEqual([[], 1, 3]);
  });

  it('what a reader was shown, to all who follow and to each once', async () => {
    const { clock, feed, follow, change } = setUp();
    const followers = [await follow(dev, 'ann'), await follow(dev, 'ben')];
    await clock.advance(10_000);
    change();
    await feed.read(dev, { caller: 'cid' });
    expect(followers.map(({ changes }) => changes)).toEqual([[10_000], [10_000]]);
    await clock.advance(5 * minute);
    expect(followers.map(({ changes }) => changes)).toEqual([[10_000], [10_000]]);
  });

  it('what changed before another caller came, to those who were there', async () => {
    const { clock, follow, change } = setUp();
    const ann = await follow(dev, 'ann');
    await clock.advance(10_000);
    change();
    const ben = await follow(dev, 'ben');
    expect([ann.changes, ben.changes]).toEqual([[10_000], []]);
  });
});

describe('what fails', () => {
  it.each<ErrorCode>(['not_found', 'policy_denied', 'invalid_arguments', 'throttled'])(
    'what cannot be read for %s cannot be followed',
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

  it('a look that fails later is changes to nobody, and the next one tells what changed', async () => {
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

  it('that it is gone is changes once, and that it is there again', async () => {
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
