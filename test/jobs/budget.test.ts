/**
 * The poll budget of a region, on the test's own clock: it has a ceiling, throttling halves it, success
 * restores it, and requests are served in order.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBudget } from '../../src/jobs/budget.ts';

const second = 1_000;
const start = Date.UTC(2026, 0, 1);
const settings = { ceiling: 10, floor: 0.1, burst: 5 };

/** The turns, in milliseconds from the start, of as many as ask at the same time. */
function turns(budget: ReturnType<typeof createBudget>, count: number, now = start): number[] {
  return Array.from({ length: count }, () => now + budget.reserve(now) - start);
}

/** How far two turns are apart that are taken now: what the rate is. */
function spacing(budget: ReturnType<typeof createBudget>, now: number): number {
  turns(budget, settings.burst, now);
  const [one = 0, other = 0] = turns(budget, 2, now);
  return other - one;
}

const failFor = (budget: ReturnType<typeof createBudget>, seconds: number) => {
  for (let index = 0; index < seconds; index += 1) budget.throttled(start + index * second);
};

describe('turns', () => {
  it('are immediate for a burst, then ten per second', () => {
    expect(turns(createBudget(), 8)).toEqual([0, 0, 0, 0, 0, 100, 200, 300]);
  });

  it('are immediate again after a quiet time, up to one burst', () => {
    const budget = createBudget(settings);
    turns(budget, 5);
    const later = start + 3_600 * second;
    expect(turns(budget, 6, later).map(at => at - 3_600 * second)).toEqual([0, 0, 0, 0, 0, 100]);
  });

  it('are given to a thousand concurrent requests in their order, evenly spaced', () => {
    const all = turns(createBudget(settings), 1_000);
    expect(all).toEqual([...all].sort((a, b) => a - b));
    expect(all.at(-1)).toBeCloseTo((1_000 - settings.burst) * 100);
  });

  it('never exceed the ceiling in any window', () => {
    const event = fc.record({
      what: fc.constantFrom('take', 'take', 'take', 'succeeded', 'throttled'),
      afterMs: fc.oneof(fc.constant(0), fc.nat(300), fc.nat(20_000)),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), events => {
        const budget = createBudget(settings);
        const taken: number[] = [];
        let now = start;
        for (const { what, afterMs } of events) {
          now += afterMs;
          if (what === 'take') taken.push(now - start + budget.reserve(now));
          else if (what === 'succeeded') budget.succeeded(now);
          else budget.throttled(now);
        }
        expect(taken).toEqual([...taken].sort((a, b) => a - b));
        for (const [first, from] of taken.entries())
          for (const [more, to] of taken.slice(first).entries()) {
            const allowed = settings.burst + ((to - from) / second) * settings.ceiling;
            // Sums of tenths are not exact.
            expect(more + 1).toBeLessThanOrEqual(allowed + 1e-3);
          }
      }),
    );
  });
});

describe('throttling', () => {
  it('halves the rate and removes the burst', () => {
    const budget = createBudget(settings);
    budget.throttled(start);
    expect(turns(budget, 4)).toEqual([200, 400, 600, 800]);
  });

  it('allows no burst until the rate is restored', () => {
    const budget = createBudget(settings);
    budget.throttled(start);
    expect(turns(budget, 3, start + 60 * second).map(at => at - 60 * second)).toEqual([0, 200, 400]);
  });

  it('counts once for polls that were in flight together', () => {
    const budget = createBudget(settings);
    for (let index = 0; index < 20; index += 1) budget.throttled(start + index * 49);
    expect(spacing(budget, start + second)).toBeCloseTo(200);
  });

  it('leaves at least one request in ten seconds', () => {
    const budget = createBudget(settings);
    failFor(budget, 100);
    const now = start + 1_000 * second;
    expect(spacing(budget, now)).toBeCloseTo(10 * second);
    // Seven waited for their turns in the line above; nobody waits for longer than that.
    expect(budget.reserve(now)).toBeLessThanOrEqual(8 * 10 * second);
  });
});

describe('success', () => {
  it('restores the rate step by step', () => {
    const budget = createBudget(settings);
    failFor(budget, 100);
    let now = start + 1_000 * second;
    const spacings = Array.from({ length: 6 }, () => {
      for (let index = 0; index < 20; index += 1) budget.succeeded(now);
      now += 1_000 * second;
      return spacing(budget, now);
    });
    expect(spacings).toEqual([...spacings].sort((a, b) => b - a));
    expect(spacings[0]).toBeGreaterThan(400);
    expect(spacings.at(-1)).toBeCloseTo(100);
  });

  it('brings a region back within two minutes of steady polling, from the bottom to the ceiling', () => {
    const budget = createBudget(settings);
    failFor(budget, 100);
    let now = start + 100 * second;
    const until = now + 120 * second;
    while (now < until) {
      now += budget.reserve(now);
      budget.succeeded(now);
    }
    expect(spacing(budget, now)).toBeCloseTo(100);
  });

  it('never raises it above the ceiling', () => {
    const budget = createBudget(settings);
    for (let index = 0; index < 1_000; index += 1) budget.succeeded(start);
    expect(turns(budget, 7)).toEqual([0, 0, 0, 0, 0, 100, 200]);
  });
});
