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
  /** Awaited before calls are aborted. It resolves in a bounded time, and repeated calls share one promise. */
  readonly beforeAbort?: () => Promise<void>;
  /** Reports a message of the client that cannot be answered. */
  readonly report?: Report;
}

/** Characters of a failure's message in the log. */
const LONGEST_REASON = 200;

/** The SDK's own words in a failure. They end where the SDK quotes the client's message, which may hold a secret. */
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
    // The client already has this error as the answer to its request.
    if (!(error instanceof UnsupportedProtocolVersionError))
      report(`A message was not accepted: ${ownWords(error)}`);
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
