/** How far the jobs of one environment are read: AWS documents no order of them, and no bound on their number. */
import { expect, it } from 'vitest';
import { ServerError } from '../../../src/errors.ts';
import { readJobsOf, type Wanted } from '../../../src/tools/list-recent-jobs/read-jobs.ts';

const wanted: Wanted = { appId: 'd1shop', since: undefined, failedOnly: false, most: 2 };
const day = (at: number) => `2026-01-${String(at).padStart(2, '0')}T00:00:00Z`;

/** Reads of an environment whose jobs AWS lists page by page, as days of January. */
function pagesOf(...pages: (number | undefined)[][]) {
  const asked: object[] = [];
  const read = async (_: string, args: object) => {
    const at = asked.push(args) - 1;
    const jobs = (pages[at] ?? []).map((createdOn, index) => ({
      ...{ appId: 'd1shop', backendEnvironmentName: 'dev', jobId: `${at}-${index}`, status: 'COMPLETED' },
      ...(createdOn !== undefined && { createTime: day(createdOn) }),
    }));
    return { jobs, ...(at + 1 < pages.length && { nextToken: `page${at + 1}` }) };
  };
  return { asked, read };
}

const readAll = async (pages: ReturnType<typeof pagesOf>, more: Partial<Wanted> = {}, left = 60) => {
  const { jobs, isCut } = await readJobsOf(pages.read, 'dev', { ...wanted, ...more }, { left });
  return { pages: pages.asked.length, jobs: jobs.length, isCut };
};

it('stops where AWS lists them newest first and there are enough', async () => {
  expect(await readAll(pagesOf([9, 8, 7], [6], [5]))).toEqual({ pages: 1, jobs: 3, isCut: true });
});

it('reads on where they come in any other order, or without times', async () => {
  expect(await readAll(pagesOf([7, 9, 8], [30], [5]))).toEqual({ pages: 3, jobs: 5, isCut: false });
  expect(await readAll(pagesOf([9, undefined, 7], [6]))).toEqual({ pages: 2, jobs: 4, isCut: false });
});

it('stops where the rest is older than what is asked for, and lacks nothing then', async () => {
  const since = Date.parse(day(8));
  expect(await readAll(pagesOf([9, 7], [6]), { since, most: 20 })).toEqual({
    pages: 1,
    jobs: 2,
    isCut: false,
  });
});

it('stops where the budget of the call ends, or after ten pages', async () => {
  const many = () => pagesOf(...Array.from({ length: 30 }, (_, at) => [at + 1]));
  expect(await readAll(many(), {}, 4)).toEqual({ pages: 4, jobs: 4, isCut: true });
  expect(await readAll(many())).toEqual({ pages: 10, jobs: 10, isCut: true });
});

it('asks AWS for failed jobs only', async () => {
  const pages = pagesOf([1], [2]);
  await readAll(pages, { failedOnly: true });
  expect(pages.asked).toMatchObject([{ status: 'FAILED' }, { status: 'FAILED', nextToken: 'page1' }]);
});

it('answers with the failure, unless the call was cancelled', async () => {
  const refuse = (code: 'access_denied' | 'cancelled') => async () => {
    throw new ServerError(code);
  };
  const read = readJobsOf(refuse('access_denied'), 'dev', wanted, { left: 1 });
  expect(await read).toMatchObject({ jobs: [], failure: { code: 'access_denied' } });
  await expect(readJobsOf(refuse('cancelled'), 'dev', wanted, { left: 1 })).rejects.toMatchObject({
    code: 'cancelled',
  });
});
