/** Whether a job runs far longer than such jobs do. */
import { expect, it } from 'vitest';
import { overdueText } from '../../src/jobs/overdue.ts';
import { minute } from '../support/watched-aws.ts';

it.each([
  ['of unknown age', {}, undefined],
  ['young, as quick jobs vary', { elapsedMs: 4 * minute, expectedMs: 1_000 }, undefined],
  ['within three times the usual', { elapsedMs: 29 * minute, expectedMs: 10 * minute }, undefined],
  [
    'beyond that',
    { elapsedMs: 31 * minute, expectedMs: 10 * minute },
    'Such jobs take about 10 min; this one has run for 31 min, far beyond that.',
  ],
  ['without past jobs, within an hour', { elapsedMs: 59 * minute }, undefined],
  [
    'without past jobs, beyond an hour',
    { elapsedMs: 61 * minute },
    'Such jobs take minutes; this one has run for 61 min, far beyond that.',
  ],
])('%s', (_, age, text) => {
  expect(overdueText(age)).toBe(text);
});
