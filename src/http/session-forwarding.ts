/**
 * Sessions of the 2025 era that another replica has. Their requests are forwarded to it, so that a session is never
 * in two places; where it is gone, this replica takes its sessions over.
 */
import type { IncomingHttpHeaders } from 'node:http';
import replyFrom from '@fastify/reply-from';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Owner, Session } from './session.ts';
import { interrupted, type Sessions } from './sessions.ts';
import type { MarkedRequest, SessionRecord, SharedSessions } from './shared-sessions.ts';

/** Another replica, and where it can be reached. */
export interface Replica {
  readonly owner: string;
  readonly url: string;
}

/** Where a session is: here by now, or at another replica. */
export type Found = { readonly session: Session } | { readonly replica: Replica };

/** The sessions of other replicas. */
export interface SessionForwarding {
  /**
   * Finds a session that is not here; undefined for one that does not exist or is somebody else's.
   * @param mayForward whether another replica may answer: none where one has sent the request here
   * @throws RegisteredError store_unavailable where nobody can tell
   */
  find(id: string, caller: Owner, mayForward: boolean): Promise<Found | undefined>;
  /** Whether another replica has sent the request on. */
  isForwarded(headers: IncomingHttpHeaders): boolean;
  /** Lets the replica there answer. @param onGone answers instead, where that one never got the request */
  forward(reply: FastifyReply, replica: Replica, onGone: () => Promise<void>): Promise<void>;
}

const LONGEST_MS = 3_600_000;

/** Marks a request that another replica has sent on, which has counted it; only a replica can make the mark. */
const FORWARDED = 'x-amplify-backend-mcp-forwarded';

const markedRequest = ({ 'mcp-session-id': id, authorization }: IncomingHttpHeaders): MarkedRequest => ({
  ...{ sessionId: id?.toString(), authorization },
});

/** Whether another replica has sent the request on to this one, which it counted. */
export const isForwarded = (
  shared: Pick<SharedSessions, 'isMarked'>,
  headers: IncomingHttpHeaders,
): boolean => headers[FORWARDED] !== undefined && shared.isMarked(headers[FORWARDED], markedRequest(headers));

/** The replica that has a session, where it is another one that lives. */
const replicaOf = ({ owner, url }: Pick<SessionRecord, 'owner' | 'url'>): Replica | undefined =>
  url === undefined ? undefined : { owner, url };

/** Makes them. */
export function createSessionForwarding(
  app: FastifyInstance,
  shared: SharedSessions,
  sessions: Sessions,
): SessionForwarding {
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
    return sessions.restore(id, record, caller);
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
      const replica = replicaOf(record);
      if (replica && mayForward) return { replica };
      const session = await takeOverOnce(id, record, caller);
      if (session) return { session };
      const now = await shared.find(id);
      const other = now && replicaOf(now);
      return other && { replica: other };
    },

    isForwarded: headers => isForwarded(shared, headers),

    forward: (reply, { owner, url }, onGone) =>
      new Promise<void>((resolve, reject) => {
        reply.raw.once('close', resolve);
        const mark = shared.mark(owner, markedRequest(reply.request.headers));
        reply.from(url, {
          // The name under which the client knows this server.
          rewriteRequestHeaders: ({ headers: { host } }, headers) => ({
            ...{ ...headers, host, [FORWARDED]: mark },
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
