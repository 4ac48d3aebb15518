import { defineConfig } from 'vitest/config';
import { catalogPlugin } from '../catalog.mjs';
import { uiPagePlugin } from '../ui-page.mjs';
import { groups } from './groups.mjs';

/** The tests of one group, with no build before them. */
export default defineConfig({
  plugins: [catalogPlugin(), uiPagePlugin()],
  test: {
    include: groups[process.env.MUTATE_GROUP ?? '']?.tests ?? [],
    testTimeout: 30_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
