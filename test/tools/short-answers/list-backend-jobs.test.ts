/** A list of jobs is a table with bounded errors. */
import { expect, it } from 'vitest';
import { callListBackendJobs, withShortErrors } from '../../../src/tools/short-answers/list-backend-jobs.ts';

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

const listed = {
  ...{ appId: 'd1shop', backendEnvironmentName: 'dev', operation: 'CloneBackend' },
  ...{ createTime: '2026-01-01T10:00:00Z', updateTime: '2026-01-01T10:02:00Z' },
};

it("is a table, with AWS's words on one line and the cursor below", async () => {
  const answer = {
    jobs: [
      { ...listed, jobId: 'j2', status: 'FAILED', error: 'no | row\n| of its own' },
      { ...listed, jobId: 'j1', status: 'HIBERNATING' },
    ],
    nextToken: 'next page',
  };
  const { text, isTextWhole } = await callListBackendJobs(async () => ({ answer, notes: [] }), {});
  expect(isTextWhole).toBe(true);
  expect(text?.split('\n')).toEqual([
    'Jobs of dev in app d1shop, the newest first:',
    '',
    "| started (UTC) | operation | state | took | AWS's reason | job id |",
    '| --- | --- | --- | --- | --- | --- |',
    '| 2026-01-01 10:00 | CloneBackend | failed | 2 min | no \\| row\\n\\| of its own | j2 |',
    '| 2026-01-01 10:00 | CloneBackend | running (AWS says HIBERNATING) |  |  | j1 |',
    '',
    'nextToken: "next page"',
  ]);
});

it('has no table where AWS lists a job without its ids', async () => {
  const answer = { jobs: [{ ...listed, status: 'COMPLETED' }] };
  expect(await callListBackendJobs(async () => ({ answer, notes: [] }), {})).not.toHaveProperty('text');
});
