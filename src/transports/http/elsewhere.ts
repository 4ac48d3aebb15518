/**
 * Sessions of the 2025 era that another replica has. Their requests are forwarded to it, so that a session is never
 * in two places; where it is gone, this replica takes its sessions over.
 */
import type { IncomingHttpHeaders } from 'node:http';
import replyFrom from '@fastify/reply-from';
import type { McpServer } from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { interrupted, type Session, type Sessions } from './sessions.ts';
import type { SessionRecord, SharedSessions } from './shared-sessions.ts';

/** Whose session it is. */
interface Owner {
  readonly key: string;
  createServer(era: 'legacy'): McpServer;
}

/** Where a session is: here by now, or at another replica. */
export type Found = { readonly session: Session } | { readonly url: string };

/** The sessions of other replicas. */
export interface Elsewhere {
  /**
   * Finds a session that is not here; undefined for one that does not exist or is somebody else's.
   * @param mayForward whether another replica may answer: none where one has sent the request here
   * @throws RegisteredError store_unavailable where nobody can tell
   */
  find(id: string, caller: Owner, mayForward: boolean): Promise<Found | undefined>;
  /** Whether another replica has sent the request on. */
  isForwarded(headers: IncomingHttpHeaders): boolean;
  /** Lets the replica there answer. @param onGone answers instead, where that one never got the request */
  forward(reply: FastifyReply, url: string, onGone: () => Promise<void>): Promise<void>;
}

const LONGEST_MS = 3_600_000;

/** Marks a request that another replica has sent on, which has counted it; only a replica can make the mark. */
export const FORWARDED = 'x-amplify-backend-mcp-forwarded';

/** Makes them. */
export function createElsewhere(app: FastifyInstance, shared: SharedSessions, sessions: Sessions): Elsewhere {
  void app.register(replyFrom, {
    // A stream may be silent for long. A new connection for each request: where that is refused, the request never
    // arrived; on one that was open nobody could tell. And a call that was sent is never sent again.
    http: {
      agentOptions: { keepAlive: false },
      requestOptions: { timeout: LONGEST_MS, rejectUnauthorized: true },
    },
    retryMethods: [],
    maxRetriesOn503: 0,
    disableRequestLogging: true,
  });
  const taking = new Map<string, Promise<Session | undefined>>();

  async function takeOver(id: string, record: SessionRecord, caller: Owner): Promise<Session | undefined> {
    if (!(await shared.adopt(id, record.owner))) return undefined;
    return sessions.restore(id, record, () => caller.createServer('legacy'));
  }

  /** Requests that come together take it over once. */
  function takeOverOnce(id: string, record: SessionRecord, caller: Owner): Promise<Session | undefined> {
    const taken = taking.get(id) ?? takeOver(id, record, caller).finally(() => taking.delete(id));
    taking.set(id, taken);
    return taken;
  }

  return {
    async find(id, caller, mayForward) {
      const record = await shared.find(id);
      if (record?.callerKey !== caller.key) return undefined;
      if (record.url !== undefined && mayForward) return { url: record.url };
      const session = await takeOverOnce(id, record, caller);
      if (session) return { session };
      const url = (await shared.find(id))?.url;
      return url === undefined ? undefined : { url };
    },

    isForwarded: headers => shared.isMark(headers[FORWARDED]),

    forward: (reply, url, onGone) =>
      new Promise<void>((resolve, reject) => {
        reply.raw.once('close', resolve);
        reply.from(url, {
          // The name under which the client knows this server.
          rewriteRequestHeaders: ({ headers: { host } }, headers) => ({
            ...{ ...headers, host, [FORWARDED]: shared.mark },
          }),
          onError(_, { error }) {
            const { code } = Object(error.cause) as { code?: string };
            const neverArrived = code === 'ECONNREFUSED' || reply.request.method !== 'POST';
            if (neverArrived) onGone().then(resolve, reject);
            // It may have been done.
            else void reply.code(502).send(interrupted(null));
          },
        });
      }),
  };
}
