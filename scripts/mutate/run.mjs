/**
 * Breaks the code of each group, one small mutation at a time, and sees whether its tests notice. Arguments name the
 * groups to run again; of the others the figures count that docs/testing.md has. Then writes the figures there; with
 * `--page` alone it does no more than that, after reasons were added. Fails where fewer mutants die than must, or one
 * survives for which `survivors.json` gives no reason.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';
import { groups } from './groups.mjs';
import { foundBefore, foundIn, LEAST_SCORE, resultsOf, tables } from './report.mjs';

/** @param {string} name */
const reportFile = name => `reports/mutation/${name}.json`;

/** @param {string} name */
async function breakGroup(name) {
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
    // A change whose tests run longer counts as noticed: on a busy machine none must run so long for another reason.
    timeoutMS: group.usesSandbox ? 60_000 : 15_000,
    tempDirName: '.stryker-tmp',
    // Stryker reads it with a TypeScript of its own age.
    tsconfigFile: 'none',
    warnings: { unknownOptions: true, preprocessorErrors: true, unserializableOptions: true, slow: false },
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: reportFile(name) },
  }).runMutationTest();
}

const asked = process.argv.slice(2);
const run = asked.length > 0 ? asked.filter(name => name !== '--page') : Object.keys(groups);
for (const name of run) await breakGroup(name);

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
