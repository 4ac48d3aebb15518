/**
 * The clients that `npm run hosts` runs, each pinned. They come from npm into a temporary folder, with the Node that the
 * newest of them need, and are no dependencies of this project.
 *
 * @typedef {'stdio' | 'http'} Transport
 * @typedef {{
 *   readonly name: string,
 *   readonly package: string,
 *   readonly version: string,
 *   readonly adapter: string,
 *   readonly transports: readonly Transport[],
 * }} Host
 */

/** Packages that the clients need in addition to their own. */
export const companions = {
  node: '24.21.0',
  '@modelcontextprotocol/sdk': '1.32.2',
  '@langchain/core': '1.4.0',
};

/** @type {readonly Transport[]} */
const both = ['stdio', 'http'];

/**
 * Name, package, version, file in clients/, transports; in the order of the table.
 * @type {readonly (readonly [string, string, string, string, readonly Transport[]])[]}
 */
const rows = [
  ['MCP Inspector (CLI)', '@modelcontextprotocol/inspector', '2.12.0', 'inspector.mjs', both],
  ['AI SDK', '@ai-sdk/mcp', '2.0.99', 'ai-sdk.mjs', both],
  ['OpenAI Agents SDK', '@openai/agents', '0.20.0', 'openai-agents.mjs', both],
  ['LangChain adapters', '@langchain/mcp-adapters', '1.1.4', 'langchain.mjs', both],
  ['Mastra', '@mastra/mcp', '2.0.0', 'mastra.mjs', both],
  ['mcporter', 'mcporter', '0.12.3', 'mcporter.mjs', both],
  ['mcp-remote', 'mcp-remote', '0.15.1', 'mcp-remote.mjs', ['http']],
  ['supergateway', 'supergateway', '4.0.0', 'supergateway.mjs', both],
];

/** @type {readonly Host[]} */
export const hosts = rows.map(([name, npmPackage, version, adapter, transports]) => ({
  ...{ name, package: npmPackage, version, adapter, transports },
}));
