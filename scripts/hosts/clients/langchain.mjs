/** LangChain's adapters: tools for its agents. */
import { load } from './sdk.mjs';

/** @param {import('../steps.mjs').Server} server */
export async function connect(server) {
  const { MultiServerMCPClient } = await load('@langchain/mcp-adapters');
  let reports = 0;
  const amplify =
    server.kind === 'http'
      ? { transport: 'http', url: server.url }
      : { transport: 'stdio', command: server.command, args: server.args, env: server.env, stderr: 'ignore' };
  const client = new MultiServerMCPClient({ mcpServers: { amplify }, onProgress: () => void reports++ });
  /** @type {{ name: string, schema: unknown, invoke(call: unknown): Promise<{ content: unknown }> }[]} */
  const tools = await client.getTools();
  return {
    tools: () => Promise.resolve(tools.map(({ name, schema }) => ({ name, schema }))),
    async call(/** @type {string} */ name, /** @type {Record<string, unknown>} */ args) {
      const tool = tools.find(one => one.name === name);
      // The content of the message is what the model reads; the artifact beside it is for the program.
      return (await tool?.invoke({ type: 'tool_call', id: '1', name, args }))?.content;
    },
    read: (/** @type {string} */ uri) => client.readResource('amplify', uri),
    progress: () => reports,
    close: () => client.close(),
  };
}
