/** OpenAI's Agents SDK: tools for its models, with schemas converted to strict ones. */
import { load } from './sdk.mjs';

/** @typedef {{ name: string, parameters: unknown, strict: boolean, invoke(context: unknown, args: string): Promise<unknown> }} FunctionTool */

/** @param {import('../steps.mjs').Server} server */
export async function connect(server) {
  const { MCPServerStdio, MCPServerStreamableHttp, RunContext, getAllMcpTools } =
    await load('@openai/agents');
  const connection =
    server.kind === 'http'
      ? new MCPServerStreamableHttp({ url: server.url, name: 'amplify' })
      : new MCPServerStdio({ command: server.command, args: server.args, env: server.env, name: 'amplify' });
  await connection.connect();
  /** @type {(isStrict: boolean) => Promise<FunctionTool[]>} */
  const functionTools = isStrict =>
    getAllMcpTools({ mcpServers: [connection], convertSchemasToStrict: isStrict });
  return {
    async tools() {
      const tools = await functionTools(true);
      return tools.map(({ name, parameters, strict }) => ({ name, schema: parameters, isStrict: strict }));
    },
    async call(/** @type {string} */ name, /** @type {Record<string, unknown>} */ args) {
      const tool = (await functionTools(false)).find(one => one.name === name);
      return tool?.invoke(new RunContext({}), JSON.stringify(args));
    },
    ...(connection.readResource && { read: (/** @type {string} */ uri) => connection.readResource(uri) }),
    close: () => connection.close(),
  };
}
