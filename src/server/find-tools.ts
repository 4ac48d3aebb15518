/** The search index of find_operation: the served tools with their example requests. */
import { BoundedMap } from '../lib/bounded-map.ts';
import { lazy } from '../lib/lazy.ts';
import type { Access } from '../operations/index.ts';
import type { FindTools } from '../tool-search/index.ts';

/** A tool as `tools/list` carries it. */
export interface ServedTool {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema: object;
}

/** Creates a search among the callable tools. */
export type FindToolsAmong = (tools: readonly ServedTool[]) => FindTools;

/** What each tool does to the account, by its name. */
export type AccessByTool = ReadonlyMap<string, Access>;

/** An index takes megabytes, and a process serves few distinct sets of tools. */
const MOST_INDEXES = 8;

/** The index of these tools, built by the first search. */
function createIndex(tools: readonly ServedTool[], access: AccessByTool) {
  return lazy(async () => {
    const [{ createFinder }, { default: requests }] = await Promise.all([
      import('../tool-search/index.ts'),
      import('virtual:tool-requests'),
    ]);
    return createFinder(
      tools.map(({ name, title = name, description = '', inputSchema }) => ({
        ...{ name, title, description, inputSchema },
        access: access.get(name) ?? 'read',
        requests: requests[name] ?? [],
      })),
    );
  });
}

/** Creates searches that share one index wherever the tools have the same names. */
export function createFindToolsAmong(access: AccessByTool): FindToolsAmong {
  const indexes = new BoundedMap<string, ReturnType<typeof createIndex>>(MOST_INDEXES);
  return tools => {
    // A search never finds find_operation, which the agent is already using.
    const others = tools.filter(({ name }) => name !== 'find_operation');
    const schemas = new Map(others.map(({ name, inputSchema }) => [name, inputSchema]));
    const names = JSON.stringify([...schemas.keys()]);
    return async sentence => {
      const find = await indexes.getOrCreate(names, () => createIndex(others, access)).get();
      const { found, noTool } = find(sentence);
      const withOwnSchemas = found.map(one => {
        const inputSchema = schemas.get(one.tool.name) ?? one.tool.inputSchema;
        return { ...one, tool: { ...one.tool, inputSchema } };
      });
      return { found: withOwnSchemas, noTool };
    };
  };
}
