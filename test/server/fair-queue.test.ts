/**
 * The queue for requests to AWS: no wait while AWS does not throttle, else callers take turns at the pace
 * that AWS accepts.
 */
import { expect, it } from 'vitest';
import { FairQueue, type QueueLimits } from '../../src/server/fair-queue.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function setUp(limits: Partial<QueueLimits> = {}) {
  const clock = createFakeClock();
  const queue = new FairQueue({ perCaller: 50, perTarget: 1_000, ...limits }, clock);
  const went: string[] = [];
  const take = (caller: string, target = 'shop') =>
    queue.acquire(target, caller).then(
      () => void went.push(caller),
      ({ code }) => void went.push(`${caller}: ${code}`),
    );
  return { clock, queue, went, take };
}

it('lets every request pass at once while AWS does not throttle', async () => {
  const { take, went, queue } = setUp();
  await Promise.all(Array.from({ length: 500 }, () => take('ann')));
  expect(went).toHaveLength(500);
  expect(queue.waiting).toBe(0);
});

it('lets callers take turns once AWS throttles, however many requests one of them has', async () => {
  const { clock, take, went, queue } = setUp();
  for (let sent = 0; sent < 10; sent += 1) await take('ann');
  queue.answered('shop', true);
  went.length = 0;
  for (let asked = 0; asked < 20; asked += 1) void take('ann');
  void take('ben');
  void take('cid');
  await clock.advance(2_000);
  expect(went.slice(0, 4)).toEqual(['ann', 'ben', 'cid', 'ann']);
  expect(queue.waiting).toBeGreaterThan(0);
});

it('leaves other targets alone', async () => {
  const { take, went, queue } = setUp();
  await take('ann');
  queue.answered('shop', true);
  void take('ann');
  await take('ann', 'other');
  expect(went).toEqual(['ann', 'ann']);
  expect(queue.waiting).toBe(1);
});

it('sends at half the throttled pace, and without a limit again after a quiet time', async () => {
  const { clock, take, went, queue } = setUp();
  for (let sent = 0; sent < 20; sent += 1) await take('ann');
  queue.answered('shop', true);
  went.length = 0;
  for (let asked = 0; asked < 40; asked += 1) void take('ann');
  await clock.advance(2_000);
  expect(went.length).toBeGreaterThan(10);
  expect(went.length).toBeLessThan(25);
  await clock.advance(40_000);
  went.length = 0;
  await Promise.all(Array.from({ length: 100 }, () => take('ann')));
  expect(went).toHaveLength(100);
});

it('refuses a caller with too many waiting requests, and says when to retry', async () => {
  const { take, went, queue } = setUp({ perCaller: 2 });
  await take('ann');
  queue.answered('shop', true);
  went.length = 0;
  void take('ann');
  void take('ann');
  expect([queue.fullForMs('ann') > 0, queue.fullForMs('ben')]).toEqual([true, 0]);
  await take('ann');
  expect(went).toEqual(['ann: busy']);
});
