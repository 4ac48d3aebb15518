/**
 * The watcher while AWS, the network and clocks fail: no end is lost or reported twice, and AWS gets fewer
 * requests.
 */
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors.ts';
import { toJob } from '../../src/jobs/job.ts';
import { settle } from '../support/fake-clock.ts';

import { minute, ref, setUp } from '../support/watched-aws.ts';

describe('when a poll fails', () => {
  it.each(['throttled', 'service_unavailable', 'unreachable', 'internal'] as const)(
    '%s: followers get the end nevertheless, and AWS gets fewer requests meanwhile',
    async code => {
      const { clock, aws, watcher, follow } = setUp();
      aws.endsAfter = 6 * minute;
      await watcher.read(ref(), 'ann');
      const { states } = follow();
      await clock.advance(minute);
      const before = aws.polls.length;
      aws.fails = code;
      await clock.advance(4 * minute);
      expect(aws.polls.length - before).toBeLessThan(15);
      aws.fails = undefined;
      await clock.advance(20 * minute);
      expect(states()).toEqual(['succeeded']);
    },
  );

  it('a reader gets the last answer with a note', async () => {
    const { clock, aws, watcher } = setUp();
    const { asOf } = await watcher.read(ref(), 'ann');
    await clock.advance(5 * minute);
    aws.fails = 'service_unavailable';
    expect(await watcher.read(ref(), 'ann')).toMatchObject({
      asOf,
      job: { state: 'running' },
      note: expect.stringContaining('service_unavailable'),
    });
  });

  it('a reader gets a failure that only a person can fix', async () => {
    const { clock, aws, watcher } = setUp();
    await watcher.read(ref(), 'ann');
    await clock.advance(5 * minute);
    aws.fails = 'credentials_expired';
    await expect(watcher.read(ref(), 'ann')).rejects.toMatchObject({ code: 'credentials_expired' });
  });

  it('a job that never existed is refused and forgotten', async () => {
    const { aws, watcher } = setUp();
    aws.knowsJob = false;
    await expect(watcher.read(ref(), 'ann')).rejects.toMatchObject({ code: 'not_found' });
    expect([watcher.has(ref()), watcher.pending, aws.environmentLooks]).toEqual([false, 0, 0]);
  });

  /** Polls of fifty followed jobs within ten minutes in which every one fails. */
  async function pollsWhile(code: ErrorCode) {
    const scene = setUp();
    const { watcher, aws, clock, follow } = scene;
    for (let index = 0; index < 50; index++) {
      const where = ref(`job-${index}`);
      const started = { job: toJob(where, { status: 'PENDING' }, 'CloneBackend') };
      watcher.observe(where, started, { caller: 'ann', isLive: false });
      follow(where);
    }
    aws.fails = code;
    await clock.advance(10 * minute);
    return { ...scene, polls: aws.polls.length };
  }

  it('throttling slows the polls of its region more than other failures, and of no other region', async () => {
    const throttled = await pollsWhile('throttled');
    const failing = await pollsWhile('service_unavailable');
    expect(throttled.polls).toBeLessThan(failing.polls / 2);
    throttled.aws.fails = undefined;
    const reading = throttled.watcher.read(ref('elsewhere', { region: 'eu-west-1' }), 'ann');
    await settle();
    await settle();
    expect(await reading).toMatchObject({ job: { state: 'running' } });
  });
});

describe('a job that vanishes', () => {
  const run = async (operation: string, environmentIsThere: boolean) => {
    const scene = setUp({ operation });
    await scene.watcher.read(ref(), 'ann');
    const follower = scene.follow();
    await scene.clock.advance(minute);
    Object.assign(scene.aws, { knowsJob: false, environmentIsThere });
    await scene.clock.advance(10 * minute);
    return { ...scene, ...follower };
  };

  it('with the environment that it deleted has succeeded', async () => {
    const { states, watcher, told } = await run('DeleteBackend', false);
    expect(states()).toEqual(['succeeded']);
    expect(told[0]).toMatchObject({
      note: expect.stringContaining('environment is gone'),
      job: { status: 'IN_PROGRESS' },
    });
    expect(await watcher.read(ref(), 'ann')).toMatchObject({ job: { state: 'succeeded' }, progress: 100 });
    expect(watcher.pending).toBe(0);
  });

  it('with an environment that something else deleted has an unknown outcome', async () => {
    const { states, watcher } = await run('CloneBackend', false);
    expect(states()).toEqual(['job_vanished']);
    await expect(watcher.read(ref(), 'ann')).rejects.toMatchObject({
      code: 'job_vanished',
      message: expect.stringContaining('qa is gone'),
    });
    expect(watcher.pending).toBe(0);
  });

  it('although its environment exists: an error, after a second poll', async () => {
    const { states, aws } = await run('DeleteBackend', true);
    expect(states()).toEqual(['job_vanished']);
    expect(aws.environmentLooks).toBe(2);
  });

  it('just after it was started is polled again', async () => {
    const { clock, aws, watcher, follow } = setUp();
    watcher.observe(
      ref(),
      { job: toJob(ref(), { status: 'PENDING' }, 'CloneBackend') },
      { caller: 'ann', isLive: false },
    );
    aws.knowsJob = false;
    const { states } = follow();
    await clock.advance(20_000);
    Object.assign(aws, { knowsJob: true, endsAfter: minute });
    await clock.advance(5 * minute);
    expect(states()).toEqual(['running', 'succeeded']);
  });
});

describe('time', () => {
  it('a job without a sign of life is stalled, which AWS never says', async () => {
    const { clock, aws, watcher, follow } = setUp();
    await watcher.read(ref(), 'ann');
    const { states } = follow();
    await clock.advance(5 * 60 * minute);
    expect(states()).toEqual(['stalled']);
    expect(await watcher.read(ref(), 'ann')).toMatchObject({
      job: { state: 'stalled', status: 'IN_PROGRESS' },
      nextStep: expect.stringContaining('Nothing was cancelled'),
    });
    aws.endsAfter = 6 * 60 * minute;
    await clock.advance(2 * 60 * minute);
    expect(states()).toEqual(['stalled', 'succeeded']);
  });

  it.each([-3 * 60 * minute, 3 * 60 * minute])(
    'a clock of AWS that is %d ms ahead makes no difference',
    async aheadMs => {
      const { clock, aws, watcher, follow } = setUp({ aheadMs, past: Array(10).fill(5 * minute) });
      aws.endsAfter = 5 * minute;
      await watcher.read(ref(), 'ann');
      const { states } = follow();
      await clock.advance(2 * minute);
      expect(await watcher.read(ref(), 'ann')).toMatchObject({
        elapsedMs: 2 * minute,
        expectedMs: 5 * minute,
      });
      await clock.advance(20 * minute);
      expect(states().at(-1)).toBe('succeeded');
      expect(await watcher.read(ref(), 'ann')).toMatchObject({ elapsedMs: 5 * minute });
      expect(watcher.known('ann')).toHaveLength(1);
    },
  );

  it('progress does not decrease when past jobs turn out to take longer', async () => {
    const { clock, aws, watcher } = setUp({ past: [5 * minute, 5 * minute] });
    await watcher.read(ref(), 'ann');
    await clock.advance(4 * minute);
    const { progress: before } = await watcher.read(ref(), 'ann');
    aws.endsAfter = 0;
    for (const slow of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const where = ref(slow);
      const times = { createTime: '2025-12-01T00:00:00Z', updateTime: '2025-12-01T01:00:00Z' };
      for (const status of ['PENDING', 'COMPLETED'])
        watcher.observe(
          where,
          { job: toJob(where, { status, ...times }, 'CloneBackend') },
          { caller: 'ann', isLive: true },
        );
    }
    const { progress: after, expectedMs } = watcher.peek(ref()) ?? {};
    expect(expectedMs).toBe(60 * minute);
    expect(after).toBe(before);
  });

  it('past durations are read once, and not for jobs that have ended', async () => {
    const { aws, watcher, clock } = setUp({ past: Array(10).fill(5 * minute) });
    const report = await watcher.read(ref(), 'ann');
    expect(report).toMatchObject({ expectedMs: 5 * minute, progress: 0 });
    expect(report.waitingFor).toContain('about 5 min');
    aws.endsAfter = minute;
    await clock.advance(2 * minute);
    expect(await watcher.read(ref(), 'ann')).toMatchObject({ progress: 100 });
  });
});
