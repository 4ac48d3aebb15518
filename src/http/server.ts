/**
 * MCP over streamable HTTP, both eras at one endpoint: the 2026 era with a server for each request, the 2025 era in
 * sessions if the client opens one. `admit` identifies the caller.
 */
import { hostHeaderValidation } from '@modelcontextprotocol/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Admit } from './caller.ts';
import { Endpoint } from './endpoint.ts';
import { staysOpen } from './exchange.ts';
import { createFastify, refuseTwoHosts, urlOf } from './fastify.ts';
import { defaultLimits, type HttpLimits } from './limits.ts';
import { listenForOperators, type Operators, operatorPaths, serveHealth, serveMetrics } from './operators.ts';
import { allowOrigins } from './origins.ts';
import { rpcError } from './refusals.ts';
import type { SharedSessions } from './shared-sessions.ts';

/** What is served, and who is admitted. */
export interface HttpOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Host names that the header `Host` may contain. */
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** Origins whose pages may call as well, and read the answers. */
  readonly browserOrigins?: readonly string[];
  /** A further path of the endpoint, beside `/mcp`. */
  readonly path?: string | undefined;
  readonly admit: Admit;
  readonly limits?: Partial<HttpLimits>;
  /** The sessions of the other replicas. */
  readonly shared?: SharedSessions | undefined;
  /** Further routes, such as metadata. */
  readonly routes?: (app: FastifyInstance) => void;
  /** Health and metrics, for probes and Prometheus. With a port of its own, `/metrics` is served there alone. */
  readonly operators?: Operators & { readonly port?: number | undefined };
  /** Runs a request inside a span of a trace; not used for streams, which may stay open for hours. */
  readonly withSpan?:
    | ((request: FastifyRequest, status: () => number, run: () => Promise<void>) => Promise<void>)
    | undefined;
  /** Called after each answer. */
  readonly onAnswer?: (answer: HttpAnswer) => void;
  /** Called with each defect. */
  readonly onError?: (error: Error) => void;
}

/** An answer of this server, without any content of the request. */
export interface HttpAnswer {
  /** Names the request: in the answer's header, in errors, in the log. */
  readonly serverRequestId: string;
  readonly method: string;
  /** Undefined for an unknown path. */
  readonly route: string | undefined;
  readonly status: number;
  readonly durationMs: number;
}

/** A server that listens. */
export interface HttpServer {
  /** `http://HOST:PORT/mcp` */
  readonly url: string;
  /** `http://HOST:PORT/metrics`, where it has a port of its own. */
  readonly metricsUrl?: string | undefined;
  /** Sessions of the 2025 era, streams and calls that are open. */
  readonly open: { readonly sessions: number; readonly streams: number; readonly calls: number };
  /** Refuses new requests, lets calls finish, makes the clients of streams reconnect, and closes the server. */
  close(): Promise<void>;
}

/** Sets what is checked before a request reaches the endpoint, and what is reported after it. */
async function setHooks(app: FastifyInstance, endpoint: Endpoint, options: HttpOptions): Promise<void> {
  const { onError = () => undefined } = options;
  app.addHook('onRequest', refuseTwoHosts);
  const checkHost = hostHeaderValidation([...options.allowedHosts]);
  app.addHook('onRequest', async (request, reply) => {
    if (!operatorPaths.has(request.routeOptions.url)) await checkHost(request, reply);
  });
  await allowOrigins(app, options);
  app.setErrorHandler(async (error: Error & { statusCode?: number }, _, reply) => {
    const { statusCode = 500 } = error;
    // Not a defect: the budget for arriving bodies is used up.
    if (statusCode === 503) return endpoint.refuse(reply);
    if (statusCode >= 500) onError(error);
    const code = statusCode === 400 ? -32700 : statusCode >= 500 ? -32603 : -32600;
    // A client's mistake is described to the client; a defect of the server is not.
    return reply.code(statusCode).send(rpcError(code, statusCode >= 500 ? 'Internal error' : error.message));
  });
  app.addHook('onResponse', async ({ id, method, routeOptions }, reply) =>
    options.onAnswer?.({
      ...{ serverRequestId: id, method, route: routeOptions.url, status: reply.raw.statusCode },
      durationMs: Math.round(reply.elapsedTime),
    }),
  );
}

/** The port of health and metrics, where they have one of their own. */
async function openMetrics({ host, operators }: HttpOptions, limits: HttpLimits) {
  const { port } = operators ?? {};
  return operators && port !== undefined ? listenForOperators(operators, { host, port, limits }) : undefined;
}

/** @throws the system's error (`EADDRINUSE` ...) if a port cannot be opened */
export async function serveOverHttp(options: HttpOptions): Promise<HttpServer> {
  const { host, port, withSpan = (_, __, run) => run() } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const app = createFastify(limits);
  const endpoint = new Endpoint(app, limits, options);
  await setHooks(app, endpoint, options);
  const handler = (request: FastifyRequest, reply: FastifyReply) => {
    const serve = () => endpoint.serve(request, reply);
    if (staysOpen(request, request.body)) return serve();
    return withSpan(request, () => reply.raw.statusCode, serve);
  };
  for (const url of new Set(['/mcp', options.path ?? '/mcp']))
    app.route({ method: ['GET', 'POST', 'DELETE'], url, handler });
  options.routes?.(app);
  const { operators } = options;
  if (operators) serveHealth(app, operators);
  if (operators && operators.port === undefined) serveMetrics(app, operators);
  await app.listen({ host, port });
  const metrics = await openMetrics(options, limits).catch(async thrown => {
    await app.close();
    throw thrown;
  });

  return {
    url: urlOf(app, host, '/mcp'),
    metricsUrl: metrics?.url,
    get open() {
      return endpoint.open;
    },
    async close() {
      await endpoint.close();
      await app.close();
      await metrics?.close();
    },
  };
}
