/**
 * MCP over streamable HTTP, both eras at one endpoint: the 2026 era a server for each request, the 2025 era in
 * sessions where the client takes part in one. Bytes, limits and shutdown; who calls is decided elsewhere.
 */
import { randomUUID } from 'node:crypto';
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
import { createElsewhere, FORWARDED, type Found } from './http/elsewhere.ts';
import { createOpenResponses } from './http/open-responses.ts';
import { createSessions } from './http/sessions.ts';
import type { SharedSessions } from './http/shared-sessions.ts';
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
  readonly headerBytes: number;
  /** How long a request may take to arrive. */
  readonly receiveMs: number;
  /** Calls under way at once, in the process. */
  readonly calls: number;
  /** Streams that stay open, in the process. */
  readonly streams: number;
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
  headerBytes: 16_384,
  receiveMs: 15_000,
  calls: 256,
  streams: 2_000,
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
  /** The sessions of the other replicas. */
  readonly shared?: SharedSessions | undefined;
  /** Further routes: health, metrics, metadata. */
  readonly routes?: (app: FastifyInstance) => void;
  /** Runs a request inside whatever is to stand around it; not a stream, which may stay for hours. */
  readonly around?:
    | ((request: FastifyRequest, status: () => number, run: () => Promise<void>) => Promise<void>)
    | undefined;
  /** Learns of each answer, when it is over. */
  readonly onAnswer?: (answer: HttpAnswer) => void;
  /** Learns of each defect. */
  readonly onError?: (error: Error) => void;
}

/** An answer of this server, without a word of what was asked. */
export interface HttpAnswer {
  /** Names the request: in the answer's header, in errors, in the log. */
  readonly serverRequestId: string;
  readonly method: string;
  /** Undefined for an address that is none of ours. */
  readonly route: string | undefined;
  readonly status: number;
  readonly durationMs: number;
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

/** What serves a request of the 2025 era, or why nothing does. */
type Legacy =
  | Found
  | { readonly serve: NodeHandler }
  | { readonly status: number; readonly message: string; readonly retryAfterS?: number };

type NodeHandler = ReturnType<typeof toNodeHandler>;

/** How the SDK's handlers get to know whom they serve. */
const callers = new WeakMap<AuthInfo, Caller>();

function callerOf(authInfo: AuthInfo | undefined): Caller {
  const caller = authInfo && callers.get(authInfo);
  if (!caller) throw new Error('a request came through that nobody admitted');
  return caller;
}

const nobody = { token: '', clientId: 'anonymous', scopes: [] };

/** In which requests are named, by clients and by this server. */
const REQUEST_ID = 'x-request-id';

const rpcError = (code: number, message: string) => ({ jsonrpc: '2.0', error: { code, message }, id: null });

/** What a stream is told before it ends for a shutdown: come back soon, not at once, and not all together. */
const comeBack = () => `retry: ${1_000 + Math.round(Math.random() * 2_000)}\n\n`;

/** How long the ends of streams may take to arrive. */
const LAST_WORDS_MS = 2_000;

/** Whether a request opens a stream that stays: the 2025 era's own, or a listen. */
const isStream = ({ method, headers }: FastifyRequest) =>
  method === 'GET' || headers['mcp-method'] === 'subscriptions/listen';

/** Serves. @throws the system's error (`EADDRINUSE` ...) where the port cannot be had */
export async function serveOverHttp(options: HttpOptions): Promise<HttpServer> {
  const { host, port, admit, shared, onError = () => undefined, around = (_, __, run) => run() } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const handler = createMcpHandler(({ era, authInfo }) => callerOf(authInfo).createServer(era), {
    legacy: 'reject',
    onerror: onError,
  });
  const fetch = createListenFetch(handler.fetch, (request, authInfo) =>
    callerOf(authInfo).openListen(request),
  );
  const modern = toNodeHandler({ fetch });
  const stateless = toNodeHandler({
    fetch: legacyStatelessFallback(({ authInfo }) => callerOf(authInfo).createServer('legacy'), onError),
  });
  const app = Fastify({
    // A client's own name for its request is kept where it is one.
    genReqId: ({ headers: { [REQUEST_ID]: given } }) =>
      typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID(),
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.receiveMs,
    keepAliveTimeout: 72_000,
    http: { maxHeaderSize: limits.headerBytes, headersTimeout: limits.receiveMs },
    logger: false,
  });
  const sessions = createSessions(
    { idleMs: limits.sessionIdleMs, mostSessions: limits.sessions, mostPerCaller: limits.sessionsPerCaller },
    shared,
  );
  const elsewhere = shared && createElsewhere(app, shared, sessions);
  const calls = createOpenResponses(limits.slowReaderMs);
  const streams = createOpenResponses(limits.slowReaderMs);
  let isClosing = false;

  /** What serves a request of the 2025 era: its session, a new one, or a server for this request alone. */
  async function findLegacy({ headers, body }: FastifyRequest, caller: Caller): Promise<Legacy> {
    const id = headers['mcp-session-id'];
    if (id === undefined) {
      if (!isInitializeRequest(body)) return { serve: stateless };
      const session = await sessions.open(caller.key, () => caller.createServer('legacy'), body);
      return session ? { session } : { status: 503, message: 'Too many sessions', retryAfterS: 30 };
    }
    const session = sessions.find(String(id), caller.key);
    if (session) return { session };
    try {
      const found = await elsewhere?.find(String(id), caller, headers[FORWARDED] === undefined);
      return found ?? { status: 404, message: 'Session not found' };
    } catch (thrown) {
      onError(thrown as Error);
      // It may well be there: a client that is told that it is not would begin anew.
      return { status: 503, message: 'Sessions cannot be looked up just now', retryAfterS: 2 };
    }
  }

  async function serveLegacy(request: FastifyRequest, reply: FastifyReply, caller: Caller): Promise<void> {
    const found = await findLegacy(request, caller);
    if ('url' in found) {
      const { headers } = request;
      // That replica is gone: what the request asks for is looked up once more, and is then here.
      const goOn = () => {
        headers[FORWARDED] = '1';
        return serveLegacy(request, reply, caller);
      };
      await elsewhere?.forward(reply, found.url, goOn);
      return;
    }
    if ('status' in found) {
      const { status, message, retryAfterS } = found;
      if (retryAfterS !== undefined) reply.header('retry-after', String(retryAfterS));
      await reply.code(status).send(rpcError(-32001, message));
      return;
    }
    reply.hijack();
    const { raw: res } = reply;
    if ('session' in found) {
      const { session } = found;
      res.once('close', session.use());
      const fetch: typeof session.handleRequest = async (...asked) => {
        const response = await session.handleRequest(...asked);
        // A stream is open before there is anything to say on it; Node would keep its head until then.
        setImmediate(() => res.headersSent && res.flushHeaders());
        return response;
      };
      await toNodeHandler({ fetch })(request.raw as Incoming, res, request.body);
    } else await found.serve(request.raw as Incoming, res, request.body);
  }

  async function serve(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { raw: res } = reply;
    const [open, most] = isStream(request) ? [streams, limits.streams] : [calls, limits.calls];
    if (isClosing || open.size >= most) {
      await reply
        .code(503)
        .header('retry-after', isClosing ? '1' : '5')
        .send(rpcError(-32000, isClosing ? 'The server is shutting down' : 'The server is busy'));
      return;
    }
    const caller = await admit(request, reply);
    if (!caller) return;
    const authInfo = caller.authInfo ?? { ...nobody };
    callers.set(authInfo, caller);
    const req = Object.assign(request.raw, { auth: authInfo }) as Incoming;
    open.add(res);
    // Proxies must not keep a stream back until it is long.
    res.setHeader('x-accel-buffering', 'no');
    if (await isLegacyRequest(await toWebRequest(req, request.body))) {
      await serveLegacy(request, reply, caller);
      return;
    }
    reply.hijack();
    await modern(req, res, request.body);
  }

  app.addHook('onRequest', async ({ id, raw }, reply) => {
    // The call behind it reads it there.
    raw.headers[REQUEST_ID] = id;
    reply.raw.setHeader(REQUEST_ID, id);
  });
  app.addHook('onRequest', hostHeaderValidation([...options.allowedHosts]));
  app.addHook('onRequest', originValidation([...options.allowedOrigins]));
  app.setErrorHandler(async (error: Error & { statusCode?: number }, _, reply) => {
    const { statusCode = 500 } = error;
    if (statusCode >= 500) onError(error);
    const code = statusCode === 400 ? -32700 : statusCode >= 500 ? -32603 : -32600;
    // What a client did wrong is told as it is; what went wrong here is nobody else's business.
    return reply.code(statusCode).send(rpcError(code, statusCode >= 500 ? 'Internal error' : error.message));
  });
  app.addHook('onResponse', async ({ id, method, routeOptions }, reply) =>
    options.onAnswer?.({
      ...{ serverRequestId: id, method, route: routeOptions.url, status: reply.raw.statusCode },
      durationMs: Math.round(reply.elapsedTime),
    }),
  );
  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/mcp',
    handler: (request, reply) =>
      isStream(request)
        ? serve(request, reply)
        : around(
            request,
            () => reply.raw.statusCode,
            () => serve(request, reply),
          ),
  });
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
