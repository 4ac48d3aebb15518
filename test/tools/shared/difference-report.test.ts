/** Reports of many or long differences are bounded, and give the number of all. */
import { expect, it } from 'vitest';
import type { Difference } from '../../../src/environment/index.ts';
import { reportDifferences } from '../../../src/tools/shared/difference-report.ts';

const sides = { left: 'dev', right: 'qa', rest: 'More elsewhere.' };
const many = (count: number, is: Difference['is']): Difference[] =>
  Array.from({ length: count }, (_, index) => ({ path: `${is}/${index}`, is, left: index }));

it('shows few differences as they are', () => {
  const few = [
    ...many(30, 'different'),
    { path: 'a', is: 'only right' as const, right: { b: 'x'.repeat(300) } },
  ];
  expect(reportDifferences(few, sides)).toEqual({ differences: few, notes: [] });
});

it('shows the first of each kind, and says how many there are', () => {
  const { differences, notes } = reportDifferences(
    [...many(5_000, 'only left'), ...many(31, 'different'), ...many(2, 'only right')],
    sides,
  );
  expect(differences.map(({ path }) => path)).toEqual([
    ...many(30, 'only left').map(({ path }) => path),
    ...many(30, 'different').map(({ path }) => path),
    ...many(2, 'only right').map(({ path }) => path),
  ]);
  expect(notes).toEqual([
    'Of 5033 differences (5000 only in dev, 2 only in qa, 31 set differently), the first 30 of each kind are shown. More elsewhere.',
  ]);
});

it('shows where long texts start to differ', () => {
  const [left, right] = [`${'a'.repeat(50_000)}LEFT${'b'.repeat(50_000)}`, `${'a'.repeat(50_000)}RIGHT`];
  const { differences } = reportDifferences([{ path: 'p', is: 'different', left, right }], sides);
  const [shown] = differences as unknown as [{ left: string; right: string }];
  expect(shown.left).toMatch(/^…a+LEFTb+… \(part of 100004 characters\)$/);
  expect(shown.right).toMatch(/^…a+RIGHT \(part of 50005 characters\)$/);
  expect(shown.left.length).toBeLessThan(400);
});

it('shortens values and paths of any kind', () => {
  const long = Object.fromEntries(many(1_000, 'different').map(({ path }) => [path, path]));
  const { differences } = reportDifferences(
    [{ path: 'x'.repeat(5_000), is: 'only left', left: long }],
    sides,
  );
  expect(JSON.stringify(differences).length).toBeLessThan(800);
  expect(String(differences[0]?.left)).toContain('different/0');
});
