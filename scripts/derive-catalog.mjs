/** Derives the tool list from the operations, the workflow tools and tool-descriptions/. It runs bundled, since it imports TypeScript. */
import { readFile } from 'node:fs/promises';
import { buildCatalog, buildWorkflowCatalog } from '../src/mcp/catalog.ts';
import { readDescriptionFile } from '../src/mcp/description-file.ts';
import { operations } from '../src/operations/index.ts';
import { declaredTools, pageTools } from '../src/tools/index.ts';

/**
 * Derives the tool list, the tools of the page, and the requests of each listed tool.
 * @param {URL} descriptions the folder of the tools' descriptions
 */
export async function deriveCatalog(descriptions) {
  const toolNames = [...declaredTools, ...operations].map(({ toolName }) => toolName);
  const files = await Promise.all(
    toolNames.map(async toolName => {
      const text = await readFile(new URL(`${toolName}.md`, descriptions), 'utf8');
      return { toolName, ...readDescriptionFile(text) };
    }),
  );
  const bodies = new Map(files.map(({ toolName, body }) => [toolName, body]));
  /** @param {string} toolName */
  const describe = toolName => {
    const body = bodies.get(toolName);
    if (body === undefined) throw new Error(`no description of ${toolName}`);
    return body;
  };
  return {
    catalog: [...buildWorkflowCatalog(declaredTools, describe), ...buildCatalog(operations, describe)],
    pageTools: pageTools.flatMap(tool => buildWorkflowCatalog([tool], () => tool.description)),
    requests: Object.fromEntries(files.map(({ toolName, requests }) => [toolName, requests])),
  };
}
