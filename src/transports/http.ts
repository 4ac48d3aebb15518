/**
 * MCP over streamable HTTP, both eras at one endpoint: the 2026 era a server for each request, the 2025 era in
 * sessions where the client takes part in one. Bytes, limits and shutdown; who calls is decided elsewhere.
 */
import type { AddressInfo } from 'node:net';
import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/fastify';
import { type NodeIncomingMessageLike, toNodeHandler, toWebRequest } from '@modelcontextprotocol/node';
import {
  type AuthInfo,
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  legacyStatelessFallback,
  type McpServer,
  type ProtocolEra,
} from '@modelcontextprotocol/server';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { OpenListen } from '../mcp/listen.ts';
import { createArrivals, textOf } from './http/bodies.ts';
import { createPasts } from './http/events.ts';
import { createOpenResponses } from './http/open-responses.ts';
import { createSessions } from './http/sessions.ts';
import { createListenFetch } from './listen-fetch.ts';

/** Who calls, and what serves them. */
export interface Caller {
  /** Names them in this process: sessions are theirs alone. */
  readonly key: string;
  readonly authInfo?: AuthInfo;
  createServer(era: ProtocolEra): McpServer;
  readonly openListen: OpenListen;
}

/** Finds out who calls. Answers itself, by ending the reply, where nobody may. */
export type Admit = (request: FastifyRequest, reply: FastifyReply) => Promise<Caller | undefined>;

/** Bounds on what clients may do. */
export interface HttpLimits {
  readonly bodyBytes: number;
  /** Of all bodies that are still arriving, in the process. */
  readonly arrivingBytes: number;
  readonly headerBytes: number;
  /** How long a request may take to arrive. */
  readonly receiveMs: number;
  /** Calls under way at once, in the process. */
  readonly calls: number;
  readonly callsPerCaller: number;
  /** Streams that stay open, in the process. */
  readonly streams: number;
  readonly streamsPerCaller: number;
  /** How long a reader of a stream may be behind. */
  readonly slowReaderMs: number;
  readonly sessions: number;
  readonly sessionsPerCaller: number;
  readonly sessionIdleMs: number;
  /** How long a shutdown waits for calls under way. */
  readonly drainMs: number;
}

export const defaultLimits: HttpLimits = {
  bodyBytes: 1_000_000,
  arrivingBytes: 64_000_000,
  headerBytes: 16_384,
  receiveMs: 15_000,
  calls: 256,
  callsPerCaller: 128,
  streams: 2_000,
  streamsPerCaller: 1_000,
  slowReaderMs: 30_000,
  sessions: 5_000,
  sessionsPerCaller: 100,
  sessionIdleMs: 30 * 60_000,
  drainMs: 25_000,
};

/** What is served, and to whom. */
export interface HttpOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Names under which the server may be addressed, and pages may call it. */
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly admit: Admit;
  readonly limits?: Partial<HttpLimits>;
  /** Further routes: health, metrics, metadata. */
  readonly routes?: (app: FastifyInstance) => void;
  /** Learns of each defect. */
  readonly onError?: (error: Error) => void;
}

/** A server that listens. */
export interface HttpServer {
  /** `http://HOST:PORT/mcp` */
  readonly url: string;
  /** Sessions of the 2025 era, streams and calls that are open. */
  readonly open: { readonly sessions: number; readonly streams: number; readonly calls: number };
  /** Takes nothing new, lets calls finish, tells streams to come back, and ends. */
  close(): Promise<void>;
}

/** Node's own request, as the SDK types it. */
type Incoming = FastifyRequest['raw'] & NodeIncomingMessageLike;

/** How the SDK's handlers get to know whom they serve. */
const callers = new WeakMap<AuthInfo, Caller>();

function callerOf(authInfo: AuthInfo | undefined): Caller {
  const caller = authInfo && callers.get(authInfo);
  if (!caller) throw new Error('a request came through that nobody admitted');
  return caller;
}

const nobody = { token: '', clientId: 'anonymous', scopes: [] };

const rpcError = (code: number, message: string) => ({ jsonrpc: '2.0', error: { code, message }, id: null });

/** What a stream is told before it ends for a shutdown: come back soon, not at once, and not all together. */
const comeBack = () => `retry: ${1_000 + Math.round(Math.random() * 2_000)}\n\n`;

/** How long the ends of streams may take to arrive. */
const LAST_WORDS_MS = 2_000;

/** Whether a request opens a stream that stays: the 2025 era's own, or a listen; by what it asks, not by what it says. */
const isStream = ({ method, body }: FastifyRequest) =>
  method === 'GET' || (Object(body) as { method?: unknown }).method === 'subscriptions/listen';

/** Serves. @throws the system's error (`EADDRINUSE` ...) where the port cannot be had */
export async function serveOverHttp(options: HttpOptions): Promise<HttpServer> {
  const { host, port, admit, onError = () => undefined } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const handler = createMcpHandler(({ era, authInfo }) => callerOf(authInfo).createServer(era), {
    legacy: 'reject',
    onerror: onError,
    // Bounded here, and for each caller.
    maxSubscriptions: Number.POSITIVE_INFINITY,
  });
  const fetch = createListenFetch(handler.fetch, (request, authInfo) =>
    callerOf(authInfo).openListen(request),
  );
  const modern = toNodeHandler({ fetch });
  const stateless = toNodeHandler({
    fetch: legacyStatelessFallback(({ authInfo }) => callerOf(authInfo).createServer('legacy'), onError),
  });
  const sessions = createSessions(
    { idleMs: limits.sessionIdleMs, mostSessions: limits.sessions, mostPerCaller: limits.sessionsPerCaller },
    createPasts(),
  );
  const calls = createOpenResponses(limits.slowReaderMs);
  const streams = createOpenResponses(limits.slowReaderMs);
  let isClosing = false;

  /** What serves a request of the 2025 era: its session, a new one, or a server for this request alone. */
  async function serveLegacy(
    caller: Caller,
    req: Incoming,
    reply: FastifyReply,
    body: unknown,
  ): Promise<void> {
    const { raw: res } = reply;
    const id = req.headers['mcp-session-id'];
    const isNew = id === undefined && isInitializeRequest(body);
    if (id === undefined && !isNew) return stateless(req, res, body);
    const session = isNew
      ? await sessions.open(caller.key, () => caller.createServer('legacy'))
      : sessions.find(String(id), caller.key);
    if (!session) {
      const [status, message] = isNew ? [503, 'Too many sessions'] : [404, 'Session not found'];
      res.writeHead(status, { 'content-type': 'application/json', ...(isNew && { 'retry-after': '30' }) });
      res.end(JSON.stringify(rpcError(-32001, message)));
      return;
    }
    res.once('close', session.use());
    await session.transport.handleRequest(req, res, body);
  }

  async function refuse(reply: FastifyReply): Promise<void> {
    await reply
      .code(503)
      .header('retry-after', isClosing ? '1' : '5')
      .send(rpcError(-32000, isClosing ? 'The server is shutting down' : 'The server is busy'));
  }

  async function serve(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { raw: res } = reply;
    const [open, most, mostOfCaller] = isStream(request)
      ? [streams, limits.streams, limits.streamsPerCaller]
      : [calls, limits.calls, limits.callsPerCaller];
    if (isClosing || open.size >= most) return refuse(reply);
    const caller = await admit(request, reply);
    if (!caller) return;
    // Others came while it was found out who calls.
    if (isClosing || open.size >= most || open.sizeOf(caller.key) >= mostOfCaller) return refuse(reply);
    reply.hijack();
    // Who hung up meanwhile is not answered, and no event would give their place back.
    if (res.destroyed) return;
    open.add(res, caller.key);
    // Proxies must not keep a stream back until it is long.
    res.setHeader('x-accel-buffering', 'no');
    const authInfo = caller.authInfo ?? { ...nobody };
    callers.set(authInfo, caller);
    const req = Object.assign(request.raw, { auth: authInfo }) as Incoming;
    try {
      const { body } = request;
      // Of a request, only the head is looked at beside the parsed body: nothing is made of the bytes again.
      const head = await toWebRequest(req, body === undefined ? undefined : null);
      if (await isLegacyRequest(head, body)) await serveLegacy(caller, req, reply, body);
      else await modern(req, res, body);
    } catch (thrown) {
      // Nobody else answers any more, and what is not answered keeps its place.
      onError(thrown instanceof Error ? thrown : new Error(String(thrown)));
      if (res.headersSent) res.destroy();
      else
        res
          .writeHead(500, { 'content-type': 'application/json' })
          .end(JSON.stringify(rpcError(-32603, 'Internal error')));
    }
  }

  const app = Fastify({
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.receiveMs,
    keepAliveTimeout: 72_000,
    // By then nothing is under way; who is still sending would keep the process.
    forceCloseConnections: true,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.receiveMs,
      // Node looks every 30 s otherwise, and what is late is late by that.
      connectionsCheckingInterval: Math.ceil(limits.receiveMs / 4),
    },
    logger: false,
  });
  const arrivals = createArrivals(limits.arrivingBytes);
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    // Some clients name the type of a body that they do not send, and could not end their session.
    if (request.method === 'DELETE' && body.length === 0) done(null);
    else parse(request, textOf(body), done);
  });
  app.addHook('preParsing', async ({ raw }) => arrivals.count(raw));
  app.addHook('onRequest', hostHeaderValidation([...options.allowedHosts]));
  app.addHook('onRequest', originValidation([...options.allowedOrigins]));
  app.setErrorHandler(async (error: Error & { statusCode?: number }, _, reply) => {
    const { statusCode = 500 } = error;
    // No defect: there is no room for the body.
    if (statusCode === 503) return refuse(reply);
    if (statusCode >= 500) onError(error);
    const code = statusCode === 400 ? -32700 : statusCode >= 500 ? -32603 : -32600;
    // What a client did wrong is told as it is; what went wrong here is nobody else's business.
    return reply.code(statusCode).send(rpcError(code, statusCode >= 500 ? 'Internal error' : error.message));
  });
  app.route({ method: ['GET', 'POST', 'DELETE'], url: '/mcp', handler: serve });
  options.routes?.(app);
  await app.listen({ host, port });
  const { port: bound } = app.server.address() as AddressInfo;
  const shownHost = host.includes(':') ? `[${host}]` : host;

  return {
    url: `http://${shownHost}:${bound}/mcp`,
    get open() {
      return { sessions: sessions.size, streams: streams.size, calls: calls.size };
    },
    async close() {
      isClosing = true;
      streams.tell(comeBack());
      await calls.idle(limits.drainMs);
      await Promise.all([handler.close(), sessions.close()]);
      // What was said last still arrives.
      await streams.idle(LAST_WORDS_MS);
      await app.close();
    },
  };
}
