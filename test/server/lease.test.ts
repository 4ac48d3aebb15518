/** For how long rights are valid, on a clock that only the test moves. */
import { expect, it } from 'vitest';
import { Lease, PATIENCE_MS } from '../../src/server/lease.ts';
import { createFakeClock, settle } from '../support/fake-clock.ts';

/** A lease of a minute, and what became of something that waits by it. */
function setUp() {
  const clock = createFakeClock();
  const lease = new Lease(clock.now() + 60_000, clock);
  const fates: string[] = [];
  const wait = (how: 'forCaller' | 'forPoll') =>
    void lease[how]().then(
      () => fates.push('goes on'),
      failure => fates.push(failure.code),
    );
  return { clock, lease, fates, wait };
}

it('lets everything go on at once until its token ends, and nothing from then on', async () => {
  const { clock, lease, fates, wait } = setUp();
  await clock.advance(59_999);
  wait('forCaller');
  wait('forPoll');
  await settle();
  expect([fates, lease.isValid]).toEqual([['goes on', 'goes on'], true]);
  await clock.advance(1);
  wait('forCaller');
  wait('forPoll');
  await settle();
  expect([fates.length, lease.isValid]).toEqual([2, false]);
});

it('lets what waits go on with the next token', async () => {
  const { clock, lease, fates, wait } = setUp();
  await clock.advance(60_000);
  for (const how of ['forCaller', 'forPoll', 'forCaller'] as const) wait(how);
  await clock.advance(PATIENCE_MS - 1);
  lease.extend(clock.now() + 60_000);
  await settle();
  expect(fates).toEqual(['goes on', 'goes on', 'goes on']);
  expect(clock.timers).toBe(0);
});

it('gives up whoever waits for an answer where no token comes in time, and lets a poll wait on', async () => {
  const { clock, lease, fates, wait } = setUp();
  await clock.advance(60_000);
  wait('forCaller');
  wait('forPoll');
  await clock.advance(PATIENCE_MS);
  expect(fates).toEqual(['token_expired']);
  await clock.advance(24 * 3_600_000);
  lease.extend(clock.now() + 1);
  await settle();
  expect(fates).toEqual(['token_expired', 'goes on']);
});

it('ends with the last of its tokens, in whatever order they come', async () => {
  const { clock, lease } = setUp();
  const { until } = lease;
  lease.extend(until - 30_000);
  expect(lease.until).toBe(until);
  lease.extend(until + 30_000);
  lease.extend(until);
  expect(lease.until).toBe(until + 30_000);
  await clock.advance(60_000);
  expect(lease.isValid).toBe(true);
});

it('leaves nobody waiting when its application ends, and lets nothing go on from then on', async () => {
  const { clock, lease, fates, wait } = setUp();
  await clock.advance(60_000);
  wait('forCaller');
  wait('forPoll');
  await settle();
  lease.end();
  lease.extend(clock.now() + 60_000);
  wait('forCaller');
  wait('forPoll');
  await settle();
  expect(fates).toEqual(Array(4).fill('token_expired'));
  expect(clock.timers).toBe(0);
});

it('is not begun anew by a token that has ended', async () => {
  const { clock, lease, fates, wait } = setUp();
  await clock.advance(90_000);
  wait('forPoll');
  lease.extend(clock.now() - 1);
  await settle();
  expect([fates, lease.isValid]).toEqual([[], false]);
});
