/** A bounded map keeps the entries that were used last. */
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { BoundedMap } from '../../src/lib/bounded-map.ts';

it('drops the longest unused entry', () => {
  const recent = new BoundedMap<string, number>(2);
  recent.set('a', 1);
  recent.set('b', 2);
  expect(recent.get('a')).toBe(1);
  recent.set('c', 3);
  expect(['a', 'b', 'c'].map(key => recent.get(key))).toEqual([1, undefined, 3]);
});

it('creates a missing value once, even if it is undefined', () => {
  const recent = new BoundedMap<string, undefined>(2);
  const make = vi.fn(() => undefined);
  recent.getOrCreate('a', make);
  recent.getOrCreate('a', make);
  expect(make).toHaveBeenCalledTimes(1);
});

it('never exceeds its bound, and always has the newest entry', () => {
  const key = fc.integer({ min: 0, max: 9 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.tuple(key, fc.boolean())), (most, steps) => {
      const recent = new BoundedMap<number, number>(most);
      for (const [one, isRead] of steps) {
        if (isRead) recent.get(one);
        else recent.set(one, one);
        expect(recent.size).toBeLessThanOrEqual(most);
        if (!isRead) expect(recent.get(one)).toBe(one);
      }
    }),
  );
});
