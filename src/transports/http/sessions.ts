/**
 * The sessions of the 2025 era: a transport each, which its caller alone may use, and which ends when it has
 * been idle for long. A bounded past of its messages lets a client that lost its stream go on from there.
 */
import { randomUUID } from 'node:crypto';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import type { McpServer } from '@modelcontextprotocol/server';
import type { Past } from './events.ts';

/** How long a session may do nothing, and how many there may be. */
export interface SessionLimits {
  readonly idleMs: number;
  readonly mostSessions: number;
  readonly mostPerCaller: number;
}

/** A session in use. */
export interface Session {
  readonly transport: NodeStreamableHTTPServerTransport;
  /** Takes note of a request; the answer takes note of its end. */
  use(): () => void;
}

/** The sessions of a process. */
export interface Sessions {
  /** Opens one; undefined where there are too many. */
  open(callerKey: string, createServer: () => McpServer): Promise<Session | undefined>;
  /** The caller's own; undefined for an unknown one and for somebody else's. */
  find(id: string, callerKey: string): Session | undefined;
  readonly size: number;
  /** Ends them all. */
  close(): Promise<void>;
}

interface Entry extends Session {
  readonly callerKey: string;
  uses: number;
  idleSince: number;
}

const SWEEP_EVERY_MS = 15_000;
/** How soon a client that lost its stream comes back. */
const RETRY_MS = 1_000;

/** Makes them. @param now epoch milliseconds */
export function createSessions(
  { idleMs, mostSessions, mostPerCaller }: SessionLimits,
  openPast: () => Past,
  now: () => number = Date.now,
): Sessions {
  const sessions = new Map<string, Entry>();
  const ofCaller = (key: string) => [...sessions.values()].filter(({ callerKey }) => callerKey === key);

  /** Ends those that nobody has used for long. */
  function sweep(): void {
    for (const { transport, uses, idleSince } of sessions.values())
      if (uses === 0 && idleSince + idleMs <= now()) void transport.close();
  }
  const sweeper = setInterval(sweep, Math.min(SWEEP_EVERY_MS, idleMs)).unref();

  function createEntry(callerKey: string): Entry {
    const past = openPast();
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: past,
      retryInterval: RETRY_MS,
      onsessioninitialized: id => void sessions.set(id, entry),
    });
    const entry: Entry = {
      ...{ transport, callerKey, uses: 0, idleSince: now() },
      use() {
        let isOver = false;
        entry.uses += 1;
        return () => {
          if (isOver) return;
          isOver = true;
          entry.uses -= 1;
          entry.idleSince = now();
        };
      },
    };
    transport.onclose = () => {
      sessions.delete(transport.sessionId ?? '');
      past.close();
    };
    return entry;
  }

  return {
    async open(callerKey, createServer) {
      sweep();
      if (sessions.size >= mostSessions || ofCaller(callerKey).length >= mostPerCaller) return undefined;
      const entry = createEntry(callerKey);
      await createServer().connect(entry.transport);
      return entry;
    },

    find(id, callerKey) {
      const entry = sessions.get(id);
      return entry?.callerKey === callerKey ? entry : undefined;
    },

    get size() {
      return sessions.size;
    },

    async close() {
      clearInterval(sweeper);
      await Promise.all([...sessions.values()].map(({ transport }) => transport.close()));
    },
  };
}
