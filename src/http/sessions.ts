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
import { monotonicNow } from '../lib/clock.ts';
import { Crowds } from './crowds.ts';
import { type Past, type PastOptions, unanswered } from './events.ts';
import type { SessionRecord, SharedSessions, StoredEvent } from './shared-sessions.ts';

/** How long a session may do nothing, and how many there may be. */
export interface SessionLimits {
  readonly idleMs: number;
  readonly mostSessions: number;
  readonly mostPerCaller: number;
}

type HandleRequest = WebStandardStreamableHTTPServerTransport['handleRequest'];

/** Whose session it is. */
export interface Owner {
  /** Names the caller with the rights under which it is opened; it serves no others. */
  readonly key: string;
  /** Names the caller. */
  readonly who: string;
  createServer(era: 'legacy'): McpServer;
  /** Calls back when what serves them ends. @returns what takes that back */
  whenEnded?(run: () => void): () => void;
}

/** A session in use. */
export interface Session {
  readonly handleRequest: HandleRequest;
  /** Takes note of a request; the answer takes note of its end. @param isCall whether somebody waits for its answer */
  use(isCall: boolean): () => void;
}

/** The sessions of a process. */
export interface Sessions {
  /**
   * Opens one, with the message that asks for it. Where there are as many as there may be, the one ends for it that
   * has been idle for longest; undefined where none is idle.
   */
  open(owner: Owner, initialize: unknown): Promise<Session | undefined>;
  /** Takes one over whose replica is gone, as it was there. */
  restore(id: string, record: SessionRecord, owner: Owner): Promise<Session>;
  /** The caller's own; undefined for an unknown one and for somebody else's. */
  find(id: string, callerKey: string): Session | undefined;
  readonly size: number;
  /** Leaves those in which nobody waits for an answer to the other replicas. */
  releaseIdle(): Promise<void>;
  /** Ends them all here; another replica may have them. */
  close(): Promise<void>;
}

interface Entry extends Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  readonly past: Past;
  readonly owner: Owner;
  /** Requests and streams that are open. It is idle where there are none. */
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
  const crowds = new Crowds<Entry>();
  const asking = new AsyncLocalStorage<readonly RequestId[]>();
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
    if (shared) for (const [id, { uses }] of sessions) if (uses > 0) shared.used(id, idleMs);
    endIdle();
  }

  function endIdle(): void {
    for (const { idleSince, transport } of crowds.idle()) {
      if (idleSince + idleMs > now()) return;
      void transport.close();
    }
  }

  /**
   * Makes room for one more of a caller's: first among their own, so that nobody ends the sessions of others by opening
   * many. @returns whether there is room
   */
  function makeRoom(who: string): boolean {
    const isFull = crowds.sizeOf(who) >= mostPerCaller;
    if (!isFull && sessions.size < mostSessions) return true;
    const [idlest] = crowds.idle(isFull ? who : undefined);
    void idlest?.transport.close();
    return idlest !== undefined;
  }

  const sweeper = setInterval(sweep, Math.min(SWEEP_EVERY_MS, idleMs)).unref();
  shared?.onTaken(id => void leave(id));

  /** Subscriptions are part of a session, wherever it is. */
  function note(id: string, body: unknown): void {
    const { method, params } = Object(body) as { method?: unknown; params?: { uri?: unknown } };
    if (method === 'resources/subscribe' || method === 'resources/unsubscribe')
      shared?.subscribed(id, String(params?.uri), method === 'resources/subscribe');
  }

  function createEntry(id: string, owner: Owner, events: readonly StoredEvent[], onOpen?: () => void): Entry {
    const past = openPast({ before: events, shared: shared?.events(id), asks: () => asking.getStore() });
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
      eventStore: past,
      retryInterval: RETRY_MS,
      onsessioninitialized() {
        sessions.set(id, entry);
        crowds.enter(entry, entry.uses === 0);
        onOpen?.();
      },
    });
    const entry: Entry = {
      ...{ transport, past, owner, uses: 0, calls: 0, idleSince: now() },
      handleRequest(request, options) {
        // Where nobody could go on with it, nobody needs to know; and that takes a good part of a call's time.
        if (!shared) return transport.handleRequest(request, options);
        note(id, options?.parsedBody);
        return asking.run(idsOf(options?.parsedBody), () => transport.handleRequest(request, options));
      },
      use(isCall) {
        let isOver = false;
        entry.uses += 1;
        crowds.setIdle(entry, false);
        if (isCall) entry.calls += 1;
        shared?.used(id, idleMs);
        return () => {
          if (isOver) return;
          isOver = true;
          entry.uses -= 1;
          if (isCall) entry.calls -= 1;
          entry.idleSince = now();
          if (entry.uses === 0 && sessions.has(id)) crowds.setIdle(entry, true);
        };
      },
    };
    const stay = owner.whenEnded?.(() => void transport.close());
    transport.onclose = () => {
      stay?.();
      if (sessions.delete(id)) crowds.leave(entry);
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
    async open(owner, initialize) {
      endIdle();
      if (!makeRoom(owner.who)) return undefined;
      const id = randomUUID();
      const { key: callerKey } = owner;
      const entry = createEntry(id, owner, [], () => shared?.add(id, { callerKey, initialize }));
      await owner.createServer('legacy').connect(entry.transport);
      return entry;
    },

    async restore(id, { initialize, subscriptions }, owner) {
      makeRoom(owner.who);
      const events = (await shared?.events(id).all()) ?? [];
      const lost = unanswered(events);
      const entry = createEntry(id, owner, events);
      await owner.createServer('legacy').connect(entry.transport);
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
      return entry?.owner.key === callerKey ? entry : undefined;
    },

    get size() {
      return sessions.size;
    },

    releaseIdle: () => leaveAll([...sessions].flatMap(([id, { calls }]) => (calls === 0 ? [id] : []))),

    async close() {
      clearInterval(sweeper);
      await leaveAll([...sessions.keys()]);
    },
  };
}
