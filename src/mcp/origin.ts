/** The origin of a request: its request id, its trace, its client and the client's capabilities. */
import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Origin } from '../call/record.ts';

/** The header in which the transport names a request. */
const REQUEST_ID = 'x-request-id';

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** A trace that the message names takes precedence over the one of its HTTP request. */
export function originOf({ http, mcpReq }: ServerContext): Origin {
  const { traceparent, tracestate } = (mcpReq._meta ?? {}) as Record<string, unknown>;
  const parent = textOf(traceparent);
  return {
    serverRequestId: http?.req?.headers.get(REQUEST_ID) ?? undefined,
    traceParent: parent === undefined ? undefined : { traceparent: parent, tracestate: textOf(tracestate) },
  };
}

/**
 * A member of a request's `_meta`. It says that a person made the call on a page that shows them each plan. A false claim does
 * no harm: with this member the server asks for more confirmations, never for fewer.
 */
export const ASKS_META_KEY = 'amplify-backend-mcp/asks';

/** Whether a person made the call on such a page. */
export const isFromPage = ({ mcpReq }: ServerContext): boolean =>
  (mcpReq._meta as Record<string, unknown> | undefined)?.[ASKS_META_KEY] === true;

/** The name and version that the client gives itself: with the request in the 2026 era, with its session in the 2025 era. */
export function clientOf(server: Server, { mcpReq }: ServerContext): string | undefined {
  const envelope: Readonly<Record<string, unknown>> = { ...mcpReq.envelope };
  const given = envelope[CLIENT_INFO_META_KEY] ?? server.getClientVersion();
  const { name, version } = Object(given) as { name?: unknown; version?: unknown };
  return name === undefined ? undefined : `${name} ${version}`;
}

/** The client's capabilities: sent with each request in the 2026 era, and once for the session in the 2025 era. */
export function clientCapabilitiesOf(server: Server, { mcpReq: { envelope } }: ServerContext): unknown {
  return envelope
    ? (envelope as Readonly<Record<string, unknown>>)[CLIENT_CAPABILITIES_META_KEY]
    : server.getClientCapabilities();
}
