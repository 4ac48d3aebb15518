/** What find_operation looks among: the tools as they are served, with the requests; loaded by the first search. */
import type { FindTools } from '../workflows/find/index.ts';
import { later } from './later.ts';

/** A tool as `tools/list` carries it. */
export interface ServedTool {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema: object;
}

/** Makes the search. @param tools all that can be called, by whatever way */
export function createFindTools(tools: readonly ServedTool[]): FindTools {
  const finder = later(async () => {
    const [{ createFinder }, { default: requests }] = await Promise.all([
      import('../workflows/find/index.ts'),
      import('virtual:tool-requests'),
    ]);
    return createFinder(
      tools
        // Whoever asks has found this one.
        .filter(({ name }) => name !== 'find_operation')
        .map(({ name, title = name, description = '', inputSchema }) => ({
          ...{ name, title, description, inputSchema },
          requests: requests[name] ?? [],
        })),
    );
  });
  return async sentence => (await finder.get())(sentence);
}
