/**
 * A server over loopback HTTP, both eras at one URL: the 2026 era on the SDK's handler with the product's
 * listens in front, a stream each; the 2025 era in sessions.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import {
  type NodeIncomingMessageLike,
  NodeStreamableHTTPServerTransport,
  toNodeHandler,
  toWebRequest,
} from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  isLegacyRequest,
  type McpServer,
  type ProtocolEra,
} from '@modelcontextprotocol/server';
import type { OpenListen } from '../../src/mcp/listen.ts';
import { createListenFetch } from '../../src/transports/listen-fetch.ts';

export interface TestHttp {
  readonly url: string;
  /** How many sessions of the 2025 era are open. */
  readonly sessions: number;
  /** Ends every stream and session as a server does that shuts down. */
  close(): Promise<void>;
}

/** Node's own request, as the SDK types it. */
type Incoming = IncomingMessage & NodeIncomingMessageLike;

/** Serves on a free port. @param createServer makes a server for each request, or for each session */
export async function serveHttp(
  createServer: (era: ProtocolEra) => McpServer,
  openListen: OpenListen,
): Promise<TestHttp> {
  const handler = createMcpHandler(({ era }) => createServer(era), { legacy: 'reject' });
  const modern = toNodeHandler({ fetch: createListenFetch(handler.fetch, openListen) });

  const sessions = new Map<string, NodeStreamableHTTPServerTransport>();
  async function openSession(): Promise<NodeStreamableHTTPServerTransport> {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: id => void sessions.set(id, transport),
    });
    transport.onclose = () => void sessions.delete(transport.sessionId ?? '');
    await createServer('legacy').connect(transport);
    return transport;
  }

  async function serve(req: Incoming, res: ServerResponse): Promise<void> {
    const body = req.method === 'POST' ? await json(req) : undefined;
    if (!(await isLegacyRequest(await toWebRequest(req, body)))) return modern(req, res, body);
    const id = req.headers['mcp-session-id'];
    const transport = id === undefined ? await openSession() : sessions.get(String(id));
    if (transport) await transport.handleRequest(req, res, body);
    else res.writeHead(404).end();
  }

  const open = new Set<ServerResponse>();
  const http = createHttpServer((req, res) => {
    open.add(res);
    res.once('close', () => void open.delete(res));
    serve(req as Incoming, res).catch((error: Error) => res.writeHead(500).end(error.message));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    get sessions() {
      return sessions.size;
    },
    async close() {
      await Promise.all([handler.close(), ...[...sessions.values()].map(session => session.close())]);
      // What was said last still arrives.
      await Promise.all([...open].map(res => once(res, 'close')));
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}
