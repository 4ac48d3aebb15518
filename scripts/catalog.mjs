/**
 * Derives the tool list at build time: bundles src/mcp/catalog.ts with the operations, runs it over
 * tool-descriptions/, and offers the result as the module `virtual:tool-catalog`. The requests under the
 * descriptions are a module of their own, `virtual:tool-requests`, which no start loads.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';

const root = new URL('..', import.meta.url);

/** What is bundled and run to derive the modules. */
const sources = {
  catalog: 'src/mcp/catalog.ts',
  descriptionFile: 'src/mcp/description-file.ts',
  operations: 'src/operations/index.ts',
  workflows: 'src/workflows/index.ts',
};

async function loadCatalogCode() {
  const folder = await mkdtemp(join(tmpdir(), 'tool-catalog-'));
  try {
    await build({
      input: Object.fromEntries(
        Object.entries(sources).map(([name, file]) => [name, fileURLToPath(new URL(file, root))]),
      ),
      platform: 'node',
      logLevel: 'warn',
      output: { dir: folder, format: 'esm', entryFileNames: '[name].mjs' },
    });
    const modules = await Promise.all(
      Object.keys(sources).map(name => import(pathToFileURL(join(folder, `${name}.mjs`)).href)),
    );
    return Object.assign({}, ...modules);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The tool list, and for each tool its requests. */
export async function deriveCatalog() {
  const { buildCatalog, buildWorkflowCatalog, operations, declaredTools, readDescriptionFile } =
    await loadCatalogCode();
  const files = new Map(
    await Promise.all(
      [...declaredTools, ...operations].map(async ({ toolName }) => [
        toolName,
        readDescriptionFile(await readFile(new URL(`tool-descriptions/${toolName}.md`, root), 'utf8')),
      ]),
    ),
  );
  const describe = toolName => files.get(toolName).body;
  return {
    catalog: [...buildWorkflowCatalog(declaredTools, describe), ...buildCatalog(operations, describe)],
    requests: Object.fromEntries([...files].map(([toolName, { requests }]) => [toolName, requests])),
  };
}

const modules = {
  'virtual:tool-catalog': ({ catalog }) => catalog,
  'virtual:tool-requests': ({ requests }) => requests,
};

/** A plugin that resolves them; parsing JSON is faster than a literal of that size. */
export function catalogPlugin() {
  let derived;
  return {
    name: 'tool-catalog',
    buildStart() {
      derived = undefined;
    },
    resolveId: id => (id in modules ? `\0${id}` : null),
    async load(id) {
      const pick = id.startsWith('\0') && modules[id.slice(1)];
      if (!pick) return null;
      derived ??= deriveCatalog();
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(pick(await derived)))});`;
    },
  };
}
