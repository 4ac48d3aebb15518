/**
 * Requests of the 2025 era: a request belongs to a session on this or another replica, opens one, or is stateless.
 */
import { isInitializeRequest } from '@modelcontextprotocol/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from './caller.ts';
import type { Fetch } from './listen-fetch.ts';
import { type Refusal, refuse } from './refusals.ts';
import type { Session } from './session.ts';
import type { Replica, SessionForwarding } from './session-forwarding.ts';
import type { Sessions } from './sessions.ts';

/** What serves a request: this process (without a session if the request is stateless), another replica, or a refusal. */
type ServedBy =
  | { readonly session?: Session }
  | { readonly replica: Replica }
  | { readonly refusal: Refusal };

export interface LegacyOptions {
  readonly sessions: Sessions;
  /** The sessions of other replicas; undefined without replicas. */
  readonly forwarding: SessionForwarding | undefined;
  /** Answers a request outside of a session. */
  readonly stateless: Fetch;
  /** Answers a request in this process. @param list answers a request for the tool list */
  readonly answer: (
    request: FastifyRequest,
    reply: FastifyReply,
    caller: Caller,
    fetch: Fetch,
    list: Fetch | undefined,
  ) => Promise<void>;
  readonly onError: (error: Error) => void;
}

const notFound: Refusal = { status: 404, code: -32001, message: 'Session not found' };
const tooManySessions: Refusal = { status: 503, code: -32001, message: 'Too many sessions', retryAfterS: 30 };
// Not 404: the session may exist, and after a 404 the client would open a new one.
const lookupFailed: Refusal = {
  ...{
    status: 503,
    code: -32001,
    message: 'Sessions cannot be looked up now. Try again shortly',
    retryAfterS: 2,
  },
};

export function createLegacyHandler({ sessions, forwarding, stateless, answer, onError }: LegacyOptions) {
  async function find(
    { headers, body }: FastifyRequest,
    caller: Caller,
    mayForward: boolean,
  ): Promise<ServedBy> {
    const id = headers['mcp-session-id'];
    if (id === undefined) {
      if (!isInitializeRequest(body)) return {};
      const session = await sessions.open(caller, body);
      return session ? { session } : { refusal: tooManySessions };
    }
    const session = sessions.find(String(id), caller.key);
    if (session) return { session };
    try {
      const found = await forwarding?.find(String(id), caller, mayForward);
      return found ?? { refusal: notFound };
    } catch (thrown) {
      onError(thrown as Error);
      return { refusal: lookupFailed };
    }
  }

  return async function serve(
    request: FastifyRequest,
    reply: FastifyReply,
    caller: Caller,
    mayForward: boolean = !forwarding?.isForwarded(request.headers),
  ): Promise<void> {
    const found = await find(request, caller, mayForward);
    if ('refusal' in found) return refuse(reply, found.refusal);
    if ('replica' in found) {
      // If that replica is gone, the session is searched again, and this replica takes it over.
      await forwarding?.forward(reply, found.replica, () => serve(request, reply, caller, false));
      return;
    }
    const { session } = found;
    if (session) reply.raw.once('close', session.use(request.method === 'POST'));
    // The tool list is answered without the session, by a server for this request alone. It lists the same tools, except to
    // a client that shows pages.
    const list = session?.showsPages ? undefined : stateless;
    await answer(request, reply, caller, session?.handleRequest ?? stateless, list);
  };
}
