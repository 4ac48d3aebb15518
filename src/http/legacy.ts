/**
 * Requests of the 2025 era: each belongs to a session, here or on another replica, opens one, or stands for itself.
 */
import { isInitializeRequest } from '@modelcontextprotocol/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Refusal, refuse } from './answers.ts';
import type { Caller } from './caller.ts';
import type { Fetch } from './listen-fetch.ts';
import type { Session } from './session.ts';
import type { Replica, SessionForwarding } from './session-forwarding.ts';
import type { Sessions } from './sessions.ts';

/** What serves such a request, where it is not refused. */
type Found = { readonly session?: Session } | { readonly replica: Replica } | { readonly refusal: Refusal };

/** What serving them needs. */
export interface LegacyOptions {
  readonly sessions: Sessions;
  /** The sessions of other replicas, where there are some. */
  readonly forwarding: SessionForwarding | undefined;
  /** Answers what stands for itself. */
  readonly stateless: Fetch;
  /** Has a request answered here. */
  readonly answer: (
    request: FastifyRequest,
    reply: FastifyReply,
    caller: Caller,
    fetch: Fetch,
  ) => Promise<void>;
  readonly onError: (error: Error) => void;
}

const notFound: Refusal = { status: 404, code: -32001, message: 'Session not found' };
const tooMany: Refusal = { status: 503, code: -32001, message: 'Too many sessions', retryAfterS: 30 };
// It may well be there: a client that is told that it is not would begin anew.
const unknown: Refusal = {
  ...{ status: 503, code: -32001, message: 'Sessions cannot be looked up just now', retryAfterS: 2 },
};

/** Makes what serves them. */
export function createLegacyHandler({ sessions, forwarding, stateless, answer, onError }: LegacyOptions) {
  async function find(
    { headers, body }: FastifyRequest,
    caller: Caller,
    mayForward: boolean,
  ): Promise<Found> {
    const id = headers['mcp-session-id'];
    if (id === undefined) {
      if (!isInitializeRequest(body)) return {};
      const session = await sessions.open(caller, body);
      return session ? { session } : { refusal: tooMany };
    }
    const session = sessions.find(String(id), caller.key);
    if (session) return { session };
    try {
      const found = await forwarding?.find(String(id), caller, mayForward);
      return found ?? { refusal: notFound };
    } catch (thrown) {
      onError(thrown as Error);
      return { refusal: unknown };
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
      // Where that replica is gone, the session is looked for once more, and is then here.
      await forwarding?.forward(reply, found.replica, () => serve(request, reply, caller, false));
      return;
    }
    const { session } = found;
    if (session) reply.raw.once('close', session.use(request.method === 'POST'));
    await answer(request, reply, caller, session?.handleRequest ?? stateless);
  };
}
