/** supergateway: turns a stdio server into one over HTTP, and the other way round. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { bin } from './command.mjs';
import { connectSdk, httpTransport, stdioTransport } from './sdk.mjs';

/** A port that nobody listens on. @returns {Promise<number>} */
const freePort = () =>
  new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** @param {import('../steps.mjs').Server} server */
export async function connect(server) {
  if (server.kind === 'http')
    return connectSdk(
      await stdioTransport({
        command: bin('supergateway'),
        args: ['--streamableHttp', server.url, '--logLevel', 'none'],
      }),
    );
  const port = await freePort();
  const line = [server.command, ...server.args].join(' ');
  const options = ['--outputTransport', 'streamableHttp', '--stateful', '--port', String(port)];
  const gateway = spawn(bin('supergateway'), ['--stdio', line, ...options], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/mcp`;
  // It says nowhere that it listens.
  while (!(await fetch(url).catch(() => undefined))) await setTimeout(200);
  const client = await connectSdk(await httpTransport(url));
  return {
    ...client,
    async close() {
      await client.close?.();
      gateway.kill();
    },
  };
}
