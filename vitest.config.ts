import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { catalogPlugin } from './scripts/catalog.mjs';
import { compiledTests } from './scripts/compiled-tests.mjs';
import { uiPagePlugin } from './scripts/ui-page.mjs';
import { testFiles } from './test/projects.ts';
import { SlowestFirst } from './test/sequencer.ts';

// Tests see nothing of the AWS set-up of whoever runs them.
for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];

const { quick, whole } = testFiles();

const TEST_MS = 60_000;
const cores = availableParallelism();

/** What both projects share. With `extends: true` Vitest would run this file once more for each of them. */
const shared = () => ({
  // The tool list and the page come from the build.
  plugins: [compiledTests.plugin, catalogPlugin(), uiPagePlugin()],
});
const limits = {
  testTimeout: TEST_MS,
  hookTimeout: TEST_MS,
  // What is polled comes as soon as it can; the test's own limit is the only one, and its failure tells more than that one's.
  expect: { poll: { timeout: TEST_MS - 5_000 } },
};

export default defineConfig({
  test: {
    sequence: { sequencer: SlowestFirst },
    projects: [
      {
        ...shared(),
        test: {
          ...limits,
          server: compiledTests.server,
          name: 'whole',
          include: whole,
          isolate: false,
          globalSetup: ['test/global-setup.ts'],
          // A worker mostly waits, for processes that its tests start and for what they repeat: several keep a core busy.
          maxWorkers: 6 * cores,
        },
      },
      {
        ...shared(),
        test: {
          ...limits,
          server: compiledTests.server,
          name: 'quick',
          // They compute all the time: each further worker would load all modules once more. They come after the others.
          maxWorkers: cores + 1,
          sequence: { groupOrder: 1 },
          include: quick,
          isolate: false,
          restoreMocks: true,
          unstubEnvs: true,
        },
      },
    ],
  },
});
