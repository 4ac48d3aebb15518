/** The names of all tools that some configuration serves, as the build derives them. */
import catalog from 'virtual:tool-catalog';

export const toolNames: readonly string[] = catalog.map(({ tool }) => tool.name);
