/** What a request to this server says of itself: the id that its transport gave it, and its place in a trace. */
import type { ServerContext } from '@modelcontextprotocol/server';
import type { Origin } from '../execute/record.ts';

/** The header in which the transport names a request. */
const REQUEST_ID = 'x-request-id';

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** Reads it. A trace that the message names is nearer to the call than the one of its HTTP request. */
export function originOf({ http, mcpReq }: ServerContext): Origin {
  const { traceparent, tracestate } = (mcpReq._meta ?? {}) as Record<string, unknown>;
  const parent = textOf(traceparent);
  return {
    serverRequestId: http?.req?.headers.get(REQUEST_ID) ?? undefined,
    traceParent: parent === undefined ? undefined : { traceparent: parent, tracestate: textOf(tracestate) },
  };
}
