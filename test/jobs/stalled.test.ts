/**
 * A job is reported as stalled by its age and silence and by the silence of its stack: when and how often the
 * stack is read, and what the report says if it cannot be read.
 */
import { describe, expect, it } from 'vitest';
import { type ErrorCode, ServerError } from '../../src/errors.ts';
import { toJob } from '../../src/jobs/job.ts';
import { JobWatcher } from '../../src/jobs/watcher.ts';
import { createFakeClock, settle } from '../support/fake-clock.ts';
import { minute, ref } from '../support/watched-aws.ts';

/** A job that never ends by itself, and its stack. */
function setUp(aheadMs = 0) {
  const clock = createFakeClock();
  const startedAt = clock.now() + aheadMs;
  const aws = {
    status: 'IN_PROGRESS',
    updatedAt: startedAt,
    polls: 0,
    /** When the stack last moved, after the start; where it does not work, undefined. */
    movedAfter: undefined as number | undefined,
    fails: undefined as ErrorCode | undefined,
    /** When the stack was asked, after the start, and since when. */
    asked: [] as number[],
    since: undefined as number | undefined,
    isSlow: false,
  };
  const watcher = new JobWatcher(
    {
      async poll(where) {
        aws.polls += 1;
        const facts = {
          status: aws.status,
          createTime: new Date(startedAt).toISOString(),
          updateTime: new Date(aws.updatedAt).toISOString(),
        };
        return { job: toJob(where, facts, 'CloneBackend'), aheadMs };
      },
      pastDurations: async () => [],
      hasEnvironment: async () => true,
      async lastActivity(_, since) {
        aws.asked.push(clock.now() + aheadMs - startedAt);
        aws.since = since;
        await settle();
        if (aws.isSlow) await new Promise<void>(() => undefined);
        if (aws.fails) throw new ServerError(aws.fails);
        return aws.movedAfter === undefined ? undefined : startedAt + aws.movedAfter;
      },
    },
    { clock, random: () => 0.5 },
  );
  const read = () => watcher.read(ref(), 'ann');
  const follow = () => {
    const states: string[] = [];
    watcher.follow(
      ref(),
      'ann',
      change => void states.push('job' in change ? change.job.state : change.code),
    );
    return states;
  };
  return { clock, aws, watcher, read, follow, startedAt };
}

describe('the stack is read', () => {
  it('not while the job is young or its own record changes', async () => {
    const { clock, aws, read, follow, startedAt } = setUp();
    await read();
    follow();
    await clock.advance(59 * minute);
    aws.updatedAt = startedAt + 59 * minute;
    await clock.advance(29 * minute);
    expect((await read()).job.state).toBe('running');
    expect(aws.asked).toEqual([]);
  });

  it('before the job is reported as stalled, for events since the job began', async () => {
    const { clock, aws, read, startedAt } = setUp();
    await clock.advance(2 * 60 * minute);
    const { job, nextStep } = await read();
    expect(job.state).toBe('stalled');
    expect(nextStep).toContain('explain_job');
    expect(aws).toMatchObject({ asked: [2 * 60 * minute], since: startedAt });
  });

  it('once for concurrent readers, and once in a few minutes', async () => {
    const { clock, aws, read } = setUp();
    await clock.advance(2 * 60 * minute);
    const reports = await Promise.all(Array.from({ length: 1_000 }, read));
    expect(new Set(reports.map(({ job }) => job.state))).toEqual(new Set(['stalled']));
    await clock.advance(4 * minute);
    expect((await read()).job.state).toBe('stalled');
    expect(aws.asked).toHaveLength(1);
    await clock.advance(minute);
    await read();
    expect(aws.asked).toHaveLength(2);
  });

  it('once for readers of a fresh report as well', async () => {
    const { clock, aws, read } = setUp();
    await clock.advance(60 * minute - 1_000);
    await read();
    await clock.advance(2_000);
    const reports = await Promise.all(Array.from({ length: 1_000 }, read));
    expect(new Set(reports.map(({ job }) => job.state))).toEqual(new Set(['stalled']));
    expect(aws).toMatchObject({ polls: 1, asked: [60 * minute + 1_000] });
  });

  it('not for a job that has ended', async () => {
    const { clock, aws, read } = setUp();
    aws.status = 'FAILED';
    await clock.advance(5 * 60 * minute);
    expect((await read()).job.state).toBe('failed');
    expect(aws.asked).toEqual([]);
  });
});

describe('a stack with new events', () => {
  it('keeps its job running, and the report names it', async () => {
    const { clock, aws, read } = setUp();
    aws.movedAfter = 110 * minute;
    await clock.advance(120 * minute);
    expect(await read()).toMatchObject({
      job: { state: 'running' },
      waitingFor: expect.stringContaining("CloudFormation's last event was 10 min ago"),
    });
  });

  it.each([-3 * 60 * minute, 3 * 60 * minute])("does so if AWS's clock is %d ms ahead", async aheadMs => {
    const { clock, aws, read } = setUp(aheadMs);
    aws.movedAfter = 110 * minute;
    await clock.advance(120 * minute);
    expect(await read()).toMatchObject({
      job: { state: 'running' },
      waitingFor: expect.stringContaining('10 min ago'),
    });
    aws.movedAfter = 20 * minute;
    await clock.advance(120 * minute);
    expect((await read()).job.state).toBe('stalled');
  });

  it('is read again after it was quiet for as long', async () => {
    const { clock, aws, read, follow } = setUp();
    aws.movedAfter = 110 * minute;
    await clock.advance(120 * minute);
    await read();
    const states = follow();
    await clock.advance(20 * minute);
    expect(aws.asked).toHaveLength(1);
    await clock.advance(2 * minute);
    expect(aws.asked).toHaveLength(2);
    expect(states).toEqual(['stalled']);
  });

  it('is no sign of life if its events are too old', async () => {
    const { clock, aws, read } = setUp();
    aws.movedAfter = 80 * minute;
    await clock.advance(120 * minute);
    expect(await read()).toMatchObject({
      job: { state: 'stalled' },
      nextStep: expect.stringContaining('No sign of life for 40 min'),
    });
  });

  it('is read again after the record has changed', async () => {
    const { clock, aws, watcher, read, startedAt } = setUp();
    await clock.advance(2 * 60 * minute);
    expect((await read()).job.state).toBe('stalled');
    aws.updatedAt = startedAt + 121 * minute;
    await clock.advance(2 * minute);
    expect((await read()).job.state).toBe('running');
    await clock.advance(40 * minute);
    expect(watcher.peek(ref())?.job.state).toBe('running');
    expect((await read()).job.state).toBe('stalled');
    expect(aws.asked).toHaveLength(2);
  });

  it('makes a stalled job run again, and notifies its followers', async () => {
    const { clock, aws, read, follow } = setUp();
    await clock.advance(2 * 60 * minute);
    await read();
    const states = follow();
    aws.movedAfter = 125 * minute;
    await clock.advance(10 * minute);
    expect(states).toEqual(['running']);
    aws.status = 'COMPLETED';
    await clock.advance(10 * minute);
    expect(states).toEqual(['running', 'succeeded']);
  });
});

describe('if the stack cannot be read', () => {
  it('age and silence decide, and the report says that CloudFormation did not answer', async () => {
    const { clock, aws, read } = setUp();
    aws.fails = 'access_denied';
    await clock.advance(2 * 60 * minute);
    expect(await read()).toMatchObject({
      job: { state: 'stalled' },
      note: expect.stringMatching(/CloudFormation could not be asked.*access_denied/),
    });
    aws.fails = undefined;
    await clock.advance(5 * minute);
    expect(await read()).not.toHaveProperty('note');
  });

  it('readers wait for a bounded time', async () => {
    const { clock, aws, read } = setUp();
    aws.isSlow = true;
    await clock.advance(2 * 60 * minute);
    const reading = read();
    await clock.advance(10_000);
    await clock.advance(10_000);
    expect((await reading).job.state).toBe('running');
  });

  it('a remembered report never becomes stalled without a check', async () => {
    const { clock, watcher, read } = setUp();
    await read();
    await clock.advance(2 * 60 * minute);
    expect(watcher.peek(ref())?.job.state).toBe('running');
    await read();
    expect(watcher.peek(ref())?.job.state).toBe('stalled');
    expect(watcher.known('ann').map(({ job }) => job.state)).toEqual(['stalled']);
  });
});
