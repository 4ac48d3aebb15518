/** What the tool list costs a model, in o200k tokens: in total, and for each tool by its parts. */
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { deriveCatalog } from '../scripts/catalog.mjs';

const tokens = value => (value === undefined ? 0 : encode(JSON.stringify(value)).length);

/** The list as `tools/list` carries it. */
export async function measureTokens() {
  const list = (await deriveCatalog()).map(({ tool }) => tool);
  return {
    total: tokens({ tools: list }),
    tools: list.map(tool => ({
      name: tool.name,
      all: tokens(tool),
      input: tokens(tool.inputSchema),
      output: tokens(tool.outputSchema),
      description: tokens(tool.description),
    })),
  };
}
