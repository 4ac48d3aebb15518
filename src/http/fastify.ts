/** The HTTP server of the endpoint: bounds on sizes and times, request ids, and bodies. */
import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { rpcError } from './answers.ts';
import { createArrivals, textOf } from './bodies.ts';
import type { HttpLimits } from './limits.ts';

/** The header that names a request, given by the client or by this server. */
const REQUEST_ID = 'x-request-id';

/** The HTTP server, with the bounds that it keeps by itself. */
export function createFastify(limits: HttpLimits) {
  const app = Fastify({
    // A client's own name for its request is kept where it is one.
    genReqId: ({ headers: { [REQUEST_ID]: given } }) =>
      typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID(),
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.receiveMs,
    keepAliveTimeout: 72_000,
    // At shutdown calls are done by then; a client that is still sending would keep the process alive.
    forceCloseConnections: true,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.receiveMs,
      // Node checks every 30 s otherwise, so that late requests would be noticed up to 30 s too late.
      connectionsCheckingInterval: Math.ceil(limits.receiveMs / 4),
    },
    logger: false,
  });
  const arrivals = createArrivals(limits.arrivingBytes);
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    // Some clients name a content type without sending a body, and could not end their session otherwise.
    if (request.method === 'DELETE' && body.length === 0) done(null);
    else parse(request, textOf(body), done);
  });
  app.addHook('preParsing', async ({ raw }) => arrivals.count(raw));
  app.addHook('onRequest', async ({ id, raw }, reply) => {
    // The tool call reads it from there.
    raw.headers[REQUEST_ID] = id;
    reply.raw.setHeader(REQUEST_ID, id);
  });
  return app;
}

/** A proxy in between may have checked the other one of two names. */
export async function refuseTwoHosts({ raw }: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { host = [] } = raw.headersDistinct;
  if (host.length > 1) await reply.code(400).send(rpcError(-32600, 'There is more than one Host header'));
}
