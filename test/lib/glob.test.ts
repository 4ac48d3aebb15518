/** Globs: compared with the regular expression of the same meaning, and bounded in time. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitsGlob } from '../../src/lib/glob.ts';

/** The same as a regular expression, which may backtrack. */
const patternOf = (glob: string) => new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');

it('match what the equivalent regular expression matches', () => {
  const characters = fc.constantFrom('a', 'b', '*', '?');
  const glob = fc.string({ unit: characters, maxLength: 8 });
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 });
  fc.assert(
    fc.property(glob, name, (pattern, text) => {
      expect(fitsGlob(text, pattern)).toBe(patternOf(pattern).test(text));
    }),
    { numRuns: 2_000 },
  );
});

it('takes no longer for many stars than their number times the length of the name', () => {
  // As a regular expression this takes longer than anybody waits.
  const name = `${'a'.repeat(10_000)}`;
  expect(fitsGlob(name, `${'*a'.repeat(50)}*b`)).toBe(false);
  expect(fitsGlob(`${name}b`, `${'*a'.repeat(50)}*b`)).toBe(true);
});
