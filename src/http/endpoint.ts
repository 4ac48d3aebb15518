/** The endpoint at `/mcp`: admits a request within the limits, finds the era that answers it, and has the SDK answer. */
import {
  classifyInboundRequest,
  createMcpHandler,
  legacyStatelessFallback,
} from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Admit, authInfoFor, type Caller, callerOf } from './caller.ts';
import { createSessionEventStores } from './events.ts';
import { exchange, staysOpen } from './exchange.ts';
import { createLegacyHandler } from './legacy.ts';
import type { HttpLimits } from './limits.ts';
import { createListenFetch, type Fetch } from './listen-fetch.ts';
import { createOpenResponses } from './open-responses.ts';
import { refuse as refuseWith, rpcError } from './refusals.ts';
import { createSessionForwarding } from './session-forwarding.ts';
import { Sessions } from './sessions.ts';
import type { SharedSessions } from './shared-sessions.ts';
import { createToolLists } from './tool-lists.ts';

export interface EndpointOptions {
  readonly admit: Admit;
  /** The sessions of the other replicas. */
  readonly shared?: SharedSessions | undefined;
  readonly onError?: (error: Error) => void;
}

/** Sent on a stream before it ends for a shutdown, so that clients reconnect soon, and not all at once. */
const reconnect = () => `retry: ${1_000 + Math.round(Math.random() * 2_000)}\n\n`;

/** How long a shutdown waits for the last messages of streams to be sent. */
const FLUSH_MS = 2_000;

/** The era that answers a request, or `reject` if the newer one only refuses it; the SDK decides. */
function eraOf({ method: httpMethod, headers, body }: FastifyRequest) {
  // An empty POST goes to the 2025 era, which answers with the reason for its refusal.
  if (body === undefined || body === null) return 'legacy';
  const version = headers['mcp-protocol-version']?.toString();
  const named = version === undefined ? {} : { protocolVersionHeader: version };
  return classifyInboundRequest({ httpMethod, body, ...named }).kind;
}

/** The handlers of the SDK; each request gets a server of its caller's. */
function createFetches(onError: (error: Error) => void) {
  const handler = createMcpHandler(({ era, authInfo }) => callerOf(authInfo).createServer(era), {
    legacy: 'reject',
    onerror: onError,
    // The limits on streams bound it, in all and for each caller.
    maxSubscriptions: Number.POSITIVE_INFINITY,
  });
  return {
    handler,
    modern: createListenFetch(handler.fetch, (request, authInfo) => callerOf(authInfo).openListen(request)),
    stateless: legacyStatelessFallback(({ authInfo }) => callerOf(authInfo).createServer('legacy'), onError),
  };
}

export class Endpoint {
  readonly #limits: HttpLimits;
  readonly #admit: Admit;
  readonly #onError: (error: Error) => void;
  readonly #isShared: boolean;
  readonly #fetches: ReturnType<typeof createFetches>;
  readonly #sessions: Sessions;
  readonly #serveLegacy: ReturnType<typeof createLegacyHandler>;
  readonly #toolLists = createToolLists();
  readonly #calls;
  readonly #streams;
  #isClosing = false;

  constructor(app: FastifyInstance, limits: HttpLimits, options: EndpointOptions) {
    const { admit, shared, onError = () => undefined } = options;
    this.#limits = limits;
    this.#admit = admit;
    this.#onError = onError;
    this.#isShared = shared !== undefined;
    this.#fetches = createFetches(onError);
    this.#calls = createOpenResponses(limits.slowReaderMs);
    this.#streams = createOpenResponses(limits.slowReaderMs);
    const { sessionIdleMs: idleMs, sessions: mostSessions, sessionsPerCaller: mostPerCaller } = limits;
    this.#sessions = new Sessions(
      { idleMs, mostSessions, mostPerCaller },
      createSessionEventStores(),
      shared,
    );
    const { stateless } = this.#fetches;
    this.#serveLegacy = createLegacyHandler({
      ...{ sessions: this.#sessions, stateless, onError },
      forwarding: shared && createSessionForwarding(app, shared, this.#sessions),
      answer: (...call) => this.#answer(...call),
    });
  }

  /** The numbers of open sessions of the 2025 era, streams and calls. */
  get open() {
    return { sessions: this.#sessions.size, streams: this.#streams.size, calls: this.#calls.size };
  }

  async serve(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { raw: res } = reply;
    const [open, most, mostOfCaller] = staysOpen(request, request.body)
      ? [this.#streams, this.#limits.streams, this.#limits.streamsPerCaller]
      : [this.#calls, this.#limits.calls, this.#limits.callsPerCaller];
    const isFull = () => this.#isClosing || open.size >= most;
    if (isFull()) return this.refuse(reply);
    const caller = await this.#admit(request, reply);
    if (!caller) return;
    // Other requests came while the caller was identified.
    if (isFull() || open.sizeOf(caller.callerId) >= mostOfCaller) return this.refuse(reply);
    // A client that has already disconnected is not counted, because no later event would release its place.
    if (res.destroyed) {
      reply.hijack();
      return;
    }
    open.add(res, caller.callerId);
    // Proxies must not buffer streams.
    res.setHeader('x-accel-buffering', 'no');
    const era = eraOf(request);
    const { modern } = this.#fetches;
    if (era === 'legacy') await this.#serveLegacy(request, reply, caller);
    else await this.#answer(request, reply, caller, modern, era === 'modern' ? modern : undefined);
  }

  /** Refuses a request because the server is full or shutting down. */
  refuse(reply: FastifyReply): Promise<void> {
    return this.#isClosing
      ? refuseWith(reply, { status: 503, message: 'The server is shutting down', retryAfterS: 1 })
      : refuseWith(reply, { status: 503, message: 'The server is busy', retryAfterS: 5 });
  }

  /** Refuses new requests, lets calls finish, makes the clients of streams reconnect, and ends the sessions. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#streams.writeToAll(reconnect());
    if (this.#isShared) await this.#sessions.releaseIdle();
    await this.#calls.idle(this.#limits.drainMs);
    await Promise.all([this.#fetches.handler.close(), this.#sessions.close()]);
    // The last messages are still sent.
    await this.#streams.idle(FLUSH_MS);
  }

  /**
   * Lets the SDK answer. If it throws, the client gets an internal error.
   * @param list answers a request for the tool list; undefined if `fetch` answers that too
   */
  async #answer(
    request: FastifyRequest,
    reply: FastifyReply,
    caller: Caller,
    fetch: Fetch,
    list: Fetch | undefined,
  ): Promise<void> {
    reply.hijack();
    const { raw: req, body } = request;
    const { raw: res } = reply;
    const admitted = { body, authInfo: authInfoFor(caller), expiresAt: caller.expiresAt };
    try {
      if (!list || !(await this.#toolLists.serve(caller.surface, list, req, res, admitted)))
        await exchange(fetch, req, res, admitted);
    } catch (thrown) {
      this.#onError(thrown instanceof Error ? thrown : new Error(String(thrown)));
      if (res.headersSent) res.destroy();
      else
        res
          .writeHead(500, { 'content-type': 'application/json' })
          .end(JSON.stringify(rpcError(-32603, 'Internal error')));
    }
  }
}
