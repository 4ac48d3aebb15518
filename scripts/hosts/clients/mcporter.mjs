/** mcporter's command line: one process for each request. */
import { bin, run } from './command.mjs';

/** @param {import('../steps.mjs').Server} server */
export function connect(server) {
  // Its --stdio-arg takes no arguments that begin with a dash.
  const target =
    server.kind === 'http'
      ? ['--http-url', server.url, '--allow-http']
      : ['--stdio', [server.command, ...server.args].join(' ')];
  return Promise.resolve({
    async tools() {
      const listed = JSON.parse(
        await run([bin('mcporter'), 'list', ...target, '--name', 'amplify', '--schema', '--json']),
      );
      return listed.tools.map(
        (/** @type {{ name: string, inputSchema: unknown }} */ { name, inputSchema }) => ({
          name,
          schema: inputSchema,
        }),
      );
    },
    call: (/** @type {string} */ name, /** @type {Record<string, unknown>} */ args) =>
      run([
        bin('mcporter'),
        'call',
        ...target,
        '--name',
        'amplify',
        '--tool',
        name,
        '--args',
        JSON.stringify(args),
      ]),
  });
}
