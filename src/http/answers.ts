/** Answers of the endpoint itself, as a client of the protocol reads them: JSON-RPC errors that name no request. */
import type { FastifyReply } from 'fastify';

export const rpcError = (code: number, message: string) => ({
  jsonrpc: '2.0',
  error: { code, message },
  id: null,
});

/** Refuses a request for now. */
export async function refuse(
  reply: FastifyReply,
  { status, code = -32000, message, retryAfterS }: Refusal,
): Promise<void> {
  if (retryAfterS !== undefined) reply.header('retry-after', String(retryAfterS));
  await reply.code(status).send(rpcError(code, message));
}

/** Why a request is not served. */
export interface Refusal {
  readonly status: number;
  /** JSON-RPC's. */
  readonly code?: number;
  readonly message: string;
  readonly retryAfterS?: number;
}
