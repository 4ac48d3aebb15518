/** Searching a text in another: the engine's results, in linear time where the engine is slow. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { occurrencesOf } from '../../src/lib/find-occurrences.ts';

/** By the engine's own search. */
function expected(text: string, part: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) found.push(at);
  return found;
}

it('finds what the engine finds, for short and long parts', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 });
  const times = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(letters, times, letters, times, letters, (a, manyA, b, manyB, c) => {
      const part = a.repeat(manyA) + b;
      const text = [c, part, part, a.repeat(manyB), b, part.slice(1), part].join(c);
      expect(occurrencesOf(text, part)).toEqual(expected(text, part));
    }),
    { numRuns: 2_000 },
  );
});

it('finds neither an empty part nor one that is longer than the text', () => {
  expect(occurrencesOf('abc', '')).toEqual([]);
  expect(occurrencesOf('abc', 'a'.repeat(100))).toEqual([]);
});

it('reads a text once, even if it is repetitive', () => {
  // The engine's own search takes half a minute for this.
  const part = `${'a'.repeat(10_000)}b${'a'.repeat(9_999)}`;
  expect(occurrencesOf('a'.repeat(5_000_000), part)).toEqual([]);
  expect(occurrencesOf(`${'a'.repeat(1_000_000)}${part.slice(10_000)}`, part)).toEqual([990_000]);
});
