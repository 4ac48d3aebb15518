/** One session of the 2025 era: its transport, its past messages and how many requests use it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type McpServer,
  type RequestId,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { showsPages } from '../mcp/ui-extension.ts';
import type { EventStoreOptions, SessionEventStore } from './events.ts';
import { rpcError } from './refusals.ts';
import type { SharedSessions, StoredEvent } from './shared-sessions.ts';

type HandleRequest = WebStandardStreamableHTTPServerTransport['handleRequest'];

/** The owner of a session. */
export interface Owner {
  /** Names the caller with the rights that opened the session; it serves no other rights. */
  readonly key: string;
  /** Names the caller. */
  readonly callerId: string;
  createServer(era: 'legacy'): McpServer;
  /** Calls back when the caller's application ends. @returns cancels the callback */
  whenEnded?(run: () => void): () => void;
}

export interface SessionDeps {
  readonly openEventStore: (options: EventStoreOptions) => SessionEventStore;
  readonly shared: SharedSessions | undefined;
  readonly idleMs: number;
  /** Milliseconds on the monotonic clock. */
  readonly now: () => number;
  readonly onOpen: (session: Session) => void;
  readonly onClose: (session: Session) => void;
  /** Called when the session becomes idle or is used again. */
  readonly onIdle: (session: Session, isIdle: boolean) => void;
}

/** How soon a client that lost its stream comes back. */
const RETRY_MS = 1_000;

/** The answer to a client that resumes a stream whose answer it already has. Clients understand 405 as the end. */
const nothingMore = () =>
  Response.json(rpcError(-32000, 'The answer was sent: there is nothing more to come'), {
    status: 405,
    headers: { allow: 'GET, POST, DELETE' },
  });

/** The requests that are being handled, for the messages that answer them. */
const handledRequests = new AsyncLocalStorage<readonly RequestId[]>();

const requestIdsOf = (body: unknown): RequestId[] =>
  [body].flat().flatMap(message => {
    const { id, method } = Object(message) as { id?: RequestId; method?: unknown };
    return id !== undefined && method !== undefined ? [id] : [];
  });

export class Session {
  readonly id: string;
  readonly owner: Owner;
  readonly #deps: SessionDeps;
  readonly #eventStore: SessionEventStore;
  readonly #transport: WebStandardStreamableHTTPServerTransport;
  #server: McpServer | undefined;
  /** The open requests and streams; the session is idle when there are none. */
  #uses = 0;
  /** The open requests that wait for an answer. */
  #calls = 0;
  #idleSince: number;

  /** @param events the messages so far, if the session was on another replica */
  constructor(id: string, owner: Owner, events: readonly StoredEvent[], deps: SessionDeps) {
    this.id = id;
    this.owner = owner;
    this.#deps = deps;
    this.#idleSince = deps.now();
    const { shared } = deps;
    this.#eventStore = deps.openEventStore({
      ...{ before: events, shared: shared?.events(id), requestIds: () => handledRequests.getStore() },
    });
    this.#transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      eventStore: this.#eventStore,
      retryInterval: RETRY_MS,
      onsessioninitialized: () => deps.onOpen(this),
    });
    const cancel = owner.whenEnded?.(() => void this.close());
    this.#transport.onclose = () => {
      cancel?.();
      deps.onClose(this);
      this.#eventStore.close();
    };
  }

  get isIdle(): boolean {
    return this.#uses === 0;
  }

  get idleSince(): number {
    return this.#idleSince;
  }

  /** Whether a client waits for an answer in this session. */
  get hasCalls(): boolean {
    return this.#calls > 0;
  }

  readonly handleRequest: HandleRequest = async (request, options) => {
    const lastEventId = request.method === 'GET' ? request.headers.get('last-event-id') : null;
    if (lastEventId !== null && this.#eventStore.isAnswer(lastEventId)) return nothingMore();
    // Only other replicas need the ids of requests and the subscriptions. Recording them takes a large part of a call's time.
    if (!this.#deps.shared) return this.#transport.handleRequest(request, options);
    const body = options?.parsedBody;
    this.#shareSubscription(this.#deps.shared, body);
    return handledRequests.run(requestIdsOf(body), () => this.#transport.handleRequest(request, options));
  };

  /** Counts a request until it ends. @param isCall whether a client waits for its answer @returns ends the count */
  use(isCall: boolean): () => void {
    const { shared, idleMs, now, onIdle } = this.#deps;
    let hasEnded = false;
    this.#uses += 1;
    onIdle(this, false);
    if (isCall) this.#calls += 1;
    shared?.used(this.id, idleMs);
    return () => {
      if (hasEnded) return;
      hasEnded = true;
      this.#uses -= 1;
      if (isCall) this.#calls -= 1;
      this.#idleSince = now();
      if (this.isIdle) onIdle(this, true);
    };
  }

  async connect(): Promise<void> {
    this.#server = this.owner.createServer('legacy');
    await this.#server.connect(this.#transport);
  }

  /** Whether its client shows pages, as it said when it opened the session. */
  get showsPages(): boolean {
    return showsPages(this.#server?.server.getClientCapabilities());
  }

  /** Repeats a message that the client sent to another replica; its answer is discarded. */
  async replay(message: object): Promise<void> {
    const { sessionId } = this.#transport;
    const request = new Request('http://replica/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(sessionId !== undefined && { 'mcp-session-id': sessionId }),
      },
      body: JSON.stringify(message),
    });
    await (await this.#transport.handleRequest(request, { parsedBody: message })).text();
  }

  /** Adds a message to a stream, for a client that resumes it. */
  async store(streamId: string, message: StoredEvent['message']): Promise<void> {
    await this.#eventStore.storeEvent(streamId, message);
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  /** Subscriptions are part of a session, whichever replica has it. */
  #shareSubscription(shared: SharedSessions, body: unknown): void {
    const { method, params } = Object(body) as { method?: unknown; params?: { uri?: unknown } };
    if (method === 'resources/subscribe' || method === 'resources/unsubscribe')
      shared.subscribed(this.id, String(params?.uri), method === 'resources/subscribe');
  }
}
