import { defineConfig } from 'vitest/config';
import { catalogPlugin } from './scripts/catalog.mjs';

export default defineConfig({
  // The composition root takes the tool list from the build.
  plugins: [catalogPlugin()],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 30_000,
    // What is awaited comes as soon as it can; a busy machine takes longer than the second that is usual.
    expect: { poll: { timeout: 15_000 } },
  },
});
