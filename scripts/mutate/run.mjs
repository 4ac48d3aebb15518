/**
 * Runs the mutation tester on each group, or on those that the arguments name, and writes the figures into docs/testing.md.
 * The figures of all other groups are read from that page. With `--page` alone no group runs, and the page is written again
 * with the present reasons. Fails if too few mutants die, or if `survivors.json` gives no reason for one that survives.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';
import { groups } from './groups.mjs';
import { foundBefore, foundIn, LEAST_SCORE, resultsOf, tables } from './report.mjs';

/** @param {string} name */
const reportFile = name => `reports/mutation/${name}.json`;

/** @param {string} name */
async function mutateGroup(name) {
  const group = groups[name];
  if (!group) throw new Error(`no group ${name}: there are ${Object.keys(groups).join(', ')}`);
  process.env.MUTATE_GROUP = name;
  await new Stryker({
    mutate: group.mutate,
    testRunner: 'vitest',
    vitest: { configFile: 'scripts/mutate/vitest.config.mjs', related: false },
    plugins: ['@stryker-mutator/vitest-runner', './scripts/mutate/ignore-prose.mjs'],
    ignorers: ['prose'],
    coverageAnalysis: 'perTest',
    concurrency: 2,
    // A mutant whose tests take longer counts as killed. The limit is high, so that no test reaches it on a busy machine alone.
    timeoutMS: group.usesSandbox ? 60_000 : 15_000,
    tempDirName: '.stryker-tmp',
    // Stryker would read the project's tsconfig.json with an older TypeScript.
    tsconfigFile: 'none',
    warnings: { unknownOptions: true, preprocessorErrors: true, unserializableOptions: true, slow: false },
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: reportFile(name) },
  }).runMutationTest();
}

const asked = process.argv.slice(2);
const run = asked.length > 0 ? asked.filter(name => name !== '--page') : Object.keys(groups);
for (const name of run) await mutateGroup(name);

const page = readFileSync('docs/testing.md', 'utf8');
const found = Object.entries(groups).map(([name, { mutate }]) =>
  run.includes(name)
    ? foundIn(JSON.parse(readFileSync(reportFile(name), 'utf8')))
    : foundBefore(page, mutate),
);
/** @type {Record<string, string[]>} */
const reasons = JSON.parse(readFileSync('scripts/mutate/survivors.json', 'utf8'));
const results = resultsOf(found, reasons);
writeFileSync(
  'docs/testing.md',
  page.replace(
    /(<!-- mutants -->\n)[\s\S]*(<!-- end of mutants -->)/,
    (_, /** @type {string} */ begin, /** @type {string} */ end) => begin + tables(results) + end,
  ),
);
for (const { place, change } of results.unexplained)
  process.stderr.write(`Survives without a reason: ${place} ${change}\n`);
process.stdout.write(`${results.score.toFixed(1)} % of ${results.total} mutants die\n`);
if (results.score < LEAST_SCORE || results.unexplained.length > 0) process.exitCode = 1;
