/** How long rights are valid, on the test's own clock. */
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

it('allows everything until its token expires, and nothing afterwards', async () => {
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

it('lets waiting work continue with the next token', async () => {
  const { clock, lease, fates, wait } = setUp();
  await clock.advance(60_000);
  for (const how of ['forCaller', 'forPoll', 'forCaller'] as const) wait(how);
  await clock.advance(PATIENCE_MS - 1);
  lease.extend(clock.now() + 60_000);
  await settle();
  expect(fates).toEqual(['goes on', 'goes on', 'goes on']);
  expect(clock.timers).toBe(0);
});

it('fails waiting calls if no token comes in time, and lets polls wait on', async () => {
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

it('ends with its last token, in any order of arrival', async () => {
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

it('fails all waiting work when its application ends, and allows nothing afterwards', async () => {
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

it('is not renewed by an expired token', async () => {
  const { clock, lease, fates, wait } = setUp();
  await clock.advance(90_000);
  wait('forPoll');
  lease.extend(clock.now() - 1);
  await settle();
  expect([fates, lease.isValid]).toEqual([[], false]);
});
