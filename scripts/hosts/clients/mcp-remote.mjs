/** mcp-remote: lets a host that speaks only stdio reach a server over HTTP. */
import { bin } from './command.mjs';
import { connectSdk, stdioTransport } from './sdk.mjs';

/** @param {import('../steps.mjs').Server} server */
export async function connect(server) {
  if (server.kind !== 'http') throw new Error('mcp-remote reaches servers over HTTP');
  const args = [server.url, '--transport', 'http-only', '--allow-http'];
  return connectSdk(await stdioTransport({ command: bin('mcp-remote'), args }));
}
