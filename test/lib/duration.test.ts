/** Ages and durations in the one form in which they are written. */
import { expect, it } from 'vitest';
import { durationText } from '../../src/lib/duration.ts';

it.each([
  [-1, '1 s'],
  [0, '1 s'],
  [1_499, '1 s'],
  [59_999, '60 s'],
  [90_000, '2 min'],
  [5_399_999, '90 min'],
  [7_200_000, '2 h'],
  [400_000_000, '5 days'],
])('%i ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
