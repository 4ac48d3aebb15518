/**
 * Bundles the command and its dependencies into dist/, so that an install fetches one package. Modules that a start does not
 * need are in chunks that are loaded on first use.
 */
import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { productOptions } from './bundle-file.mjs';
import { catalogPlugin } from './catalog.mjs';
import { chunkGroups } from './chunks.mjs';
import { licensesPlugin } from './licenses.mjs';
import { bundledModules, uiPagePlugin } from './ui-page.mjs';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));

const { output } = await build({
  ...productOptions,
  input: { cli: fileURLToPath(new URL('../src/cli/bin.ts', import.meta.url)) },
  plugins: [catalogPlugin(), uiPagePlugin(), licensesPlugin(bundledModules)],
  output: {
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    minify: true,
    codeSplitting: { groups: chunkGroups },
  },
});
await chmod(join(dist, 'cli.js'), 0o755);

// Removes stale chunks last, because a server that runs from dist/ during a build may still load them.
const built = new Set(output.map(file => join(dist, file.fileName)));
for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
  const file = join(entry.parentPath, entry.name);
  if (entry.isFile() && !built.has(file)) await rm(file);
}
