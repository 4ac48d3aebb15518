/** MCP over stdio, both protocol eras: one connection, which lasts as long as stdin does. */
import type { Readable, Writable } from 'node:stream';
import type { McpServer, ProtocolEra } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { OpenListen } from '../mcp/listen.ts';
import { createListenTransport } from './listen-transport.ts';

/**
 * Serves until stdin ends or stdout breaks. Calls in flight are aborted then: nobody is left to read
 * their answers, and AWS goes on with what it has accepted. What was listened to is released.
 * @param beforeAbort what must end before that, in a bounded time; called more than once, it is the same one
 */
export async function serveOverStdio(
  createServer: (era: ProtocolEra) => McpServer,
  stdin: Readable,
  stdout: Writable,
  openListen: OpenListen,
  beforeAbort: () => Promise<void> = async () => undefined,
): Promise<void> {
  const ended = new Promise<void>(resolve => {
    stdin.once('end', resolve);
    stdin.once('close', resolve);
    stdout.once('error', () => resolve());
  });
  const wire = new StdioServerTransport(stdin, stdout);
  const transport = createListenTransport(wire, openListen, beforeAbort);
  const handle = serveStdio(({ era }) => createServer(era), { transport });
  await ended;
  await beforeAbort();
  await handle.close();
}
