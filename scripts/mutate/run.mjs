/** Breaks the code of each group, one small mutation at a time, and sees whether its tests notice. */
import { Stryker } from '@stryker-mutator/core';
import { groups } from './groups.mjs';

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : Object.keys(groups)) {
  process.env.MUTATE_GROUP = name;
  await new Stryker({
    mutate: groups[name].mutate,
    testRunner: 'vitest',
    vitest: { configFile: 'scripts/mutate/vitest.config.mjs', related: false },
    plugins: ['@stryker-mutator/vitest-runner', './scripts/mutate/ignore-prose.mjs'],
    ignorers: ['prose'],
    coverageAnalysis: 'perTest',
    concurrency: 2,
    tempDirName: '.stryker-tmp',
    tsconfigFile: 'none',
    reporters: ['json', 'clear-text'],
    clearTextReporter: { allowColor: false, reportTests: false },
    jsonReporter: { fileName: `reports/mutation/${name}.json` },
  }).runMutationTest();
}
