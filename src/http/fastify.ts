/** The HTTP server of the endpoint: bounds on sizes and times, request ids, and bodies. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { normalizeMessage } from '../mcp/messages.ts';
import { createBodyBudget, textOf } from './bodies.ts';
import type { HttpLimits } from './limits.ts';
import { rpcError } from './refusals.ts';

/** The header that names a request, given by the client or by this server. */
const REQUEST_ID = 'x-request-id';

/** The media types of answers. */
const ANSWER_TYPES = 'application/json, text/event-stream';

/** No route here has a schema: Fastify would load compilers of schemas at every start, and never use them. */
const noSchemas = () => {
  throw new Error('the routes of this server have no schemas');
};

/** Creates the HTTP server with its bounds on sizes and times. */
export function createFastify(limits: HttpLimits) {
  const app = Fastify({
    // A client's own request id is kept if it is well-formed.
    genReqId: ({ headers: { [REQUEST_ID]: given } }) =>
      typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID(),
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.receiveMs,
    keepAliveTimeout: 72_000,
    // The server closes only after its calls have ended; a client that is still sending would keep the process alive.
    forceCloseConnections: true,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.receiveMs,
      // By default Node checks every 30 s, and would end a late request up to 30 s too late.
      connectionsCheckingInterval: Math.ceil(limits.receiveMs / 4),
    },
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    logger: false,
  });
  const bodyBudget = createBodyBudget(limits.arrivingBytes);
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    // Some clients end their session with a DELETE that has a content type but no body.
    if (request.method === 'DELETE' && body.length === 0) done(null);
    else parse(request, textOf(body), (error, value) => done(error, normalizeMessage(value)));
  });
  app.addHook('preParsing', async ({ raw }) => bodyBudget.count(raw));
  app.addHook('onRequest', async ({ id, raw }, reply) => {
    // The SDK asks for both types by name.
    if (/\*\/\*/.test(raw.headers.accept ?? '*/*')) raw.headers.accept = ANSWER_TYPES;
    // The tool call reads the request id from this header.
    raw.headers[REQUEST_ID] = id;
    reply.raw.setHeader(REQUEST_ID, id);
  });
  return app;
}

/** Refuses a request with two Host headers: a proxy in front may have checked the other one. */
export async function refuseTwoHosts({ raw }: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { host = [] } = raw.headersDistinct;
  if (host.length > 1)
    await reply.code(400).send(rpcError(-32600, 'There is more than one Host header. Send one'));
}

/** The URL of a path of a server that listens. @param host the address that it was told to listen on */
export function urlOf(app: FastifyInstance, host: string, path: string): string {
  const { port } = app.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`;
}
