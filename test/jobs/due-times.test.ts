/** Due times: each runs at its time, on a single timer, and without a timer when nothing is due. */
import { expect, it } from 'vitest';
import { DueTimes } from '../../src/jobs/due-times.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function setUp() {
  const clock = createFakeClock(0);
  const dueTimes = new DueTimes(clock);
  const ran: string[] = [];
  const set = (key: string, dueAt: number) =>
    dueTimes.set(key, dueAt, () => ran.push(`${key} at ${clock.now()}`));
  return { clock, dueTimes, ran, set };
}

it('runs each at its time, in any order of registration', async () => {
  const { clock, ran, set } = setUp();
  set('late', 300);
  set('early', 100);
  set('middle', 200);
  await clock.advance(1_000);
  expect(ran).toEqual(['early at 100', 'middle at 200', 'late at 300']);
});

it('keeps a single timer, however many are due', () => {
  const { clock, dueTimes, set } = setUp();
  for (let index = 0; index < 1_000; index++) set(`job ${index}`, 1_000 - index);
  expect([clock.timers, dueTimes.size]).toEqual([1, 1_000]);
});

it('keeps no timer once nothing is due', async () => {
  const { clock, dueTimes, ran, set } = setUp();
  set('a', 100);
  set('b', 200);
  dueTimes.delete('a');
  dueTimes.delete('b');
  expect([clock.timers, dueTimes.size]).toEqual([0, 0]);
  set('c', 300);
  await clock.advance(300);
  expect([clock.timers, ran]).toEqual([0, ['c at 300']]);
});

it('moves a key that is set again to its new time', async () => {
  const { clock, ran, set } = setUp();
  set('a', 100);
  set('b', 100);
  set('a', 50);
  set('b', 500);
  await clock.advance(1_000);
  expect(ran).toEqual(['a at 50', 'b at 500']);
});

it('lets a callback set its own key again', async () => {
  const { clock, dueTimes } = setUp();
  const times: number[] = [];
  const again = () => {
    times.push(clock.now());
    if (times.length < 3) dueTimes.set('a', clock.now() + 10, again);
  };
  dueTimes.set('a', 10, again);
  await clock.advance(100);
  expect(times).toEqual([10, 20, 30]);
});

it('waits for times beyond the longest timer', async () => {
  const { clock, ran, set } = setUp();
  const days50 = 50 * 86_400_000;
  set('far', days50);
  await clock.advance(days50 - 1);
  expect(ran).toEqual([]);
  await clock.advance(1);
  expect(ran).toEqual([`far at ${days50}`]);
});
