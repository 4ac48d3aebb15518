/** The tokens that listed tools cost a model: hosts show it the name, the description and the input schema of each tool. */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

/**
 * The tokens of one tool, counted by o200k.
 * @param {import('@modelcontextprotocol/server').Tool} tool as `tools/list` carries it
 */
export const priceOf = ({ name, description, inputSchema }) =>
  countTokens(JSON.stringify({ name, description, inputSchema }));

/** @param {readonly import('@modelcontextprotocol/server').Tool[]} tools */
export const totalPrice = tools => tools.reduce((sum, tool) => sum + priceOf(tool), 0);
