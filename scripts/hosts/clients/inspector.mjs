/** The Inspector's command line: one process for each request. Over stdio each has a server, and so a sandbox, of its own. */
import { bin, run } from './command.mjs';

/** @param {import('../steps.mjs').Server} server */
export function connect(server) {
  const target =
    server.kind === 'http' ? [server.url, '--transport', 'http'] : [server.command, ...server.args];
  const ask = async (/** @type {string[]} */ ...options) =>
    JSON.parse(await run([bin('mcp-inspector'), '--cli', ...target, ...options]));
  return Promise.resolve({
    async tools() {
      const { tools } = await ask('--method', 'tools/list');
      return tools.map((/** @type {{ name: string, inputSchema: unknown }} */ { name, inputSchema }) => ({
        name,
        schema: inputSchema,
      }));
    },
    call: (/** @type {string} */ name, /** @type {Record<string, unknown>} */ args) =>
      ask(
        '--method',
        'tools/call',
        '--tool-name',
        name,
        ...Object.entries(args).flatMap(([key, value]) => ['--tool-arg', `${key}=${value}`]),
      ),
    read: (/** @type {string} */ uri) => ask('--method', 'resources/read', '--uri', uri),
  });
}
