/**
 * The sessions of the 2025 era: a transport each, which its caller alone may use, and which ends when it has
 * been idle for long. A bounded past of its messages lets a client that lost its stream go on from there; where
 * there are replicas, on another one too.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import {
  type McpServer,
  type RequestId,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { monotonicNow } from '../../lib/clock.ts';
import { type Past, type PastOptions, unanswered } from './events.ts';
import type { SessionRecord, SharedSessions, StoredEvent } from './shared-sessions.ts';

/** How long a session may do nothing, and how many there may be. */
export interface SessionLimits {
  readonly idleMs: number;
  readonly mostSessions: number;
  readonly mostPerCaller: number;
}

type HandleRequest = WebStandardStreamableHTTPServerTransport['handleRequest'];

/** A session in use. */
export interface Session {
  readonly handleRequest: HandleRequest;
  /** Takes note of a request; the answer takes note of its end. @param isCall whether somebody waits for its answer */
  use(isCall: boolean): () => void;
}

/** The sessions of a process. */
export interface Sessions {
  /** Opens one, with the message that asks for it; undefined where there are too many. */
  open(callerKey: string, createServer: () => McpServer, initialize: unknown): Promise<Session | undefined>;
  /** Takes one over whose replica is gone, as it was there. */
  restore(id: string, record: SessionRecord, createServer: () => McpServer): Promise<Session>;
  /** The caller's own; undefined for an unknown one and for somebody else's. */
  find(id: string, callerKey: string): Session | undefined;
  readonly size: number;
  /** Leaves those in which nobody waits for an answer to the other replicas. */
  letGo(): Promise<void>;
  /** Ends them all here; another replica may have them. */
  close(): Promise<void>;
}

interface Entry extends Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly past: Past;
  readonly callerKey: string;
  uses: number;
  /** Of these, those that wait for an answer. */
  calls: number;
  idleSince: number;
}

const SWEEP_EVERY_MS = 15_000;
/** How soon a client that lost its stream comes back. */
const RETRY_MS = 1_000;

const idsOf = (body: unknown): RequestId[] =>
  [body].flat().flatMap(message => {
    const { id, method } = Object(message) as { id?: RequestId; method?: unknown };
    return id !== undefined && method !== undefined ? [id] : [];
  });

/** What is said to requests whose replica is gone. */
export const interrupted = <Id extends RequestId | null>(id: Id) => ({
  jsonrpc: '2.0' as const,
  id,
  error: {
    code: -32603,
    message:
      'The replica that worked on this is gone. Look at what stands now, or send the same call again: the tools go on from what is there.',
  },
});

/** Makes them. @param openPast opens the past of one @param shared with other replicas @param now milliseconds on the monotonic clock */
export function createSessions(
  { idleMs, mostSessions, mostPerCaller }: SessionLimits,
  openPast: (options: PastOptions) => Past,
  shared?: SharedSessions,
  now: () => number = monotonicNow,
): Sessions {
  const sessions = new Map<string, Entry>();
  const asking = new AsyncLocalStorage<readonly RequestId[]>();
  const ofCaller = (key: string) => [...sessions.values()].filter(({ callerKey }) => callerKey === key);
  /** Those that end here alone. */
  const leaving = new Set<string>();

  async function leave(id: string): Promise<void> {
    const entry = sessions.get(id);
    if (!entry) return;
    leaving.add(id);
    await entry.transport.close();
  }

  async function leaveAll(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map(leave));
    await Promise.all(ids.map(id => shared?.release(id)));
  }

  /** Ends those that nobody has used for long; of the others, the replicas keep what they know. */
  function sweep(): void {
    for (const [id, { transport, uses, idleSince }] of sessions) {
      if (uses > 0) shared?.used(id, idleMs);
      else if (idleSince + idleMs <= now()) void transport.close();
    }
  }
  const sweeper = setInterval(sweep, Math.min(SWEEP_EVERY_MS, idleMs)).unref();
  shared?.onTaken(id => void leave(id));

  /** Subscriptions are part of a session, wherever it is. */
  function note(id: string, body: unknown): void {
    const { method, params } = Object(body) as { method?: unknown; params?: { uri?: unknown } };
    if (method === 'resources/subscribe' || method === 'resources/unsubscribe')
      shared?.subscribed(id, String(params?.uri), method === 'resources/subscribe');
  }

  function createEntry(
    id: string,
    callerKey: string,
    events: readonly StoredEvent[],
    onOpen?: () => void,
  ): Entry {
    const past = openPast({ before: events, shared: shared?.events(id), asks: () => asking.getStore() });
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      eventStore: past,
      retryInterval: RETRY_MS,
      onsessioninitialized() {
        sessions.set(id, entry);
        onOpen?.();
      },
    });
    const entry: Entry = {
      ...{ transport, past, callerKey, uses: 0, calls: 0, idleSince: now() },
      handleRequest(request, options) {
        // Where nobody could go on with it, nobody needs to know; and that takes a good part of a call's time.
        if (!shared) return transport.handleRequest(request, options);
        note(id, options?.parsedBody);
        return asking.run(idsOf(options?.parsedBody), () => transport.handleRequest(request, options));
      },
      use(isCall) {
        let isOver = false;
        entry.uses += 1;
        if (isCall) entry.calls += 1;
        shared?.used(id, idleMs);
        return () => {
          if (isOver) return;
          isOver = true;
          entry.uses -= 1;
          if (isCall) entry.calls -= 1;
          entry.idleSince = now();
        };
      },
    };
    transport.onclose = () => {
      sessions.delete(id);
      past.close();
      if (!leaving.delete(id)) shared?.remove(id);
    };
    return entry;
  }

  /** Says a message of the client's once more, which changes nothing for the client. */
  async function replay({ transport }: Entry, message: object): Promise<void> {
    const request = new Request('http://replica/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(transport.sessionId !== undefined && { 'mcp-session-id': transport.sessionId }),
      },
      body: JSON.stringify(message),
    });
    await (await transport.handleRequest(request, { parsedBody: message })).text();
  }

  return {
    async open(callerKey, createServer, initialize) {
      sweep();
      if (sessions.size >= mostSessions || ofCaller(callerKey).length >= mostPerCaller) return undefined;
      const id = randomUUID();
      const entry = createEntry(id, callerKey, [], () => shared?.add(id, { callerKey, initialize }));
      await createServer().connect(entry.transport);
      return entry;
    },

    async restore(id, { callerKey, initialize, subscriptions }, createServer) {
      const events = (await shared?.events(id).all()) ?? [];
      const lost = unanswered(events);
      const entry = createEntry(id, callerKey, events);
      await createServer().connect(entry.transport);
      await replay(entry, Object(initialize));
      await replay(entry, { jsonrpc: '2.0', method: 'notifications/initialized' });
      for (const { streamId, id: request } of lost)
        await entry.past.storeEvent(streamId, interrupted(request));
      // What is followed is looked at first, which may take a while; nobody waits for that.
      for (const [index, uri] of subscriptions.entries())
        void replay(entry, {
          ...{ jsonrpc: '2.0', id: `restore-${index}` },
          ...{ method: 'resources/subscribe', params: { uri } },
        });
      return entry;
    },

    find(id, callerKey) {
      const entry = sessions.get(id);
      return entry?.callerKey === callerKey ? entry : undefined;
    },

    get size() {
      return sessions.size;
    },

    letGo: () => leaveAll([...sessions].flatMap(([id, { calls }]) => (calls === 0 ? [id] : []))),

    async close() {
      clearInterval(sweeper);
      await leaveAll([...sessions.keys()]);
    },
  };
}
