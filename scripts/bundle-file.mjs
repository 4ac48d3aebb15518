/** Bundles files of this project with all that they import, TypeScript too, so that Node can run or import them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

/** @param {string} name a package of the SDK, whose shims for browsers bring the small validator, and nothing else that is used here */
const shimsOf = name => fileURLToPath(new URL('shimsBrowser.mjs', import.meta.resolve(name)));

/** How the product is bundled. @type {import('rolldown').BuildOptions} */
export const productOptions = {
  platform: 'node',
  logLevel: 'warn',
  resolve: {
    // Modules rather than CommonJS: what is unused is left out, and Node compiles the rest once, not again with its wrapper.
    mainFields: ['module', 'main'],
    conditionNames: ['module', 'node', 'default'],
    alias: {
      // What the SDK has for Node is a compiler of JSON Schema, and all here are given the small validator.
      '@modelcontextprotocol/server/_shims': shimsOf('@modelcontextprotocol/server'),
      '@modelcontextprotocol/client/_shims': shimsOf('@modelcontextprotocol/client'),
    },
  },
  // write-file-atomic derives the names of its temporary files from this.
  transform: { define: { __filename: 'import.meta.url' } },
};

/**
 * @param {URL} source
 * @param {string} folder where the bundle goes
 * @param {{ readonly minify?: boolean }} [options]
 * @returns {Promise<string>} the bundle's path
 */
export async function bundle(source, folder, { minify = false } = {}) {
  const file = fileURLToPath(source);
  const name = basename(file, extname(file));
  await build({
    ...productOptions,
    input: { [name]: file },
    output: {
      dir: folder,
      format: 'esm',
      entryFileNames: '[name].mjs',
      chunkFileNames: 'chunks/[name]-[hash].mjs',
      minify,
    },
  });
  return join(folder, `${name}.mjs`);
}

/**
 * Runs something with a folder of its own, which is gone afterwards.
 * @template T
 * @param {string} name what the folder's name begins with
 * @param {(folder: string) => Promise<T>} run
 */
export async function withTemporaryFolder(name, run) {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
