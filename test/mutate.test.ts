/**
 * The input of the mutation tester: existing files, existing tests, and reasons for survivors in mutated
 * files.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { groups } from '../scripts/mutate/groups.mjs';
import { foundBefore, foundIn, LEAST_SCORE, resultsOf, tables } from '../scripts/mutate/report.mjs';

const broken = Object.values(groups).flatMap(({ mutate }) => mutate);
const page = readFileSync('docs/testing.md', 'utf8');

it.each(Object.entries(groups))('the group %s names files that exist', (_, { mutate, tests }) => {
  expect(mutate.length * tests.length).toBeGreaterThan(0);
  expect([...mutate, ...tests].filter(file => !existsSync(file))).toEqual([]);
});

it('no file is in two groups', () => {
  expect(new Set(broken).size).toBe(broken.length);
});

it('the page lists exactly the mutated files', () => {
  const told = [...page.matchAll(/^\| `(src\/[^`]+)` \|/gm)].map(([, file]) => file);
  expect(told.sort()).toEqual([...broken].sort());
});

it('enough mutants died', () => {
  const [, score] = /^\d+ survive, ([\d.]+) % die:$/m.exec(page) ?? [];
  expect(Number(score)).toBeGreaterThanOrEqual(LEAST_SCORE);
  expect(page).not.toContain('Not looked at yet');
});

it('reasons belong to code that is there', () => {
  const reasons: Readonly<Record<string, string[]>> = JSON.parse(
    readFileSync('scripts/mutate/survivors.json', 'utf8'),
  );
  const isThere = (entry: string) => {
    const [file = '', ...change] = entry.split(': ');
    if (!broken.includes(file)) return false;
    const source = readFileSync(file, 'utf8').replace(/\s+/g, ' ');
    // An arrow stands in the middle of a change, and may stand in the code before it too.
    const parts = change.join(': ').split(' => ');
    const originals = parts.map((_, at) => parts.slice(0, at).join(' => ').replace(/…$/, '')).slice(1);
    return originals.some(original => source.includes(original));
  };
  expect(Object.values(reasons).flatMap(changes => changes.filter(change => !isThere(change)))).toEqual([]);
});

describe('a report', () => {
  const location = { start: { line: 2, column: 3 }, end: { line: 2, column: 8 } };
  const mutant = (status: string, replacement = 'false') => ({ status, location, replacement });
  const statuses = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored', 'RuntimeError'];
  const found = foundIn({
    files: {
      'src/a.ts': { source: 'if (\n  a < b)', mutants: statuses.map(status => mutant(status)) },
      'src/b.ts': { source: 'if (\n  a | b)', mutants: [mutant('Survived', '`true`'), mutant('Killed')] },
    },
  });
  const reasons = { 'It is the same.': ['src/a.ts: a < b => false'] };

  it('counts killed and surviving mutants, with reasons', () => {
    const results = resultsOf([found], reasons);
    expect(results).toMatchObject({ total: 6, dead: 3, score: 50 });
    expect(results.files).toEqual([
      { file: 'src/a.ts', total: 4, dead: 2 },
      { file: 'src/b.ts', total: 2, dead: 1 },
    ]);
    expect(results.unexplained).toEqual([
      { place: 'src/b.ts:2', change: 'a | b => `true`', reason: undefined },
    ]);
  });

  it('is grouped by file and by reason', () => {
    const text = tables(resultsOf([found], reasons));
    expect(text).toContain('| `src/a.ts` | 4 | 2 | 50.0 % |');
    expect(text).toContain('3 survive, 50.0 % die:');
    expect(text).toContain('**It is the same.**\n\n- src/a.ts:2 ``a < b => false``\n- src/a.ts:2');
    expect(text).toContain('**Not looked at yet**\n\n- src/b.ts:2 `` a | b => `true` ``');
  });

  it('is read from the page where a group is not run again', () => {
    const before = tables(resultsOf([found], reasons));
    const { files, survivors } = foundBefore(before, ['src/a.ts', 'src/b.ts']);
    expect(files).toEqual(found.files);
    const [reason] = Object.keys(reasons);
    expect(survivors).toEqual(
      found.survivors.map(one => (one.place.startsWith('src/a.ts') ? { ...one, reason } : one)),
    );
    expect(tables(resultsOf([{ files, survivors }], {}))).toBe(before);
    expect(foundBefore(before, ['src/b.ts'])).toEqual({
      files: [{ file: 'src/b.ts', total: 2, dead: 1 }],
      survivors: [{ place: 'src/b.ts:2', change: 'a | b => `true`' }],
    });
  });
});
