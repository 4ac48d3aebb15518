/** Bundles what the product is measured against as the product itself is bundled, so that nothing but the code differs. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

/** Bundles a file of this folder with the options of the product's own build. @returns the bundle's path */
export async function bundle(source, folder) {
  await build({
    input: { [source]: fileURLToPath(new URL(`${source}.mjs`, import.meta.url)) },
    platform: 'node',
    logLevel: 'warn',
    output: {
      dir: folder,
      format: 'esm',
      entryFileNames: '[name].mjs',
      chunkFileNames: 'chunks/[name]-[hash].mjs',
      minify: true,
    },
  });
  return join(folder, `${source}.mjs`);
}
