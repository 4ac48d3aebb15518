/** MCP over stdio, both protocol eras: one connection, which lasts as long as stdin does. */
import type { Readable, Writable } from 'node:stream';
import type { McpServer, ProtocolEra } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { OpenListen } from './listen.ts';
import { createListenTransport } from './listen-transport.ts';

/** Bytes of the longest message that is read. The arguments of every tool are far shorter. */
const LONGEST_MESSAGE = 10 * 1024 * 1024;

/**
 * Serves until stdin ends or stdout breaks. Calls in flight are aborted then, because their answers cannot be
 * delivered; AWS continues what it has accepted. All listens are released.
 * @param beforeAbort ends, in a bounded time, what must end before that; it may be called several times
 * @throws where the transport gave up while stdin was open, as it does over a message that is too long
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
  const wire = new StdioServerTransport(stdin, stdout, { maxBufferSize: LONGEST_MESSAGE });
  let onClose: (last: 'closed') => void = () => undefined;
  const closed = new Promise<'closed'>(resolve => {
    onClose = resolve;
  });
  const transport = createListenTransport(wire, openListen, () => {
    onClose('closed');
    return beforeAbort();
  });
  const handle = serveStdio(({ era }) => createServer(era), { transport });
  const last = await Promise.race([ended, closed]);
  await beforeAbort();
  await handle.close();
  const isOver = stdin.readableEnded || stdin.destroyed || stdout.errored !== null;
  if (last === 'closed' && !isOver)
    throw new Error(
      `The connection was closed: a message on stdin has more than ${LONGEST_MESSAGE} bytes, which is the most that is read.`,
    );
}
