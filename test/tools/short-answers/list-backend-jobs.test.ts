/** Errors in a list of jobs are bounded. */
import { expect, it } from 'vitest';
import { withShortErrors } from '../../../src/tools/short-answers/list-backend-jobs.ts';

const outcome = (jobs: unknown) => ({ answer: { jobs }, notes: [] });

it('shows the beginning of a long error, and says so', () => {
  const long = outcome(
    Array.from({ length: 25 }, (_, at) => ({ jobId: `j${at}`, error: 'e'.repeat(50_000) })),
  );
  const { answer, notes } = withShortErrors(long);
  expect(JSON.stringify(answer).length).toBeLessThan(8_000);
  expect((answer.jobs as { error: string }[])[0]?.error).toBe(`${'e'.repeat(250)}…`);
  expect(notes).toEqual(['The errors of 25 jobs are cut; get_backend_job shows the whole of one.']);
});

it('leaves everything else as it is', () => {
  for (const jobs of [undefined, [], [{ jobId: 'j', error: 'no' }], [{ jobId: 'j' }]]) {
    const whole = outcome(jobs);
    expect(withShortErrors(whole)).toBe(whole);
  }
});
