/**
 * Compiles test files and their imports once for all workers, so that Node loads them as plain modules. Through Vite's runner,
 * loading takes several times as long, and each use of an import runs a getter.
 */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { catalogPlugin } from './catalog.mjs';
import { uiPagePlugin } from './ui-page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const tests = join(root, 'test/');
const folder = join(root, '.compiled/');
let isCompiled = false;

/** The members of `import.meta` that must refer to the source file. @param {string} file */
const metaOf = file => ({ url: pathToFileURL(file).href, filename: file, dirname: dirname(file) });

/** Compiles each module that tests load into one of its own under `.compiled/`; {@link compiledTests} takes those from then on. */
export async function compileTests() {
  const files = (await readdir(tests, { recursive: true })).filter(file => file.endsWith('.test.ts'));
  await build({
    input: Object.fromEntries(files.map(file => [`test/${file.slice(0, -3)}`, tests + file])),
    platform: 'node',
    logLevel: 'warn',
    checks: { pluginTimings: false },
    // Packages, which are all names that are neither a path nor a virtual module.
    external: /^(?!\.|\/|\0|virtual:)/,
    plugins: [catalogPlugin(), uiPagePlugin()],
    transform: {
      define: Object.fromEntries(
        ['url', 'filename', 'dirname'].map(name => [`import.meta.${name}`, `sourceModule.${name}`]),
      ),
    },
    output: {
      dir: folder,
      format: 'esm',
      preserveModules: true,
      preserveModulesRoot: root,
      entryFileNames: '[name].js',
      sourcemap: true,
      banner: ({ moduleIds: [file = ''] }) => `const sourceModule = ${JSON.stringify(metaOf(file))};`,
    },
  });
  isCompiled = true;
}

/** A plugin and settings by which Vitest loads the compiled test files in place of the sources. */
export const compiledTests = {
  plugin: {
    name: 'compiled-tests',
    enforce: /** @type {const} */ ('pre'),
    /** @param {string} id */
    resolveId: id =>
      isCompiled && id.startsWith(tests) && id.endsWith('.test.ts')
        ? join(folder, 'test', `${id.slice(tests.length, -3)}.js`)
        : null,
  },
  // Node loads the compiled files, without Vite.
  server: { deps: { external: [/\/\.compiled\//] } },
};
