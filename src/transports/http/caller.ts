/** Who calls, as the endpoint knows them, and what serves them. */
import type { AuthInfo, McpServer, ProtocolEra } from '@modelcontextprotocol/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { OpenListen } from '../../mcp/listen.ts';

/** Who calls. */
export interface Caller {
  /** Names them in this process: sessions are theirs alone. */
  readonly key: string;
  readonly authInfo?: AuthInfo;
  createServer(era: ProtocolEra): McpServer;
  readonly openListen: OpenListen;
}

/** Finds out who calls. Answers itself, by ending the reply, where nobody may. */
export type Admit = (request: FastifyRequest, reply: FastifyReply) => Promise<Caller | undefined>;

/** How the SDK's handlers get to know whom they serve. */
const callers = new WeakMap<AuthInfo, Caller>();

const nobody = { token: '', clientId: 'anonymous', scopes: [] };

/** What stands for a caller where the SDK passes a request on. */
export function passFor(caller: Caller): AuthInfo {
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
