/**
 * The sessions of the 2025 era. Only its caller may use a session, and it ends after it has been idle for long. A client
 * that lost its stream can resume it from the session's past messages, also on another replica.
 */
import { randomUUID } from 'node:crypto';
import type { RequestId } from '@modelcontextprotocol/server';
import { monotonicNow } from '../lib/clock.ts';
import { type EventStoreOptions, type SessionEventStore, unanswered } from './events.ts';
import { type Owner, Session, type SessionDeps } from './session.ts';
import { SessionCounts } from './session-counts.ts';
import type { SessionRecord, SharedSessions, StoredEvent } from './shared-sessions.ts';

/** How long a session may be idle, and how many there may be. */
export interface SessionLimits {
  readonly idleMs: number;
  readonly mostSessions: number;
  readonly mostPerCaller: number;
}

const SWEEP_EVERY_MS = 15_000;

/** The answer to a request whose replica is gone. */
export const interrupted = <Id extends RequestId | null>(id: Id) => ({
  jsonrpc: '2.0' as const,
  id,
  error: {
    code: -32603,
    message:
      'The replica that handled this call is gone, and the call may have been executed. Read the current state first, or send the same call again: the tools continue from what exists.',
  },
});

/** The sessions of a process. */
export class Sessions {
  readonly #limits: SessionLimits;
  readonly #deps: Omit<SessionDeps, 'onOpen'>;
  readonly #sessions = new Map<string, Session>();
  readonly #counts = new SessionCounts<Session>();
  /** The ids of sessions that end here but continue on another replica. */
  readonly #handedOver = new Set<string>();
  readonly #sweeper: NodeJS.Timeout;

  /** @param shared the sessions of all replicas @param now milliseconds on the monotonic clock */
  constructor(
    limits: SessionLimits,
    openEventStore: (options: EventStoreOptions) => SessionEventStore,
    shared?: SharedSessions,
    now: () => number = monotonicNow,
  ) {
    this.#limits = limits;
    this.#deps = {
      ...{ openEventStore, shared, now, idleMs: limits.idleMs },
      onClose: session => this.#onClose(session),
      onIdle: (session, isIdle) => {
        if (this.#sessions.has(session.id)) this.#counts.setIdle(session, isIdle);
      },
    };
    this.#sweeper = setInterval(() => this.#sweep(), Math.min(SWEEP_EVERY_MS, limits.idleMs)).unref();
    shared?.onTaken(id => void this.#handOver(id));
  }

  get size(): number {
    return this.#sessions.size;
  }

  /**
   * Opens a session. If the limit is reached, the longest idle session ends; undefined if none is idle.
   * @param initialize the client's `initialize` request
   */
  async open(owner: Owner, initialize: unknown): Promise<Session | undefined> {
    this.#endIdle();
    if (!this.#makeRoom(owner.callerId)) return undefined;
    const { key: callerKey } = owner;
    const session = this.#create(randomUUID(), owner, [], ({ id }) =>
      this.#deps.shared?.add(id, { callerKey, initialize }),
    );
    await session.connect();
    return session;
  }

  /** Restores a session whose replica is gone. */
  async restore(id: string, { initialize, subscriptions }: SessionRecord, owner: Owner): Promise<Session> {
    this.#makeRoom(owner.callerId);
    const events = (await this.#deps.shared?.events(id).all()) ?? [];
    const session = this.#create(id, owner, events);
    await session.connect();
    await session.replay(Object(initialize));
    await session.replay({ jsonrpc: '2.0', method: 'notifications/initialized' });
    for (const { streamId, id: request } of unanswered(events))
      await session.store(streamId, interrupted(request));
    // Not awaited: each resource is read when it is subscribed to, which may take a while.
    for (const [index, uri] of subscriptions.entries())
      void session.replay({
        ...{ jsonrpc: '2.0', id: `restore-${index}` },
        ...{ method: 'resources/subscribe', params: { uri } },
      });
    return session;
  }

  /** The caller's session; undefined if it is unknown or belongs to another caller. */
  find(id: string, callerKey: string): Session | undefined {
    const session = this.#sessions.get(id);
    return session?.owner.key === callerKey ? session : undefined;
  }

  /** Releases the sessions without open calls to the other replicas. */
  async releaseIdle(): Promise<void> {
    await this.#handOverAll([...this.#sessions.values()].filter(({ hasCalls }) => !hasCalls));
  }

  /** Ends all sessions in this process; other replicas may take them over. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await this.#handOverAll([...this.#sessions.values()]);
  }

  #create(
    id: string,
    owner: Owner,
    events: readonly StoredEvent[],
    onOpen?: (session: Session) => void,
  ): Session {
    return new Session(id, owner, events, {
      ...this.#deps,
      onOpen: session => {
        this.#sessions.set(id, session);
        this.#counts.add(session, session.isIdle);
        onOpen?.(session);
      },
    });
  }

  #onClose(session: Session): void {
    if (this.#sessions.delete(session.id)) this.#counts.remove(session);
    if (!this.#handedOver.delete(session.id)) this.#deps.shared?.remove(session.id);
  }

  async #handOver(id: string): Promise<void> {
    const session = this.#sessions.get(id);
    if (!session) return;
    this.#handedOver.add(id);
    await session.close();
  }

  async #handOverAll(sessions: readonly Session[]): Promise<void> {
    await Promise.all(sessions.map(({ id }) => this.#handOver(id)));
    await Promise.all(sessions.map(({ id }) => this.#deps.shared?.release(id)));
  }

  /** Ends the sessions that have been idle for long, and extends the lifetime of the others in Redis. */
  #sweep(): void {
    const { shared, idleMs } = this.#deps;
    if (shared) for (const { id, isIdle } of this.#sessions.values()) if (!isIdle) shared.used(id, idleMs);
    this.#endIdle();
  }

  #endIdle(): void {
    const { idleMs, now } = this.#deps;
    for (const session of this.#counts.idle()) {
      if (session.idleSince + idleMs > now()) return;
      void session.close();
    }
  }

  /**
   * Makes room for one more session of a caller. A caller at their own limit loses one of their own sessions, so that
   * opening many sessions never ends those of other callers. @returns whether there is room
   */
  #makeRoom(callerId: string): boolean {
    const { mostPerCaller, mostSessions } = this.#limits;
    const isFull = this.#counts.sizeOf(callerId) >= mostPerCaller;
    if (!isFull && this.#sessions.size < mostSessions) return true;
    const [idlest] = this.#counts.idle(isFull ? callerId : undefined);
    void idlest?.close();
    return idlest !== undefined;
  }
}
