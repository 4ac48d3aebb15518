/**
 * MCP over streamable HTTP, both eras at one endpoint: the 2026 era a server for each request, the 2025 era in
 * sessions where the client takes part in one. Bytes, limits and shutdown; who calls is decided elsewhere.
 */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { hostHeaderValidation, originValidation } from '@modelcontextprotocol/fastify';
import {
  classifyInboundRequest,
  createMcpHandler,
  legacyStatelessFallback,
} from '@modelcontextprotocol/server';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { refuse as refuseWith, rpcError } from './answers.ts';
import { createArrivals, textOf } from './bodies.ts';
import { type Admit, type Caller, callerOf, passFor } from './caller.ts';
import { createPasts } from './events.ts';
import { exchange, staysOpen } from './exchange.ts';
import { createLegacy } from './legacy.ts';
import { defaultLimits, type HttpLimits } from './limits.ts';
import { createListenFetch, type Fetch } from './listen-fetch.ts';
import { createOpenResponses } from './open-responses.ts';
import { createElsewhere } from './session-forwarding.ts';
import { createSessions } from './sessions.ts';
import type { SharedSessions } from './shared-sessions.ts';
import { createToolLists } from './tool-lists.ts';

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

/** In which requests are named, by clients and by this server. */
const REQUEST_ID = 'x-request-id';

/** What a stream is told before it ends for a shutdown: come back soon, not at once, and not all together. */
const comeBack = () => `retry: ${1_000 + Math.round(Math.random() * 2_000)}\n\n`;

/** How long the ends of streams may take to arrive. */
const LAST_WORDS_MS = 2_000;

/** The era that answers a request, or `reject` where the newer one only refuses it: the SDK's own decision. */
function eraOf({ method: httpMethod, headers, body }: FastifyRequest) {
  // A POST of nothing is the 2025 era's too: it says what is wrong with it.
  if (body === undefined || body === null) return 'legacy';
  const version = headers['mcp-protocol-version']?.toString();
  const named = version === undefined ? {} : { protocolVersionHeader: version };
  return classifyInboundRequest({ httpMethod, body, ...named }).kind;
}

/** The HTTP server itself, with the bounds that it keeps by itself. */
function createFastify(limits: HttpLimits) {
  const app = Fastify({
    // A client's own name for its request is kept where it is one.
    genReqId: ({ headers: { [REQUEST_ID]: given } }) =>
      typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID(),
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
  app.addHook('onRequest', async ({ id, raw }, reply) => {
    // The call behind it reads it there.
    raw.headers[REQUEST_ID] = id;
    reply.raw.setHeader(REQUEST_ID, id);
  });
  return app;
}

/** Of two names, whoever is in between may have looked at the other one. */
async function refuseTwoHosts({ raw }: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { host = [] } = raw.headersDistinct;
  if (host.length > 1) await reply.code(400).send(rpcError(-32600, 'There is more than one Host header'));
}

/** Serves. @throws the system's error (`EADDRINUSE` ...) where the port cannot be had */
export async function serveOverHttp(options: HttpOptions): Promise<HttpServer> {
  const { host, port, admit, shared, onError = () => undefined, around = (_, __, run) => run() } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const app = createFastify(limits);
  const handler = createMcpHandler(({ era, authInfo }) => callerOf(authInfo).createServer(era), {
    legacy: 'reject',
    onerror: onError,
    // Bounded here, and for each caller.
    maxSubscriptions: Number.POSITIVE_INFINITY,
  });
  const modern = createListenFetch(handler.fetch, (request, authInfo) =>
    callerOf(authInfo).openListen(request),
  );
  const stateless = legacyStatelessFallback(
    ({ authInfo }) => callerOf(authInfo).createServer('legacy'),
    onError,
  );
  const sessions = createSessions(
    { idleMs: limits.sessionIdleMs, mostSessions: limits.sessions, mostPerCaller: limits.sessionsPerCaller },
    createPasts(),
    shared,
  );
  const lists = createToolLists();
  const calls = createOpenResponses(limits.slowReaderMs);
  const streams = createOpenResponses(limits.slowReaderMs);
  let isClosing = false;

  const refuse = (reply: FastifyReply) =>
    isClosing
      ? refuseWith(reply, { status: 503, message: 'The server is shutting down', retryAfterS: 1 })
      : refuseWith(reply, { status: 503, message: 'The server is busy', retryAfterS: 5 });

  /**
   * Has the SDK answer; whatever it throws, the client is not left without an answer, nor does it keep its place.
   * @param list what the SDK answers with where the tool list is asked for; left out where it refuses the request
   */
  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    caller: Caller,
    fetch: Fetch,
    list: Fetch | undefined,
  ): Promise<void> {
    reply.hijack();
    const { raw: req, body } = request;
    const { raw: res } = reply;
    const arrived = { body, authInfo: passFor(caller), expiresAt: caller.expiresAt };
    try {
      if (!list || !(await lists.serve(caller.surface, list, req, res, arrived)))
        await exchange(fetch, req, res, arrived);
    } catch (thrown) {
      onError(thrown instanceof Error ? thrown : new Error(String(thrown)));
      if (res.headersSent) res.destroy();
      else
        res
          .writeHead(500, { 'content-type': 'application/json' })
          .end(JSON.stringify(rpcError(-32603, 'Internal error')));
    }
  }

  const elsewhere = shared && createElsewhere(app, shared, sessions);
  const serveLegacy = createLegacy({
    ...{ sessions, elsewhere, stateless, onError },
    // In a session too: a server for this request alone has the same tools as the session's own.
    answer: (request, reply, caller, fetch) => answer(request, reply, caller, fetch, stateless),
  });

  async function serve(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { raw: res } = reply;
    const [open, most, mostOfCaller] = staysOpen(request, request.body)
      ? [streams, limits.streams, limits.streamsPerCaller]
      : [calls, limits.calls, limits.callsPerCaller];
    if (isClosing || open.size >= most) return refuse(reply);
    const caller = await admit(request, reply);
    if (!caller) return;
    // Others came while it was found out who calls.
    if (isClosing || open.size >= most || open.sizeOf(caller.who) >= mostOfCaller) return refuse(reply);
    // Who hung up meanwhile is not answered, and no event would give their place back.
    if (res.destroyed) {
      reply.hijack();
      return;
    }
    open.add(res, caller.who);
    // Proxies must not keep a stream back until it is long.
    res.setHeader('x-accel-buffering', 'no');
    const era = eraOf(request);
    if (era === 'legacy') await serveLegacy(request, reply, caller);
    else await answer(request, reply, caller, modern, era === 'modern' ? modern : undefined);
  }

  app.addHook('onRequest', refuseTwoHosts);
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
      staysOpen(request, request.body)
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
      if (shared) await sessions.releaseIdle();
      await calls.idle(limits.drainMs);
      await Promise.all([handler.close(), sessions.close()]);
      // What was said last still arrives.
      await streams.idle(LAST_WORDS_MS);
      await app.close();
    },
  };
}
