/** The official SDK's client, as hosts use it behind a bridge. */

/**
 * Loads a package that is installed where this runs, not in this project.
 * @param {string} name
 */
export const load = name => import(name);

/**
 * @param {unknown} transport
 * @returns {Promise<import('../steps.mjs').HostClient>}
 */
export async function connectSdk(transport) {
  const { Client } = await load('@modelcontextprotocol/sdk/client/index.js');
  const client = new Client({ name: 'hosts', version: '1' });
  await client.connect(transport);
  let reports = 0;
  return {
    async tools() {
      const { tools } = await client.listTools();
      return tools.map((/** @type {{ name: string, inputSchema: unknown }} */ tool) => ({
        name: tool.name,
        schema: tool.inputSchema,
      }));
    },
    call: (name, args) =>
      client.callTool({ name, arguments: args }, undefined, { onprogress: () => reports++ }),
    read: uri => client.readResource({ uri }),
    progress: () => reports,
    close: () => client.close(),
  };
}

/** @param {{ command: string, args: readonly string[], env?: Record<string, string> }} options */
export async function stdioTransport(options) {
  const { StdioClientTransport } = await load('@modelcontextprotocol/sdk/client/stdio.js');
  return new StdioClientTransport({ ...options, stderr: 'ignore' });
}

/** @param {string} url */
export async function httpTransport(url) {
  const { StreamableHTTPClientTransport } = await load('@modelcontextprotocol/sdk/client/streamableHttp.js');
  return new StreamableHTTPClientTransport(new URL(url));
}
