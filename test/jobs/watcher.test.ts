/**
 * The watcher on a clock of the test's own: one poll whoever asks, every end told once and to everybody, and
 * nothing left behind; whatever AWS, the network and the two clocks do meanwhile.
 */
import { describe, expect, it } from 'vitest';
import { type ErrorCode, RegisteredError } from '../../src/errors.ts';
import { toJob } from '../../src/jobs/job.ts';
import type { JobChange } from '../../src/jobs/report.ts';
import { createWatcher, type JobRef } from '../../src/jobs/watcher.ts';
import { createFakeClock, settle } from '../support/fake-clock.ts';

const minute = 60_000;
const ref = (jobId = 'job-1', more: Partial<JobRef> = {}): JobRef => ({
  ...{ target: undefined, region: 'us-east-1', appId: 'd1shop', backendEnvironmentName: 'qa', jobId },
  ...more,
});

/** What AWS does with the jobs of one app. */
function setUp(options: { past?: number[]; aheadMs?: number; operation?: string } = {}) {
  const clock = createFakeClock();
  const { past = [], aheadMs = 0, operation = 'CloneBackend' } = options;
  const startedAt = clock.now();
  const aws = {
    polls: [] as number[],
    /** Milliseconds from the start to the end; never where undefined. */
    endsAfter: undefined as number | undefined,
    ends: 'COMPLETED',
    status: 'IN_PROGRESS',
    fails: undefined as ErrorCode | undefined,
    environmentIsThere: true,
    knowsJob: true,
    environmentLooks: 0,
  };
  const iso = (at: number) => new Date(at + aheadMs).toISOString();
  const watcher = createWatcher(
    {
      async poll(where) {
        aws.polls.push(clock.now() - startedAt);
        await settle();
        if (aws.fails) throw new RegisteredError(aws.fails);
        if (!aws.knowsJob) throw new RegisteredError('not_found');
        const endsAt = startedAt + (aws.endsAfter ?? Number.POSITIVE_INFINITY);
        const isOver = clock.now() >= endsAt;
        const facts = {
          operation,
          status: isOver ? aws.ends : aws.status,
          createTime: iso(startedAt),
          updateTime: iso(isOver ? endsAt : startedAt),
        };
        return { job: toJob(where, facts, operation), aheadMs };
      },
      pastDurations: async () => past,
      async hasEnvironment() {
        aws.environmentLooks += 1;
        return aws.environmentIsThere;
      },
    },
    { clock, random: () => 0.5 },
  );
  /** Follows, and keeps what was told. */
  const follow = (where = ref(), caller = 'ann') => {
    const told: JobChange[] = [];
    const release = watcher.follow(where, caller, change => void told.push(change));
    const states = () =>
      told.map(change => (change instanceof RegisteredError ? change.code : change.job.state));
    return { told, states, release };
  };
  return { clock, aws, watcher, follow };
}

describe('one poll, whoever asks', () => {
  it('ten thousand readers at once cost one poll', async () => {
    const { aws, watcher } = setUp();
    const reports = await Promise.all(Array.from({ length: 10_000 }, () => watcher.read(ref(), 'ann')));
    expect(aws.polls).toHaveLength(1);
    expect(new Set(reports.map(({ job }) => job.state))).toEqual(new Set(['running']));
  });

  it('ten thousand followers cost what one costs, and all are told the end once', async () => {
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
    for (const { states } of followers)
      expect(states().filter(state => state === 'succeeded')).toHaveLength(1);
  });

  it('a read of what was just read asks nobody, and one of what is old asks again', async () => {
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

  it('an ended job costs nothing', async () => {
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

  it('a job that nobody follows is not polled', async () => {
    const { clock, aws, watcher } = setUp();
    await watcher.read(ref(), 'ann');
    await clock.advance(60 * minute);
    expect(aws.polls).toHaveLength(1);
    expect(watcher.pending).toBe(0);
  });

  it('what somebody learned on another way spares a poll', async () => {
    const { aws, watcher, clock } = setUp();
    const facts = { status: 'IN_PROGRESS', createTime: new Date(clock.now()).toISOString() };
    watcher.meet(ref(), { job: toJob(ref(), facts, 'CloneBackend') }, { caller: 'ann', isLive: true });
    await watcher.read(ref(), 'ann');
    expect(aws.polls).toHaveLength(0);
  });

  it('the answer that started a job is no look at it', async () => {
    const { aws, watcher } = setUp();
    watcher.meet(
      ref(),
      { job: toJob(ref(), { status: 'PENDING' }, 'CloneBackend') },
      { caller: 'ann', isLive: false },
    );
    expect(await watcher.read(ref(), 'ann')).toMatchObject({ job: { status: 'IN_PROGRESS' } });
    expect(aws.polls).toHaveLength(1);
  });
});

describe('what followers are told', () => {
  it('nothing where nothing changes, each word of AWS once, the end always', async () => {
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

  it('progress in steps, upwards only, and 100 by AWS alone', async () => {
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

  it('not what is seen first: that is where they start from', async () => {
    const { clock, aws, follow } = setUp();
    const { states } = follow();
    await clock.advance(2 * minute);
    expect(aws.polls.length).toBeGreaterThan(0);
    expect(states()).toEqual([]);
  });

  it('an end that came before they followed, once', async () => {
    const { clock, aws, watcher, follow } = setUp();
    aws.endsAfter = 0;
    await watcher.read(ref(), 'ann');
    const { states } = follow();
    await clock.advance(60 * minute);
    expect(states()).toEqual(['succeeded']);
  });

  it('nothing after they let go, and no timer is left', async () => {
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

  it('no timer is left by the last one that lets go', async () => {
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
    watcher.meet(
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

describe('when asking fails', () => {
  it.each(['throttled', 'service_unavailable', 'unreachable', 'internal'] as const)(
    '%s: the end is told all the same, and AWS is asked less meanwhile',
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

  it('a reader is shown what was known, and told so', async () => {
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

  it('a reader learns of what only a person can mend', async () => {
    const { clock, aws, watcher } = setUp();
    await watcher.read(ref(), 'ann');
    await clock.advance(5 * minute);
    aws.fails = 'credentials_expired';
    await expect(watcher.read(ref(), 'ann')).rejects.toMatchObject({ code: 'credentials_expired' });
  });

  it('a job that was never there is refused, and forgotten', async () => {
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
      watcher.meet(where, started, { caller: 'ann', isLive: false });
      follow(where);
    }
    aws.fails = code;
    await clock.advance(10 * minute);
    return { ...scene, polls: aws.polls.length };
  }

  it('throttling makes a region be asked less than other failures do, and leaves other regions alone', async () => {
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

  it('with an environment that something else deleted: nobody can tell', async () => {
    const { states, watcher } = await run('CloneBackend', false);
    expect(states()).toEqual(['job_vanished']);
    await expect(watcher.read(ref(), 'ann')).rejects.toMatchObject({
      code: 'job_vanished',
      message: expect.stringContaining('qa is gone'),
    });
    expect(watcher.pending).toBe(0);
  });

  it('although its environment is there: an error that says so, after a second look', async () => {
    const { states, aws } = await run('DeleteBackend', true);
    expect(states()).toEqual(['job_vanished']);
    expect(aws.environmentLooks).toBe(2);
  });

  it('just after it was started is awaited', async () => {
    const { clock, aws, watcher, follow } = setUp();
    watcher.meet(
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
    'a clock of AWS that is %d ms ahead changes nothing',
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

  it('progress does not go back where jobs turn out to take longer', async () => {
    const { clock, aws, watcher } = setUp({ past: [5 * minute, 5 * minute] });
    await watcher.read(ref(), 'ann');
    await clock.advance(4 * minute);
    const { progress: before } = await watcher.read(ref(), 'ann');
    aws.endsAfter = 0;
    for (const slow of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const where = ref(slow);
      const times = { createTime: '2025-12-01T00:00:00Z', updateTime: '2025-12-01T01:00:00Z' };
      for (const status of ['PENDING', 'COMPLETED'])
        watcher.meet(
          where,
          { job: toJob(where, { status, ...times }, 'CloneBackend') },
          { caller: 'ann', isLive: true },
        );
    }
    const { progress: after, expectedMs } = watcher.peek(ref()) ?? {};
    expect(expectedMs).toBe(60 * minute);
    expect(after).toBe(before);
  });

  it('what past jobs took is asked once, and not at all for what has ended', async () => {
    const { aws, watcher, clock } = setUp({ past: Array(10).fill(5 * minute) });
    const report = await watcher.read(ref(), 'ann');
    expect(report).toMatchObject({ expectedMs: 5 * minute, progress: 0 });
    expect(report.waitingFor).toContain('about 5 min');
    aws.endsAfter = minute;
    await clock.advance(2 * minute);
    expect(await watcher.read(ref(), 'ann')).toMatchObject({ progress: 100 });
  });
});

describe('the list of known jobs', () => {
  it('is told when one appears and when one ends, and holds the ended one for an hour', async () => {
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

  it("shows a caller nothing of another's", async () => {
    const { watcher } = setUp();
    let news = 0;
    watcher.followKnown('bob', () => {
      news += 1;
    });
    await watcher.read(ref(), 'ann');
    expect([watcher.known('bob'), news, watcher.pending]).toEqual([[], 0, 0]);
  });

  it('lists neither what ended long ago nor what nobody can tell of', async () => {
    const { watcher, clock } = setUp();
    const old = { status: 'COMPLETED', updateTime: new Date(clock.now() - 2 * 60 * minute).toISOString() };
    watcher.meet(
      ref('old'),
      { job: toJob(ref('old'), old, 'CloneBackend') },
      { caller: 'ann', isLive: true },
    );
    expect(watcher.known('ann')).toEqual([]);
  });
});

describe('many', () => {
  it('a thousand jobs come to their ends, each told once, behind one timer', async () => {
    const { clock, aws, watcher, follow } = setUp({ past: Array(10).fill(5 * minute) });
    aws.endsAfter = 5 * minute;
    const refs = Array.from({ length: 1_000 }, (_, index) => ref(`job-${index}`));
    for (const where of refs)
      watcher.meet(
        where,
        { job: toJob(where, { status: 'PENDING' }, 'CloneBackend') },
        { caller: 'ann', isLive: false },
      );
    const followers = refs.map(where => follow(where));
    expect(clock.timers).toBe(1);
    await clock.advance(30 * minute);
    for (const { states } of followers)
      expect(states().filter(state => state !== 'running')).toEqual(['succeeded']);
    expect([watcher.pending, clock.timers]).toEqual([0, 0]);
  });

  it('what nobody follows is forgotten when there is too much of it', () => {
    const { watcher } = setUp();
    for (let index = 0; index < 25_000; index++) {
      const where = ref(`job-${index}`);
      watcher.meet(
        where,
        { job: toJob(where, { status: 'PENDING' }, 'CloneBackend') },
        { caller: 'ann', isLive: true },
      );
    }
    expect(watcher.known('ann').length).toBeLessThanOrEqual(20_000);
    expect(watcher.has(ref('job-24999'))).toBe(true);
  });

  it('closing ends everything', async () => {
    const { clock, aws, watcher, follow } = setUp();
    await watcher.read(ref(), 'ann');
    const { told } = follow();
    watcher.close();
    aws.endsAfter = 0;
    await clock.advance(60 * minute);
    expect([told, aws.polls.length, clock.timers]).toEqual([[], 1, 0]);
  });
});
