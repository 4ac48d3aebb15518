/** MCP over stdio, both protocol eras: one connection, which lasts as long as stdin does. */
import type { Readable, Writable } from 'node:stream';
import type { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';

/**
 * Serves until stdin ends or stdout breaks. Calls in flight are aborted then: nobody is left to read
 * their answers, and AWS goes on with what it has accepted.
 */
export async function serveOverStdio(
  createServer: () => McpServer,
  stdin: Readable,
  stdout: Writable,
): Promise<void> {
  const ended = new Promise<void>(resolve => {
    stdin.once('end', resolve);
    stdin.once('close', resolve);
    stdout.once('error', () => resolve());
  });
  const handle = serveStdio(createServer, { transport: new StdioServerTransport(stdin, stdout) });
  await ended;
  await handle.close();
}
