/** Refusals of the endpoint: JSON-RPC errors without a request id. */
import type { FastifyReply } from 'fastify';

export const rpcError = (code: number, message: string) => ({
  jsonrpc: '2.0',
  error: { code, message },
  id: null,
});

/** Refuses a request, for now or for good. */
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
  /** The JSON-RPC error code. */
  readonly code?: number;
  readonly message: string;
  readonly retryAfterS?: number;
}
