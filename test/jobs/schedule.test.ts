/**
 * The delay between polls: within its bounds, short while the end is likely, long otherwise. bench/jobs.mjs
 * measures its cost.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectationFrom } from '../../src/jobs/expectation.ts';
import { nextDelay, type Pace } from '../../src/jobs/schedule.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const delayOf = (pace: Partial<Pace>) =>
  nextDelay({ ageMs: 0, expectation: undefined, failures: 0, random: () => 0.5, ...pace });

/** The ages at which a job is looked at that never ends, up to an age. */
function looks(untilMs: number, pace: Partial<Pace> = {}): number[] {
  const ages: number[] = [];
  for (let ageMs = 0; ageMs < untilMs; ages.push(ageMs)) ageMs += delayOf({ ...pace, ageMs });
  return ages;
}

/** Ten jobs of a length and about it. */
const expecting = (typicalMs: number) => {
  const expectation = expectationFrom(
    Array.from({ length: 10 }, (_, index) => typicalMs * (0.82 + index * 0.04)),
  );
  if (!expectation) throw new Error('nothing is expected');
  return expectation;
};

const age = fc.oneof(fc.integer({ min: 0, max: 5 * minute }), fc.integer({ min: 0, max: 100 * hour }));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const history = fc.array(fc.integer({ min: 1, max: 24 * hour }), { maxLength: 25 });

describe('nextDelay', () => {
  it('is never below its minimum or above its maximum', () => {
    fc.assert(
      fc.property(age, share, history, fc.nat(2_000), (ageMs, random, pastMs, failures) => {
        const expectation = expectationFrom(pastMs);
        const delayMs = nextDelay({ ageMs, expectation, failures, random: () => random });
        const isQuick = expectation && expectation.typicalMs < 10 * second;
        expect(delayMs).toBeGreaterThanOrEqual(isQuick ? 250 : second);
        expect(delayMs).toBeLessThanOrEqual(failures === 0 ? minute : 1.5 * minute);
      }),
    );
  });

  it('never passes the start of the band, unless that is closer than the minimum', () => {
    fc.assert(
      fc.property(share, share, history, (part, random, pastMs) => {
        const expectation = expectationFrom(pastMs);
        if (!expectation) return;
        const { lowMs, typicalMs } = expectation;
        const ageMs = part * lowMs;
        const nextMs = ageMs + nextDelay({ ageMs, expectation, failures: 0, random: () => random });
        expect(nextMs).toBeLessThanOrEqual(Math.max(lowMs, ageMs + Math.max(second, 0.1 * typicalMs)));
      }),
    );
  });

  it('reaches every age', () => {
    fc.assert(
      fc.property(share, history, (random, pastMs) => {
        const pace = { expectation: expectationFrom(pastMs), random: () => random };
        expect(looks(hour, pace).length).toBeLessThan(hour / 250 + 1);
      }),
      { numRuns: 20 },
    );
  });
});

describe('without past jobs', () => {
  it('is short at first, then grows with the age, up to a minute', () => {
    const delays = [0, second, 10 * second, minute, 5 * minute, hour].map(ageMs => delayOf({ ageMs }));
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(delays[0]).toBe(second);
    expect(delays.at(-1)).toBeCloseTo(0.95 * minute);
  });

  it.each([30 * second, 5 * minute, 9 * minute])('waits about a tenth of an age of %d ms', ageMs => {
    expect(delayOf({ ageMs }) / ageMs).toBeCloseTo(0.1, 1);
  });
});

describe('with past jobs', () => {
  it.each([30 * second, 5 * minute, 40 * minute])('is short around %d ms, and long otherwise', typicalMs => {
    const expectation = expecting(typicalMs);
    const { lowMs, highMs } = expectation;
    const within = delayOf({ expectation, ageMs: typicalMs });
    expect(within).toBeLessThanOrEqual(0.1 * typicalMs);
    expect(delayOf({ expectation, ageMs: lowMs })).toBe(within);
    expect(delayOf({ expectation, ageMs: lowMs / 2 })).toBeGreaterThan(within);
    expect(delayOf({ expectation, ageMs: 3 * highMs })).toBeGreaterThan(within);
  });

  it('polls a short job only while its end is likely', () => {
    const expectation = expecting(30 * second);
    const [first = 0] = looks(expectation.highMs, { expectation });
    expect(first).toBeGreaterThan(0.95 * expectation.lowMs);
    expect(first).toBeLessThanOrEqual(expectation.lowMs);
  });

  it('polls a longer job early in case it fails at once, then less often until the band', () => {
    const expectation = expecting(5 * minute);
    const early = looks(expectation.lowMs, { expectation });
    expect(early[0]).toBeLessThanOrEqual(10 * second);
    expect(early.length).toBeLessThan(10);
  });

  it('polls more often in a narrower band', () => {
    const narrow = { lowMs: 290 * second, typicalMs: 300 * second, highMs: 310 * second, samples: 25 };
    const wide = { ...narrow, lowMs: 240 * second, highMs: 360 * second };
    const ageMs = 300 * second;
    expect(delayOf({ expectation: narrow, ageMs })).toBeLessThan(delayOf({ expectation: wide, ageMs }) / 2);
  });

  it('polls a job of seconds more than once a second', () => {
    const expectation = expecting(4 * second);
    expect(delayOf({ expectation, ageMs: 4 * second })).toBeLessThan(second / 2);
  });

  it('polls an overdue job less and less often, but not less often than one without past jobs', () => {
    const expectation = expecting(5 * minute);
    const ages = [7, 10, 15, 30, 600].map(minutes => minutes * minute);
    const delays = ages.map(ageMs => delayOf({ expectation, ageMs }));
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    for (const [index, ageMs] of ages.entries())
      expect(delays[index]).toBeLessThanOrEqual(delayOf({ ageMs }));
  });
});

describe('after failures', () => {
  it('waits exponentially longer, up to a cap', () => {
    const delays = Array.from({ length: 12 }, (_, index) => delayOf({ ageMs: second, failures: index + 1 }));
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect((delays[5] ?? 0) / (delays[4] ?? 0)).toBeCloseTo(2);
    expect(delays.at(-1)).toBeCloseTo(0.95 * 1.5 * minute);
  });

  it('never waits less than without', () => {
    fc.assert(
      fc.property(age, share, history, fc.nat(20), (ageMs, random, pastMs, failures) => {
        const pace = { ageMs, expectation: expectationFrom(pastMs), random: () => random };
        expect(nextDelay({ ...pace, failures })).toBeGreaterThanOrEqual(nextDelay({ ...pace, failures: 0 }));
      }),
    );
  });
});

it('spreads the polls of jobs that were started together slightly', () => {
  for (const expectation of [undefined, expecting(5 * minute)])
    for (const ageMs of [30 * second, 5 * minute, 20 * minute]) {
      const [soonest, latest] = [1, 0].map(random => delayOf({ ageMs, expectation, random: () => random }));
      expect(soonest).toBeLessThan(latest as number);
      expect(soonest).toBeGreaterThanOrEqual(0.89 * (latest as number));
    }
});
