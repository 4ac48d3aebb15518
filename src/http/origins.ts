/** Which web pages may call: those of the server's own names, and those of named origins, which get CORS headers. */
import cors from '@fastify/cors';
import { originValidation } from '@modelcontextprotocol/fastify';
import type { FastifyInstance } from 'fastify';

export interface OriginOptions {
  /** Names of hosts whose pages may call. */
  readonly allowedOrigins: readonly string[];
  /** Origins whose pages may call as well, and read the answers. */
  readonly browserOrigins?: readonly string[];
}

/** Headers of answers that a page reads. */
const exposedHeaders = [
  'Mcp-Session-Id',
  'Mcp-Protocol-Version',
  'WWW-Authenticate',
  'Retry-After',
  'X-Request-Id',
];

/** How long a browser may remember that it may call, in seconds. */
const PREFLIGHT_S = 600;

/** The metadata that says where to get a token is public: a page needs it before it can be a client. */
const isPublic = (url: string) => url.startsWith('/.well-known/oauth-protected-resource');

/** Refuses pages of other origins with 403, and answers the preflights of named ones. */
export async function allowOrigins(
  app: FastifyInstance,
  { allowedOrigins, browserOrigins = [] }: OriginOptions,
): Promise<void> {
  const named = new Set(browserOrigins);
  const refuseOthers = originValidation([...allowedOrigins]);
  app.addHook('onRequest', async function refuseOtherOrigins(request, reply) {
    if (!named.has(request.headers.origin ?? '') && !isPublic(request.url))
      await refuseOthers.call(this, request, reply);
  });
  if (named.size === 0) return;
  // No list of allowed request headers: the origin is trusted, and the endpoint ignores cookies.
  await app.register(cors, {
    origin: [...named],
    methods: ['GET', 'POST', 'DELETE'],
    ...{ exposedHeaders, maxAge: PREFLIGHT_S },
  });
  app.addHook('onRequest', async (_, reply) => {
    // The endpoint answers through Node's own response, which does not have the headers of Fastify's reply.
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
  });
}
