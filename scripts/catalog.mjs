/**
 * Derives the tool list at build time: bundles src/mcp/catalog.ts with the operations, runs it over
 * tool-descriptions/, and offers the result as the module `virtual:tool-catalog`.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';

const root = new URL('..', import.meta.url);
const MODULE = 'virtual:tool-catalog';

async function loadCatalogCode() {
  const folder = await mkdtemp(join(tmpdir(), 'tool-catalog-'));
  try {
    const file = join(folder, 'catalog.mjs');
    await build({
      input: {
        catalog: fileURLToPath(new URL('src/mcp/catalog.ts', root)),
        operations: fileURLToPath(new URL('src/operations/index.ts', root)),
        workflows: fileURLToPath(new URL('src/workflows/index.ts', root)),
      },
      platform: 'node',
      logLevel: 'warn',
      output: { dir: folder, format: 'esm', entryFileNames: '[name].mjs' },
    });
    const [code, { operations }, { declaredTools }] = await Promise.all([
      import(pathToFileURL(file).href),
      import(pathToFileURL(join(folder, 'operations.mjs')).href),
      import(pathToFileURL(join(folder, 'workflows.mjs')).href),
    ]);
    return { ...code, operations, declaredTools };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The tool list. */
export async function deriveCatalog() {
  const { buildCatalog, buildWorkflowCatalog, operations, declaredTools } = await loadCatalogCode();
  const descriptions = new Map(
    await Promise.all(
      [...declaredTools, ...operations].map(async ({ toolName }) => [
        toolName,
        (await readFile(new URL(`tool-descriptions/${toolName}.md`, root), 'utf8')).trim(),
      ]),
    ),
  );
  const describe = toolName => descriptions.get(toolName);
  return [...buildWorkflowCatalog(declaredTools, describe), ...buildCatalog(operations, describe)];
}

/** A plugin that resolves `virtual:tool-catalog`; parsing JSON is faster than a literal of that size. */
export function catalogPlugin() {
  return {
    name: 'tool-catalog',
    resolveId: id => (id === MODULE ? `\0${MODULE}` : null),
    async load(id) {
      if (id !== `\0${MODULE}`) return null;
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(await deriveCatalog()))});`;
    },
  };
}
