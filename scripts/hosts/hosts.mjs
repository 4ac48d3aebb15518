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

/** What the clients need beside themselves. */
export const companions = {
  node: '24.21.0',
  '@modelcontextprotocol/sdk': '1.32.2',
  '@langchain/core': '1.4.0',
};

/** @type {readonly Host[]} in the order of the table; `adapter` names a file in clients/ */
export const hosts = [
  {
    name: 'MCP Inspector (CLI)',
    package: '@modelcontextprotocol/inspector',
    version: '2.12.0',
    adapter: 'inspector.mjs',
    transports: ['stdio', 'http'],
  },
  {
    name: 'AI SDK',
    package: '@ai-sdk/mcp',
    version: '2.0.99',
    adapter: 'ai-sdk.mjs',
    transports: ['stdio', 'http'],
  },
  {
    name: 'OpenAI Agents SDK',
    package: '@openai/agents',
    version: '0.20.0',
    adapter: 'openai-agents.mjs',
    transports: ['stdio', 'http'],
  },
  {
    name: 'LangChain adapters',
    package: '@langchain/mcp-adapters',
    version: '1.1.4',
    adapter: 'langchain.mjs',
    transports: ['stdio', 'http'],
  },
  {
    name: 'Mastra',
    package: '@mastra/mcp',
    version: '2.0.0',
    adapter: 'mastra.mjs',
    transports: ['stdio', 'http'],
  },
  {
    name: 'mcporter',
    package: 'mcporter',
    version: '0.12.3',
    adapter: 'mcporter.mjs',
    transports: ['stdio', 'http'],
  },
  {
    name: 'mcp-remote',
    package: 'mcp-remote',
    version: '0.15.1',
    adapter: 'mcp-remote.mjs',
    transports: ['http'],
  },
  {
    name: 'supergateway',
    package: 'supergateway',
    version: '4.0.0',
    adapter: 'supergateway.mjs',
    transports: ['stdio', 'http'],
  },
];
