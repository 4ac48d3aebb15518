/** What find_operation looks among: the tools as they are served, with the requests that people make of them. */
import { LruMap } from '../lib/lru-map.ts';
import type { FindTools } from '../tool-search/index.ts';
import { lazy } from './lazy.ts';

/** A tool as `tools/list` carries it. */
export interface ServedTool {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema: object;
}

/** Makes the search among all the tools that can be called, by whatever way. */
export type FindToolsAmong = (tools: readonly ServedTool[]) => FindTools;

/** An index takes megabytes, and a process serves few sets of tools: each scope and toolset adds one. */
const MOST_INDEXES = 8;

/** The index of some tools; loaded and made by the first search. */
function createIndex(tools: readonly ServedTool[]) {
  return lazy(async () => {
    const [{ createFinder }, { default: requests }] = await Promise.all([
      import('../tool-search/index.ts'),
      import('virtual:tool-requests'),
    ]);
    return createFinder(
      tools.map(({ name, title = name, description = '', inputSchema }) => ({
        ...{ name, title, description, inputSchema },
        requests: requests[name] ?? [],
      })),
    );
  });
}

/** Makes what makes searches. Those among tools of the same names share an index, whatever arguments the tools take. */
export function createFindToolsAmong(): FindToolsAmong {
  const indexes = new LruMap<string, ReturnType<typeof createIndex>>(MOST_INDEXES);
  return tools => {
    // Whoever asks has found this one.
    const others = tools.filter(({ name }) => name !== 'find_operation');
    const schemas = new Map(others.map(({ name, inputSchema }) => [name, inputSchema]));
    const names = JSON.stringify([...schemas.keys()]);
    return async sentence => {
      const find = await indexes.getOrCreate(names, () => createIndex(others)).get();
      return find(sentence).map(found => {
        const inputSchema = schemas.get(found.tool.name) ?? found.tool.inputSchema;
        return { ...found, tool: { ...found.tool, inputSchema } };
      });
    };
  };
}
