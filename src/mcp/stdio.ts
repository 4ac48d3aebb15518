/** MCP over stdio, both protocol eras: one connection, which lasts as long as stdin does. */
import type { Readable, Writable } from 'node:stream';
import {
  type McpServer,
  type ProtocolEra,
  UnsupportedProtocolVersionError,
} from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { quote } from '../lib/quote.ts';
import type { OpenListen } from './listen.ts';
import { createListenTransport } from './listen-transport.ts';
import { createStdioTransport, type Report } from './stdio-transport.ts';

export interface StdioOptions {
  /** What must end before calls are aborted, in a bounded time; called more than once, it is the same one. */
  readonly beforeAbort?: () => Promise<void>;
  /** Reports what the client sent and cannot be answered. */
  readonly report?: Report;
}

/** Characters of a failure's message in the log. */
const LONGEST_REASON = 200;

/** The words of the SDK's failure, without the message that it quotes: that is the client's, and may hold a secret. */
const ownWords = ({ message }: Error) => quote(message.split(/[:[{]/)[0] ?? '', LONGEST_REASON);

/**
 * Serves until stdin ends or stdout breaks. Calls in flight are aborted then, because their answers cannot be delivered;
 * AWS continues what it has accepted. All listens are released.
 */
export async function serveOverStdio(
  createServer: (era: ProtocolEra) => McpServer,
  stdin: Readable,
  stdout: Writable,
  openListen: OpenListen,
  { beforeAbort = async () => undefined, report = () => undefined }: StdioOptions = {},
): Promise<void> {
  let onClose: () => void = () => undefined;
  const closed = new Promise<void>(resolve => {
    onClose = resolve;
  });
  const wire = createStdioTransport(stdin, stdout, report);
  const transport = createListenTransport(wire, openListen, () => {
    onClose();
    return beforeAbort();
  });
  const onError = (error: Error) => {
    // The client has got this one as the answer to its request.
    if (!(error instanceof UnsupportedProtocolVersionError))
      report(`A message was not taken: ${ownWords(error)}`);
  };
  const createReporting = (era: ProtocolEra) => {
    const mcp = createServer(era);
    mcp.server.onerror = onError;
    return mcp;
  };
  const handle = serveStdio(({ era }) => createReporting(era), { transport, onerror: onError });
  await closed;
  await beforeAbort();
  await handle.close();
}
