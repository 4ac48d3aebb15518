/**
 * Sessions of the 2025 era that another replica has. Their requests are forwarded to it, so that a session is never on
 * two replicas. If that replica is gone, this one takes its sessions over.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Owner, Session } from './session.ts';
import { interrupted, type Sessions } from './sessions.ts';
import type { MarkedRequest, SessionRecord, SharedSessions } from './shared-sessions.ts';

/** Another replica and its address. */
export interface Replica {
  readonly owner: string;
  readonly url: string;
}

/** Where a session was found: in this process (after a takeover), or on another replica. */
export type Found = { readonly session: Session } | { readonly replica: Replica };

/** The sessions of other replicas. */
export interface SessionForwarding {
  /**
   * Finds a session that is not in this process; undefined if it does not exist or belongs to another caller.
   * @param mayForward whether another replica may answer; false if a replica has forwarded the request to this one
   * @throws ServerError store_unavailable if Redis cannot be read
   */
  find(id: string, caller: Owner, mayForward: boolean): Promise<Found | undefined>;
  /** Whether another replica has forwarded the request. */
  isForwarded(headers: IncomingHttpHeaders): boolean;
  /** Lets that replica answer. @param onGone answers instead if the request never reached it */
  forward(reply: FastifyReply, replica: Replica, onGone: () => Promise<void>): Promise<void>;
}

const LONGEST_MS = 3_600_000;

/** Marks a forwarded request, which the sending replica has counted already. Only a replica can create the mark. */
const FORWARDED = 'x-amplify-backend-mcp-forwarded';

const markedRequest = ({ 'mcp-session-id': id, authorization }: IncomingHttpHeaders): MarkedRequest => ({
  ...{ sessionId: id?.toString(), authorization },
});

/** Whether another replica has forwarded the request to this one, and counted it. */
export const isForwarded = (
  shared: Pick<SharedSessions, 'isMarked'>,
  headers: IncomingHttpHeaders,
): boolean => headers[FORWARDED] !== undefined && shared.isMarked(headers[FORWARDED], markedRequest(headers));

/** The replica that has a session; undefined if it is gone or is this one. */
const replicaOf = ({ owner, url }: Pick<SessionRecord, 'owner' | 'url'>): Replica | undefined =>
  url === undefined ? undefined : { owner, url };

export function createSessionForwarding(
  app: FastifyInstance,
  shared: SharedSessions,
  sessions: Sessions,
): SessionForwarding {
  // Without replicas its HTTP client is never loaded.
  void app.register(import('@fastify/reply-from'), {
    // The timeout is long because a stream may be silent for long. Each request opens a new connection: if that is
    // refused, the request certainly did not arrive. The failure of a reused connection would not show that. A call that
    // was sent is never sent again.
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

  /** Concurrent requests for a session share one takeover. */
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
          // `host` stays the name under which the client knows this server.
          rewriteRequestHeaders: ({ headers: { host } }, headers) => ({
            ...{ ...headers, host, [FORWARDED]: mark },
          }),
          onError(_, { error }) {
            const { code } = Object(error.cause) as { code?: string };
            const neverArrived = code === 'ECONNREFUSED' || reply.request.method !== 'POST';
            if (neverArrived) onGone().then(resolve, reject);
            // The call may have been executed.
            else void reply.code(502).send(interrupted(null));
          },
        });
      }),
  };
}
