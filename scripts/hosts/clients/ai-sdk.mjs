/** Vercel's AI SDK: tools for its models. */
import { load } from './sdk.mjs';

/** @param {import('../steps.mjs').Server} server */
export async function connect(server) {
  const { createMCPClient } = await load('@ai-sdk/mcp');
  const { Experimental_StdioMCPTransport: Stdio } = await load('@ai-sdk/mcp/mcp-stdio');
  const transport =
    server.kind === 'http' ? { type: 'http', url: server.url } : new Stdio({ ...server, stderr: 'ignore' });
  const client = await createMCPClient({ transport });
  return {
    async tools() {
      const tools = await client.tools();
      return Object.keys(tools).map(name => ({ name, schema: tools[name].inputSchema.jsonSchema }));
    },
    async call(/** @type {string} */ name, /** @type {Record<string, unknown>} */ args) {
      const tools = await client.tools();
      const output = await tools[name].execute(args, { toolCallId: '1', messages: [] });
      return tools[name].toModelOutput({ toolCallId: '1', input: args, output });
    },
    read: (/** @type {string} */ uri) => client.readResource({ uri }),
    close: () => client.close(),
  };
}
