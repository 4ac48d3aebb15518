/** Who calls, as the endpoint knows them, and what serves them. */
import type { AuthInfo, McpServer, ProtocolEra } from '@modelcontextprotocol/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OpenListen } from '../mcp/listen.ts';

/** Who calls, by one request's token. */
export interface Caller {
  /** Names them with the rights of this token: a session serves those with which it was opened, and no others. */
  readonly key: string;
  /** Names them whatever their tokens allow: bounds hold for all that one caller does. */
  readonly callerId: string;
  readonly authInfo?: AuthInfo;
  /** When the token ends, in epoch milliseconds, and with it what streams by it; left out where none is needed. */
  readonly expiresAt?: number;
  createServer(era: ProtocolEra): McpServer;
  readonly openListen: OpenListen;
  /** The tools as they see them: one object for all who see the same. */
  readonly surface: object;
  /** Calls back when what serves them ends, and their sessions with it. @returns what takes that back */
  whenEnded?(run: () => void): () => void;
}

/** Finds out who calls. Answers itself, by ending the reply, where nobody may. */
export type Admit = (request: FastifyRequest, reply: FastifyReply) => Promise<Caller | undefined>;

/** How the SDK's handlers get to know whom they serve. */
const callers = new WeakMap<AuthInfo, Caller>();

const nobody = { token: '', clientId: 'anonymous', scopes: [] };

/** What stands for a caller where the SDK passes a request on. */
export function authInfoFor(caller: Caller): AuthInfo {
  const authInfo = caller.authInfo ?? { ...nobody };
  callers.set(authInfo, caller);
  return authInfo;
}

/** The caller behind a pass. @throws where nobody was let in, which is a defect */
export function callerOf(authInfo: AuthInfo | undefined): Caller {
  const caller = authInfo && callers.get(authInfo);
  if (!caller) throw new Error('a request came through that nobody admitted');
  return caller;
}
