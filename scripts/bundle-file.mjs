/** Bundles files of this project, and the TypeScript that they import, so that Node can run or import them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

/** The shims for browsers of an SDK package. Of these, only the choice of the JSON Schema validator matters here. @param {string} name */
const shimsOf = name => fileURLToPath(new URL('shimsBrowser.mjs', import.meta.resolve(name)));

/** How the product is bundled. @type {import('rolldown').BuildOptions} */
export const productOptions = {
  platform: 'node',
  logLevel: 'warn',
  resolve: {
    // ES modules rather than CommonJS: the bundler drops unused exports, and Node does not compile the wrapper of each CommonJS module.
    mainFields: ['module', 'main'],
    conditionNames: ['module', 'node', 'default'],
    alias: {
      // The SDK's shims for Node load a compiler of JSON Schema; those for browsers load a small validator.
      '@modelcontextprotocol/server/_shims': shimsOf('@modelcontextprotocol/server'),
      '@modelcontextprotocol/client/_shims': shimsOf('@modelcontextprotocol/client'),
    },
  },
  // write-file-atomic derives the names of its temporary files from this.
  transform: { define: { __filename: 'import.meta.url' } },
};

/**
 * @param {URL} source
 * @param {string} folder the folder for the bundle
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
 * Runs a function with a temporary folder, which is removed afterwards.
 * @template T
 * @param {string} name the prefix of the folder's name
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
