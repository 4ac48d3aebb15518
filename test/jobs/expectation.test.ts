/**
 * Expected durations from past jobs: the median and a band around it, wider for fewer jobs, without
 * impossible durations and rewritten records.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Expectation, expectationFrom } from '../../src/jobs/expectation.ts';

const minute = 60_000;

function expected(durationsMs: readonly number[]): Expectation {
  const expectation = expectationFrom(durationsMs);
  if (!expectation) throw new Error('nothing is expected');
  return expectation;
}

const widthOf = ({ lowMs, highMs }: Expectation) => highMs - lowMs;
/** Real durations: from a second to a day. */
const durations = fc.array(fc.integer({ min: 1_000, max: 24 * 60 * minute }), {
  minLength: 1,
  maxLength: 40,
});

describe('expectationFrom', () => {
  it.each([
    ['no job', []],
    ['a job that ended before it began', [-5 * minute]],
    ['a job without a duration', [0]],
    ['times that could not be read', [Number.NaN, Number.POSITIVE_INFINITY]],
  ])('expects nothing from %s', (_, durationsMs) => {
    expect(expectationFrom(durationsMs)).toBeUndefined();
  });

  it('expects the median, and ignores impossible durations', () => {
    const sane = [5 * minute, 4 * minute, 6 * minute];
    expect(expected(sane)).toMatchObject({ typicalMs: 5 * minute, samples: 3 });
    expect(expected([Number.NaN, ...sane, -1, 0, Number.POSITIVE_INFINITY])).toEqual(expected(sane));
  });

  it('is the middle of two durations', () => {
    expect(expected([4 * minute, 6 * minute]).typicalMs).toBe(5 * minute);
  });

  it('leaves about a fifth of the jobs below the band and a tenth above it', () => {
    const even = Array.from({ length: 101 }, (_, index) => 100_000 + index * 1_000);
    const { lowMs, highMs } = expected(even);
    expect(lowMs / 1_000).toBeCloseTo(120, -1);
    expect(highMs / 1_000).toBeCloseTo(190, -1);
  });

  it('widens the band for fewer jobs', () => {
    const widths = [1, 2, 5, 20].map(count => widthOf(expected(Array(count).fill(5 * minute))));
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
    expect(new Set(widths).size).toBe(widths.length);
    expect(widths[0]).toBeGreaterThan(2 * minute);
  });

  it('does not count a record that was rewritten days later as a slow job', () => {
    const { highMs, typicalMs } = expected([...Array(4).fill(5 * minute), 3 * 24 * 60 * minute]);
    expect(typicalMs).toBe(5 * minute);
    expect(highMs).toBeLessThanOrEqual(15 * minute);
  });

  it('is a band of positive, finite times around the typical one, for any jobs', () => {
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 30 }), durationsMs => {
        const expectation = expectationFrom(durationsMs);
        if (!expectation) return;
        const { lowMs, typicalMs, highMs, samples } = expectation;
        expect(lowMs).toBeGreaterThan(0);
        expect(lowMs).toBeLessThanOrEqual(typicalMs);
        expect(typicalMs).toBeLessThanOrEqual(highMs);
        expect(samples).toBeGreaterThan(0);
      }),
    );
  });

  it('does not depend on the order and does not change its input', () => {
    fc.assert(
      fc.property(durations, durationsMs => {
        const given = Object.freeze([...durationsMs]);
        expect(expectationFrom([...given].reverse())).toEqual(expectationFrom(given));
      }),
    );
  });

  it('scales with the durations', () => {
    fc.assert(
      fc.property(durations, durationsMs => {
        const once = expected(durationsMs);
        const thrice = expected(durationsMs.map(ms => ms * 3));
        for (const part of ['lowMs', 'typicalMs', 'highMs'] as const)
          expect(Math.abs(thrice[part] - once[part] * 3)).toBeLessThanOrEqual(3);
      }),
    );
  });
});
