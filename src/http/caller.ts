/** A caller as the endpoint identifies them, and the server that answers them. */
import type { AuthInfo, McpServer, ProtocolEra } from '@modelcontextprotocol/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OpenListen } from '../mcp/listen.ts';

/** The caller of one request. */
export interface Caller {
  /** Names the caller with the rights of this token: a session only serves requests with the key that opened it. */
  readonly key: string;
  /** Names the caller, whatever the rights of the token: limits apply to all requests of one caller. */
  readonly callerId: string;
  readonly authInfo?: AuthInfo;
  /** When the token and the caller's streams end, in epoch milliseconds; left out if no token is needed. */
  readonly expiresAt?: number;
  createServer(era: ProtocolEra): McpServer;
  readonly openListen: OpenListen;
  /** The tools that the caller sees: callers who see the same tools share one object. */
  readonly surface: object;
  /** Calls back when the caller's application ends, and its sessions with it. @returns cancels the callback */
  whenEnded?(run: () => void): () => void;
}

/** Identifies the caller. If the request may not pass, it answers the request itself and returns undefined. */
export type Admit = (request: FastifyRequest, reply: FastifyReply) => Promise<Caller | undefined>;

/** The caller of each `AuthInfo`, which is all that the SDK passes on to its handlers. */
const callers = new WeakMap<AuthInfo, Caller>();

const anonymous = { token: '', clientId: 'anonymous', scopes: [] };

/** The `AuthInfo` that represents a caller while the SDK handles the request. */
export function authInfoFor(caller: Caller): AuthInfo {
  const authInfo = caller.authInfo ?? { ...anonymous };
  callers.set(authInfo, caller);
  return authInfo;
}

/** The caller of an `AuthInfo`. @throws if there is none, which is a defect */
export function callerOf(authInfo: AuthInfo | undefined): Caller {
  const caller = authInfo && callers.get(authInfo);
  if (!caller) throw new Error('a request reached the server without an admitted caller');
  return caller;
}
