/** Which project a test file belongs to, and that what is named of test files exists. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { testFiles, thorough } from './projects.ts';
import { slowest } from './sequencer.ts';

const { quick, whole } = testFiles();

it.each([
  ['starts a process itself', 'test/package.test.ts'],
  ['starts one through a helper', 'test/scenarios/confirm.test.ts'],
  ['starts one through a helper of a helper', 'test/scenarios/replicas.test.ts'],
  ['computes for long', 'test/patterns.test.ts'],
])('what %s is not quick', (_, file) => {
  expect(whole).toContain(file);
});

it.each([
  ['runs in its own process', 'test/policy/decide.test.ts'],
  ['takes only a type from a helper that starts processes', 'test/mcp/listen.test.ts'],
])('what %s is quick', (_, file) => {
  expect(quick).toContain(file);
});

it('no test file replaces a module, since others share it', () => {
  const replaces = (file: string) => readFileSync(file, 'utf8').includes(`vi.${'mock'}(`);
  expect([...quick, ...whole].filter(replaces)).toEqual([]);
});

it('every test file is in one project, and quick ones are most of them', () => {
  const all = [...quick, ...whole];
  expect(new Set(all).size).toBe(all.length);
  expect(quick.length).toBeGreaterThan(all.length / 2);
});

it('the files that are named as thorough or as slow exist', () => {
  const named = [...thorough.map(name => `test/${name}`), ...slowest];
  expect(named.filter(file => !existsSync(file))).toEqual([]);
  expect(new Set(slowest).size).toBe(slowest.length);
});
