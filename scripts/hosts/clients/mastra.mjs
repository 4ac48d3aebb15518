/** Mastra's client: tools for its agents. */
import { load } from './sdk.mjs';

/** @param {import('../steps.mjs').Server} server */
export async function connect(server) {
  const { MCPClient } = await load('@mastra/mcp');
  const amplify =
    server.kind === 'http'
      ? { url: new URL(server.url), enableProgressTracking: true }
      : { command: server.command, args: server.args, env: server.env, enableProgressTracking: true };
  const client = new MCPClient({ servers: { amplify } });
  let reports = 0;
  await client.progress.onUpdate('amplify', () => void reports++);
  const tools = await client.listTools();
  return {
    tools: () => Promise.resolve(Object.keys(tools).map(name => ({ name }))),
    call: (/** @type {string} */ name, /** @type {Record<string, unknown>} */ args) =>
      tools[`amplify_${name}`].execute(args, {}),
    read: (/** @type {string} */ uri) => client.resources.read('amplify', uri),
    progress: () => reports,
    close: () => client.disconnect(),
  };
}
