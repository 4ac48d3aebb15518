/** `--all-pages`, which joins the pages of a list, and `--csv`, whose cells neither break the file nor run as formulas. */
import { expect, it } from 'vitest';
import { listIn, readAllPages, toCsv } from '../../src/cli/all-pages.ts';

it('reads all pages, and keeps the other members of the first one', async () => {
  const pages: Record<string, object> = {
    first: { summary: 'Page 1', totals: { apps: 3 }, rows: [{ a: 1 }], after: 'x/1', notes: ['n'] },
    'x/1': { summary: 'Page 2', rows: [{ a: 2 }], after: 'x/2', notes: ['n', 'm'] },
    'x/2': { summary: 'Page 3', rows: [{ a: 3 }] },
  };
  const asked: unknown[] = [];
  const answer = await readAllPages({ apps: ['x'] }, async args => {
    asked.push(args);
    return pages[String(args.after ?? 'first')] as Record<string, unknown>;
  });
  expect(asked).toEqual([{ apps: ['x'] }, { apps: ['x'], after: 'x/1' }, { apps: ['x'], after: 'x/2' }]);
  expect(answer).toEqual({ totals: { apps: 3 }, rows: [{ a: 1 }, { a: 2 }, { a: 3 }], notes: ['n', 'm'] });
});

it('stops at an error, and at a page whose cursor leads to itself', async () => {
  expect(await readAllPages({}, async () => undefined)).toBeUndefined();
  const same = await readAllPages({ nextToken: 't' }, async () => ({ jobs: [{ a: 1 }], nextToken: 't' }));
  expect(same).toEqual({ jobs: [{ a: 1 }] });
});

it('finds the list of an answer', () => {
  expect(listIn({ accounts: [{ a: 1 }], rows: [] })).toBe('rows');
  expect(listIn({ notes: ['x'], jobs: [{ a: 1 }] })).toBe('jobs');
  expect(listIn({ notes: ['x'] })).toBeUndefined();
});

it('writes declared columns first, quotes cells that would break a line, and disarms formulas', () => {
  const items = [
    { app: 'a,b', data: ['x: 1', 'y'], count: 3 },
    { app: '=HYPERLINK("http://x")', more: { z: 1 } },
    { app: 'two\nlines', count: -1 },
  ];
  expect(toCsv(items, ['app', 'target'])).toBe(
    [
      'app,target,data,count,more',
      '"a,b",,x: 1; y,3,',
      `"'=HYPERLINK(""http://x"")",,,,"{""z"":1}"`,
      '"two\nlines",,,-1,',
    ].join('\n'),
  );
});
