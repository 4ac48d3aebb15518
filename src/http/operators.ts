/**
 * The routes for probes, load balancers and Prometheus: `/healthz`, `/readyz` and `/metrics`. Such clients address the server
 * by its IP address, which no setting contains, so these routes do not check `Host`. Their answers contain no secret.
 */
import { originValidation } from '@modelcontextprotocol/fastify';
import type { FastifyInstance } from 'fastify';
import { createFastify, urlOf } from './fastify.ts';
import type { HttpLimits } from './limits.ts';

export interface Operators {
  /** False while the server shuts down. */
  isReady(): boolean;
  /** The metrics as text, and its content type. */
  readMetrics(): Promise<{ readonly type: string; readonly text: string }>;
}

/** Routes that answer whatever `Host` says. */
export const operatorPaths: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz', '/metrics']);

/** Serves `/healthz`, which answers while the process runs, and `/readyz`, which answers 503 once it shuts down. */
export function serveHealth(app: FastifyInstance, { isReady }: Operators): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_, reply) =>
    isReady() ? { status: 'ok' } : reply.code(503).send({ status: 'shutting down' }),
  );
}

export function serveMetrics(app: FastifyInstance, { readMetrics }: Operators): void {
  app.get('/metrics', async (_, reply) => {
    const { type, text } = await readMetrics();
    return reply.type(type).send(text);
  });
}

/**
 * Serves all three on a port of their own. @param port 0 picks one
 * @throws the system's error (`EADDRINUSE` ...) if the port cannot be opened
 */
export async function listenForOperators(
  operators: Operators,
  { host, port, limits }: { readonly host: string; readonly port: number; readonly limits: HttpLimits },
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const app = createFastify(limits);
  // Web pages have no reason to call these routes.
  app.addHook('onRequest', originValidation([]));
  serveHealth(app, operators);
  serveMetrics(app, operators);
  await app.listen({ host, port });
  return { url: urlOf(app, host, '/metrics'), close: () => app.close() };
}
