/**
 * Bundles the command into dist/: what a start needs in one file, the rest in chunks that are loaded on
 * first use. Everything that runs is inside, so an install fetches one package.
 */
import { chmod, rm } from 'node:fs/promises';
import { build } from 'rolldown';
import { catalogPlugin } from './catalog.mjs';
import { licensesPlugin } from './licenses.mjs';

const root = new URL('..', import.meta.url);
const dist = new URL('dist/', root).pathname;

await rm(dist, { recursive: true, force: true });
await build({
  input: { cli: new URL('src/cli.ts', root).pathname },
  platform: 'node',
  logLevel: 'warn',
  plugins: [catalogPlugin(), licensesPlugin()],
  output: {
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    minify: true,
  },
});
await chmod(`${dist}cli.js`, 0o755);
