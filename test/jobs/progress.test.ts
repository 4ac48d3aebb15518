/** Progress never decreases and never reaches 100, and the limit between a slow job and a stalled one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStalled, progressOf } from '../../src/jobs/progress.ts';

const minute = 60_000;
const hour = 60 * minute;
const around = (typicalMs: number) => ({
  ...{ lowMs: typicalMs * 0.8, typicalMs, highMs: typicalMs * 1.2, samples: 10 },
});

describe('progressOf', () => {
  it.each([
    [0, 0],
    [0.5, 45],
    [0.999, 89],
    [1, 90],
    [1.04, 90],
    [1.5, 93],
    [3, 96],
    [1_000, 98],
    [-1, 0],
  ])('at %d times the typical time it is %d %%', (times, percent) => {
    expect(progressOf(times * 5 * minute, around(5 * minute))).toBe(percent);
  });

  it('is a whole number from 0 to 99 that never decreases', () => {
    const time = fc.double({ min: 0, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(time, time, fc.integer({ min: 1, max: 24 * hour }), (one, other, typicalMs) => {
        const expectation = around(typicalMs);
        const [earlier, later] = [one, other]
          .sort((a, b) => a - b)
          .map(elapsedMs => progressOf(elapsedMs, expectation)) as [number, number];
        expect(earlier).toBeLessThanOrEqual(later);
        for (const percent of [earlier, later]) {
          expect(Number.isInteger(percent)).toBe(true);
          expect(percent).toBeGreaterThanOrEqual(0);
          expect(percent).toBeLessThanOrEqual(99);
        }
      }),
    );
  });
});

describe('isStalled', () => {
  it.each([
    ['minutes are normal', 20 * minute, 20 * minute, false],
    ['an hour is long, but not yet stuck', hour, hour, false],
    ['hours mean stuck', hour + 1, hour + 1, true],
    ['an old job that gave a sign of life lately lives', 5 * hour, 30 * minute, false],
    ['and is stuck once it has been quiet for longer', 5 * hour, 30 * minute + 1, true],
  ])('without past jobs: %s', (_, ageMs, quietMs, stalled) => {
    expect(isStalled({ ageMs, quietMs, expectation: undefined })).toBe(stalled);
  });

  // Five times the high end of five minutes is half an hour.
  it.each([
    ['twice as long as usual is slow', 5, 10 * minute, 10 * minute, false],
    ['five times the slow ones is not yet beyond', 5, 30 * minute, 30 * minute, false],
    ['more is', 5, 30 * minute + 1, 30 * minute + 1, true],
    ['unless it gave a sign of life since', 5, hour, 15 * minute, false],
    ['and long enough ago it is again', 5, hour, 15 * minute + 1, true],
    ['seconds are no reason, however quick the jobs are', 0.1, 10 * minute, 10 * minute, false],
    ['ten minutes are', 0.1, 10 * minute + 1, 10 * minute + 1, true],
    ['of jobs that take an hour, two are nothing', 60, 2 * hour, 2 * hour, false],
  ])('with past jobs: %s', (_, typicalMinutes, ageMs, quietMs, stalled) => {
    expect(isStalled({ ageMs, quietMs, expectation: around(typicalMinutes * minute) })).toBe(stalled);
  });

  it('stays stalled while nothing happens', () => {
    const time = fc.integer({ min: 0, max: 48 * hour });
    const expectation = fc.option(fc.integer({ min: 1_000, max: hour }).map(around), { nil: undefined });
    fc.assert(
      fc.property(time, time, time, expectation, (age, quiet, more, expected) => {
        const [quietMs, ageMs] = [Math.min(age, quiet), age];
        if (!isStalled({ ageMs, quietMs, expectation: expected })) return;
        const later = { ageMs: ageMs + more, quietMs: quietMs + more, expectation: expected };
        expect(isStalled(later)).toBe(true);
      }),
    );
  });
});
