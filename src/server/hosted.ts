/** The server on the network: the gateway, the MCP endpoint, health checks, metrics, traces and a log line per request. */
import { isThrottle } from '../aws/failures.ts';
import type { Audit } from '../call/audit/index.ts';
import { toServerError } from '../errors.ts';
import { type Board, serveBoard } from '../http/board.ts';
import { operatorPaths } from '../http/operators.ts';
import { type HttpServer, serveOverHttp } from '../http/server.ts';
import type { TokenRefused } from '../http/token-guard.ts';
import type { Env } from '../lib/env.ts';
import { createBufferedLog } from '../observability/buffered-log.ts';
import { createBusyLog, framesOf, type Logger } from '../observability/log.ts';
import { createMetrics, type Metrics } from '../observability/metrics.ts';
import type { Observer } from '../observability/observer.ts';
import { openTracing, type Tracing } from '../observability/tracing.ts';
import { boardUrlOf, canServeBoard, readPage, readSignIn } from './board-documents.ts';
import { FairQueue } from './fair-queue.ts';
import { type Gateway, withoutAuth, withTokens } from './gateway.ts';
import { joinReplicas, ownUrl } from './replica.ts';
import { type Config, ConfigError } from './settings.ts';

/** Where the server listens, and whether callers need tokens. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Default: `tokens` where an issuer is configured, else `none`. */
  readonly auth?: 'tokens' | 'none' | undefined;
}

/** The URLs of the running server. */
export interface ServedUrls {
  readonly url: string;
  /** The URL of the metrics, if they have a port of their own. */
  readonly metricsUrl?: string | undefined;
  /** The URL of the board, if it is served. */
  readonly boardUrl?: string | undefined;
}

const loopback = ['127.0.0.1', 'localhost', '::1'];
/** In the form of the headers `Host` and `Origin`. */
const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/** Observes the applications: metrics, traces, and the pace of requests to AWS. */
function createObserverFor(log: Logger, metrics: Metrics, tracing: Tracing | undefined, queue: FairQueue) {
  return (caller: string): Observer => ({
    log,
    called: metrics.called,
    trace: tracing?.call,
    aws:
      (target = '') =>
      async (attempt, run) => {
        await queue.acquire(target, caller);
        const startedAt = performance.now();
        const record = (outcome: Parameters<Metrics['sent']>[1]) => {
          queue.answered(target, outcome === 'throttled');
          metrics.sent(attempt, outcome, performance.now() - startedAt);
        };
        try {
          const answer = await (tracing ? tracing.aws(attempt, run) : run());
          record('ok');
          return answer;
        } catch (thrown) {
          record(isThrottle(thrown) ? 'throttled' : 'failed');
          throw thrown;
        }
      },
  });
}

/** @throws ConfigError if callers would need no token, tokens could not be checked, or replicas would disagree */
function checkSettings(
  { issuer, publicUrl, redis, sealKey, sandbox, metricsPort }: Config,
  { host, port, auth }: ListenOptions & { auth: string },
): void {
  if (metricsPort === port && port !== 0)
    throw new ConfigError(`metricsPort: ${port} is the port of /mcp, and it needs one of its own`);
  if (auth === 'tokens' && (issuer === undefined || publicUrl === undefined))
    throw new ConfigError('tokens need both settings: --issuer and --public-url');
  if (auth === 'none' && !loopback.includes(host))
    throw new ConfigError(
      `flag --host: ${host} can be reached from the network, where tokens are required: set --issuer and --public-url`,
    );
  if (redis !== undefined && sealKey === undefined)
    throw new ConfigError('redis: all replicas must seal with the same key: set --seal-key');
  if (redis !== undefined && sandbox)
    throw new ConfigError(
      'redis: each replica would have a sandbox of its own: run amplify-backend-mcp sandbox and set AWS_ENDPOINT_URL',
    );
}

/** The log level of an answer. A request for an unknown page (404) or stream (405) is no reason to warn. */
function levelOf(status: number): 'debug' | 'info' | 'warn' {
  if (status < 400) return 'debug';
  return status === 404 || status === 405 ? 'info' : 'warn';
}

/** The path under which clients reach the endpoint, unless a proxy in front rewrites it to `/mcp`. */
function pathOf(publicUrl: string | undefined): string | undefined {
  if (publicUrl === undefined) return undefined;
  const { pathname } = new URL(publicUrl);
  if (operatorPaths.has(pathname) || pathname === '/board')
    throw new ConfigError(`publicUrl: ${pathname} is the path of another page of this server`);
  // Other characters have a special meaning in a route of Fastify.
  return /^[\w/.~-]+$/.test(pathname) ? pathname : undefined;
}

/** The board in a browser; undefined if it could show nothing, or if no client id for the sign-in is configured. */
function boardOf(config: Config, env: Env, auth: 'tokens' | 'none'): Board | undefined {
  const { issuer, publicUrl, boardClientId: clientId } = config;
  const path = publicUrl === undefined ? '/board' : boardUrlOf(publicUrl).pathname;
  const endpoint = publicUrl === undefined ? '/mcp' : new URL(publicUrl).pathname;
  if (!canServeBoard(config)) return undefined;
  const paths = ['/board', ...(/^[\w/.~-]+$/.test(path) ? [path] : [])];
  if (auth === 'none') return { paths, readPage: readPage(config, 'open', endpoint, path) };
  if (issuer === undefined || publicUrl === undefined || clientId === undefined) return undefined;
  return {
    ...{ paths, readPage: readPage(config, 'sign-in', endpoint, path) },
    readSignIn: readSignIn(config, env, { issuer, clientId, resource: publicUrl }),
  };
}

/**
 * Starts the server on the network.
 * @param onListening called before anything is logged
 * @param audit required where the configuration names an audit file
 * @throws ConfigError if callers on the network would need no token
 */
export async function openHosted(
  config: Config,
  env: Env,
  version: string,
  listenOptions: ListenOptions,
  onListening: (urls: ServedUrls) => void,
  audit?: Audit,
): Promise<HttpServer> {
  const { host, port, auth = config.issuer === undefined ? 'none' : 'tokens' } = listenOptions;
  const { issuer, publicUrl, metricsPort } = config;
  checkSettings(config, { host, port, auth });
  const { log: busyLog, flush } = createBusyLog(config.logLevel);
  const log = createBufferedLog(busyLog);
  const tracing = await openTracing(env, version);
  const queue = new FairQueue();
  const replicas = await joinReplicas(config, env, log.write, (...args) => gateway.pollFor(...args));
  let isReady = true;
  const metrics = createMetrics({
    open: () => server.open,
    callers: () => gateway.callers(),
    watchedJobs: () => gateway.runningJobs(),
    waiting: () => queue.waiting,
  });
  const observerFor = createObserverFor(busyLog, metrics, tracing, queue);
  const onRefusal = (refused: TokenRefused) =>
    log.write(refused.reason === 'issuer_keys' ? 'warn' : 'info', refused, 'token refused');
  const deps = { config, env, version, queue, replicas, observerFor, audit, onRefusal };
  const gateway: Gateway =
    auth === 'tokens' && issuer !== undefined && publicUrl !== undefined
      ? withTokens(deps, { issuer, resource: publicUrl })
      : withoutAuth(deps);
  const board = boardOf(config, env, auth);
  const names = [...loopbackNames, ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])];
  const server = await serveOverHttp({
    ...{ host, port, allowedHosts: names, allowedOrigins: names, browserOrigins: config.allowedOrigins },
    ...{ path: pathOf(publicUrl), admit: gateway.admit },
    shared: replicas?.sessions,
    withSpan: tracing && ((request, status, run) => tracing.request(request, status, run)),
    onError(failure) {
      const { code } = toServerError(failure);
      log.write('error', { code, frames: framesOf(failure) }, 'a request failed');
    },
    onAnswer(answer) {
      metrics.answered(answer.status);
      log.write(levelOf(answer.status), answer, 'request');
    },
    operators: { isReady: () => isReady, readMetrics: metrics.read, port: metricsPort },
    routes(app) {
      gateway.routes?.(app);
      if (board) serveBoard(app, board);
    },
  });
  onListening({
    ...{ url: server.url, metricsUrl: server.metricsUrl },
    boardUrl: board && boardUrlOf(publicUrl ?? server.url).href,
  });
  log.flush();
  replicas?.begin(ownUrl(config, host, server.url));
  return {
    url: server.url,
    metricsUrl: server.metricsUrl,
    get open() {
      return server.open;
    },
    async close() {
      isReady = false;
      await server.close();
      // A task may still be sending a write, which must not be cut off.
      await audit?.settle();
      await gateway.close();
      await replicas?.close();
      await tracing?.close();
      flush();
    },
  };
}
