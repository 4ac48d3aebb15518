/** Measures the tool list: its o200k tokens for a model, and its bytes on the wire. */
import { execFileSync } from 'node:child_process';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { bin } from './child.mjs';
import { priceOf, totalPrice } from './price.mjs';

/** @param {string[]} flags */
function list(...flags) {
  const printed = execFileSync(process.execPath, [bin, 'tools', '--json', ...flags], { encoding: 'utf8' });
  /** @type {{ tools: import('@modelcontextprotocol/server').Tool[] }} */
  const { tools } = JSON.parse(printed);
  return tools;
}

/** @param {unknown} value */
const bytes = value => Buffer.byteLength(JSON.stringify(value));

/** Measures what `tools/list` answers on both surfaces. */
export function measureTokens() {
  const full = list();
  return {
    full: totalPrice(full),
    compact: totalPrice(list('--surface', 'compact')),
    bytes: bytes({ tools: full }),
    tools: full.map(tool => ({
      name: tool.name,
      price: priceOf(tool),
      input: countTokens(JSON.stringify(tool.inputSchema)),
      description: countTokens(JSON.stringify(tool.description)),
      outputBytes: bytes(tool.outputSchema),
    })),
  };
}
