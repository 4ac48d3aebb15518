/**
 * Decides which modules share a file of dist/. By default the bundler splits them into very many files: a first call would load
 * a hundred, and each takes half a millisecond. This puts modules that are loaded together into one file.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The shared files, each with the modules that it is made for (`roots`): a file or a folder of this project, or a module of a package. It
 * holds these and all that they import, except for what a file above it holds, so that it loads only files above it.
 * `cli.ts` is in none: it waits for what it loads, and nothing that it loads may wait for it.
 */
const sharedFiles = [
  {
    name: 'command',
    roots: [
      ...['src/lib', 'src/errors.ts'],
      ...['src/cli/program.ts', 'src/cli/explain-failure.ts', 'src/cli/printer.ts'],
    ],
  },
  // The command `call` is a client and knows the names of tools, so it loads this file without `serve`.
  { name: 'protocol', roots: ['@modelcontextprotocol/core/internal', 'src/server/tool-names.ts'] },
  { name: 'serve', roots: ['src/server/application.ts', 'src/server/report.ts', 'src/mcp/stdio.ts'] },
  { name: 'log', roots: ['src/observability/log.ts'] },
  { name: 'vault', roots: ['src/cli/vault.ts', 'src/secrets/seal.ts', 'src/secrets/seal-key.ts'] },
  // The sandbox reads AWS's schemas from this file.
  { name: 'aws', roots: ['@aws-sdk/client-amplifybackend/dist-es/index.js'] },
  // A server over HTTP loads these at its start, before the first call.
  { name: 'http-start', roots: ['src/aws/failures.ts', 'src/jobs/budget.ts', 'src/secrets/digest.ts'] },
  { name: 'call', roots: ['src/server/backend.ts', 'src/tools/define.ts', 'src/tools/shared'] },
];

/** The paths of the modules of a root. @param {string} root @throws where there is no such file, folder or package */
function pathsOf(root) {
  if (!root.startsWith('src/')) return [fileURLToPath(import.meta.resolve(root))];
  const path = fileURLToPath(new URL(`../${root}`, import.meta.url));
  if (statSync(path).isFile()) return [path];
  const names = readdirSync(path).filter(name => name.endsWith('.ts'));
  return names.map(name => join(path, name));
}

/**
 * Adds a module and all that it imports, without what is imported on demand.
 * @param {string} id
 * @param {import('rolldown').ChunkingContext} context
 * @param {Set<string>} found
 */
function addWithImports(id, context, found) {
  const module = context.getModuleInfo(id);
  if (!module || found.has(id)) return;
  found.add(id);
  for (const imported of module.importedIds) addWithImports(imported, context, found);
}

/** The groups of the bundler's `codeSplitting`. */
export const chunkGroups = sharedFiles.map(({ name, roots }, at) => {
  /** @type {Set<string> | undefined} */
  let modules;
  return {
    debugName: name,
    priority: sharedFiles.length - at,
    /** @type {import('rolldown').CodeSplittingNameFunction} */
    name(id, context) {
      if (!modules) {
        modules = new Set();
        for (const path of roots.flatMap(pathsOf)) addWithImports(path, context, modules);
      }
      return modules.has(id) ? name : null;
    },
  };
});
