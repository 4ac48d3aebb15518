/** What the tool list costs a model, in o200k tokens: in total, and for each tool by its parts. */
import { execFileSync } from 'node:child_process';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { bin } from './child.mjs';

/** @param {unknown} value */
const tokens = value => (value === undefined ? 0 : encode(JSON.stringify(value)).length);

/** The list as `tools/list` carries it by default. */
export function measureTokens() {
  /** @type {{ tools: import('@modelcontextprotocol/server').Tool[] }} */
  const { tools: list } = JSON.parse(
    execFileSync(process.execPath, [bin, 'tools', '--json'], { encoding: 'utf8' }),
  );
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
