/**
 * The watcher on the test's own clock: one poll for all readers and followers, every end reported once to
 * each, and no timer left.
 */
import { describe, expect, it } from 'vitest';
import { toJob } from '../../src/jobs/job.ts';

import { minute, ref, setUp } from '../support/watched-aws.ts';

describe('one poll for all callers', () => {
  it('ten thousand concurrent readers cost one poll', async () => {
    const { aws, watcher } = setUp();
    const reports = await Promise.all(Array.from({ length: 10_000 }, () => watcher.read(ref(), 'ann')));
    expect(aws.polls).toHaveLength(1);
    expect(new Set(reports.map(({ job }) => job.state))).toEqual(new Set(['running']));
  });

  it('ten thousand followers cost as much as one, and each gets the end once', async () => {
    const one = setUp();
    one.aws.endsAfter = 5 * minute;
    await one.watcher.read(ref(), 'ann');
    one.follow();
    await one.clock.advance(10 * minute);

    const many = setUp();
    many.aws.endsAfter = 5 * minute;
    await many.watcher.read(ref(), 'ann');
    const followers = Array.from({ length: 10_000 }, () => many.follow());
    await many.clock.advance(10 * minute);

    expect(many.aws.polls).toEqual(one.aws.polls);
    const ends = followers.map(({ states }) => states().filter(state => state === 'succeeded'));
    expect(new Set(ends.map(String))).toEqual(new Set(['succeeded']));
  });

  it('a read of a fresh report does not poll, and one of an old report does', async () => {
    const { clock, aws, watcher } = setUp();
    const first = await watcher.read(ref(), 'ann');
    expect(first.ttlMs).toBeGreaterThan(0);
    await clock.advance(first.ttlMs - 1);
    await watcher.read(ref(), 'ann');
    expect(aws.polls).toHaveLength(1);
    await clock.advance(1);
    await watcher.read(ref(), 'ann');
    expect(aws.polls).toHaveLength(2);
  });

  it('an ended job is not polled', async () => {
    const { clock, aws, watcher } = setUp();
    aws.endsAfter = 0;
    const report = await watcher.read(ref(), 'ann');
    expect(report).toMatchObject({ job: { state: 'succeeded', status: 'COMPLETED' }, progress: 100 });
    expect(report.ttlMs).toBeGreaterThanOrEqual(minute);
    for (let look = 0; look < 100; look++) {
      await clock.advance(10_000);
      await watcher.read(ref(), 'ann');
    }
    expect(aws.polls).toHaveLength(1);
  });

  it('a job without followers is not polled', async () => {
    const { clock, aws, watcher } = setUp();
    await watcher.read(ref(), 'ann');
    await clock.advance(60 * minute);
    expect(aws.polls).toHaveLength(1);
    expect(watcher.pending).toBe(0);
  });

  it('facts from another read save a poll', async () => {
    const { aws, watcher, clock } = setUp();
    const facts = { status: 'IN_PROGRESS', createTime: new Date(clock.now()).toISOString() };
    watcher.observe(ref(), { job: toJob(ref(), facts, 'CloneBackend') }, { caller: 'ann', isLive: true });
    await watcher.read(ref(), 'ann');
    expect(aws.polls).toHaveLength(0);
  });

  it('the answer that started a job does not count as a poll', async () => {
    const { aws, watcher } = setUp();
    watcher.observe(
      ref(),
      { job: toJob(ref(), { status: 'PENDING' }, 'CloneBackend') },
      { caller: 'ann', isLive: false },
    );
    expect(await watcher.read(ref(), 'ann')).toMatchObject({ job: { status: 'IN_PROGRESS' } });
    expect(aws.polls).toHaveLength(1);
  });
});

describe('the changes that followers get', () => {
  it('nothing without a change, each status of AWS once, and always the end', async () => {
    const { clock, aws, watcher, follow } = setUp();
    aws.status = 'PENDING';
    await watcher.read(ref(), 'ann');
    const { told, states } = follow();
    await clock.advance(2 * minute);
    expect(told).toEqual([]);
    aws.status = 'IN_PROGRESS';
    await clock.advance(2 * minute);
    aws.endsAfter = 4 * minute;
    await clock.advance(30 * minute);
    expect(told.map(change => (change as { job: { status: string } }).job.status)).toEqual([
      'IN_PROGRESS',
      'COMPLETED',
    ]);
    expect(states()).toEqual(['running', 'succeeded']);
  });

  it('progress in steps, never decreasing, and 100 only from AWS', async () => {
    const { clock, aws, watcher, follow } = setUp({ past: Array(10).fill(5 * minute) });
    aws.endsAfter = 20 * minute;
    await watcher.read(ref(), 'ann');
    const { told } = follow();
    await clock.advance(19 * minute);
    const progress = told.map(change => (change as { progress: number }).progress);
    expect(progress.length).toBeGreaterThan(2);
    expect(progress).toEqual([...new Set(progress)].sort((a, b) => a - b));
    expect(Math.max(...progress)).toBeLessThan(100);
    await clock.advance(30 * minute);
    expect(told.at(-1)).toMatchObject({ progress: 100, job: { state: 'succeeded' } });
  });

  it('not the first report', async () => {
    const { clock, aws, follow } = setUp();
    const { states } = follow();
    await clock.advance(2 * minute);
    expect(aws.polls.length).toBeGreaterThan(0);
    expect(states()).toEqual([]);
  });

  it('an end from before they followed, once', async () => {
    const { clock, aws, watcher, follow } = setUp();
    aws.endsAfter = 0;
    await watcher.read(ref(), 'ann');
    const { states } = follow();
    await clock.advance(60 * minute);
    expect(states()).toEqual(['succeeded']);
  });

  it('nothing after their release, and no timer is left', async () => {
    const { clock, aws, watcher, follow } = setUp();
    aws.endsAfter = 5 * minute;
    await watcher.read(ref(), 'ann');
    const leaving = follow();
    const staying = follow();
    leaving.release();
    leaving.release();
    await clock.advance(10 * minute);
    expect([leaving.states(), staying.states()]).toEqual([[], ['succeeded']]);
    expect([watcher.pending, clock.timers]).toEqual([0, 0]);
  });

  it('no timer is left after the last release', async () => {
    const { clock, watcher, follow } = setUp();
    await watcher.read(ref(), 'ann');
    const { release } = follow();
    expect(watcher.pending).toBe(1);
    release();
    expect([watcher.pending, clock.timers]).toEqual([0, 0]);
  });

  it('a record that is rewritten after the end is watched again', async () => {
    const { clock, aws, watcher, follow } = setUp();
    aws.endsAfter = 0;
    const first = follow();
    await clock.advance(minute);
    watcher.observe(
      ref(),
      { job: toJob(ref(), { status: 'IN_PROGRESS' }, 'CloneBackend') },
      { caller: 'ann', isLive: true },
    );
    aws.endsAfter = 10 * minute;
    const second = follow();
    await clock.advance(20 * minute);
    expect([first.states(), second.states()]).toEqual([['succeeded'], ['succeeded']]);
  });
});

describe('the list of known jobs', () => {
  it('notifies when a job appears and when it ends, and has the ended job for an hour', async () => {
    const { clock, aws, watcher } = setUp();
    let news = 0;
    const release = watcher.followKnown('ann', () => {
      news += 1;
    });
    await watcher.read(ref(), 'ann');
    expect(news).toBe(1);
    aws.endsAfter = 5 * minute;
    await clock.advance(20 * minute);
    expect(news).toBe(2);
    expect(watcher.known('ann').map(({ job }) => job.state)).toEqual(['succeeded']);
    await clock.advance(50 * minute);
    expect(watcher.known('ann')).toEqual([]);
    release();
    expect([watcher.pending, clock.timers]).toEqual([0, 0]);
  });

  it('costs less than following', async () => {
    const polls = async (use: (scene: ReturnType<typeof setUp>) => void) => {
      const scene = setUp();
      await scene.watcher.read(ref(), 'ann');
      use(scene);
      await scene.clock.advance(5 * minute);
      return scene.aws.polls.length;
    };
    const listed = await polls(({ watcher }) => void watcher.followKnown('ann', () => undefined));
    const followed = await polls(({ follow }) => void follow());
    expect(listed).toBeLessThan(followed / 2);
  });

  it('shows a caller no jobs of another', async () => {
    const { watcher } = setUp();
    let news = 0;
    watcher.followKnown('bob', () => {
      news += 1;
    });
    await watcher.read(ref(), 'ann');
    expect([watcher.known('bob'), news, watcher.pending]).toEqual([[], 0, 0]);
  });

  it('lists neither jobs that ended long ago nor jobs of unknown outcome', async () => {
    const { watcher, clock } = setUp();
    const old = { status: 'COMPLETED', updateTime: new Date(clock.now() - 2 * 60 * minute).toISOString() };
    watcher.observe(
      ref('old'),
      { job: toJob(ref('old'), old, 'CloneBackend') },
      { caller: 'ann', isLive: true },
    );
    expect(watcher.known('ann')).toEqual([]);
  });
});

describe('many jobs', () => {
  it('a thousand jobs end, each reported once, on one timer', async () => {
    const { clock, aws, watcher, follow } = setUp({ past: Array(10).fill(5 * minute) });
    aws.endsAfter = 5 * minute;
    const refs = Array.from({ length: 1_000 }, (_, index) => ref(`job-${index}`));
    for (const where of refs)
      watcher.observe(
        where,
        { job: toJob(where, { status: 'PENDING' }, 'CloneBackend') },
        { caller: 'ann', isLive: false },
      );
    const followers = refs.map(where => follow(where));
    expect(clock.timers).toBe(1);
    await clock.advance(30 * minute);
    const ends = followers.map(({ states }) => states().filter(state => state !== 'running'));
    expect(new Set(ends.map(String))).toEqual(new Set(['succeeded']));
    expect([watcher.pending, clock.timers]).toEqual([0, 0]);
  });

  it('jobs without followers are forgotten above the limit', () => {
    const { watcher } = setUp();
    for (let index = 0; index < 25_000; index++) {
      const where = ref(`job-${index}`);
      watcher.observe(
        where,
        { job: toJob(where, { status: 'PENDING' }, 'CloneBackend') },
        { caller: 'ann', isLive: true },
      );
    }
    expect(watcher.known('ann').length).toBeLessThanOrEqual(20_000);
    expect(watcher.has(ref('job-24999'))).toBe(true);
  });

  it('closing stops everything', async () => {
    const { clock, aws, watcher, follow } = setUp();
    await watcher.read(ref(), 'ann');
    const { told } = follow();
    watcher.close();
    aws.endsAfter = 0;
    await clock.advance(60 * minute);
    expect([told, aws.polls.length, clock.timers]).toEqual([[], 1, 0]);
  });
});
