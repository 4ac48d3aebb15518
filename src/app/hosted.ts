/**
 * The application on the network: who may call, and for each who does an application of their own, so that no
 * client, cache, job, task or confirmation is ever shared between two callers.
 */

import catalog from 'virtual:tool-catalog';
import type { FastifyInstance } from 'fastify';
import { type App, createApp } from '../app.ts';
import { type Config, ConfigError } from '../config.ts';
import type { CallRecord } from '../execute/record.ts';
import { type Scope, scopeOf } from '../policy/decide.ts';
import { createGuard, type Identified } from '../transports/http/guard.ts';
import { createMeter } from '../transports/http/rate.ts';
import { type Admit, type HttpServer, serveOverHttp } from '../transports/http.ts';
import type { Env } from './access.ts';
import { callerKeyOf, configFor } from './callers.ts';
import { createMetrics, type Metrics } from './metrics.ts';

/** Where it listens. */
export interface Where {
  readonly host: string;
  readonly port: number;
  /** Left out: tokens where there is an issuer. */
  readonly auth?: 'tokens' | 'none' | undefined;
}

const loopback = ['127.0.0.1', 'localhost', '::1'];
/** As they stand in the headers `Host` and `Origin`. */
const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

type Observe = (call: CallRecord) => void;

/** Who gets in, and what is behind it. */
interface Door {
  readonly admit: Admit;
  readonly routes?: (app: FastifyInstance) => void;
  callers(): number;
  runningJobs(): number;
  close(): Promise<void>;
}

const IDLE_MS = 15 * 60_000;
const MOST_CALLERS = 2_000;

/** The applications of the callers, kept while they are in use. */
function createApps(make: (identified: Identified) => App | undefined) {
  const apps = new Map<string, { readonly app: App; uses: number; idleSince: number }>();

  async function sweep(): Promise<void> {
    const isIdle = (uses: number, since: number) => uses === 0 && since + IDLE_MS <= Date.now();
    for (const [key, { app, uses, idleSince }] of apps) {
      if (!isIdle(uses, idleSince) && !(uses === 0 && apps.size > MOST_CALLERS)) continue;
      apps.delete(key);
      await app.close();
    }
  }
  const sweeper = setInterval(() => void sweep(), 60_000).unref();

  return {
    /** The caller's own; undefined where no rule lets them in. */
    use(identified: Identified) {
      const { claims, scopes } = identified;
      const key = JSON.stringify([callerKeyOf(claims), [...scopes].sort()]);
      const known = apps.get(key);
      const app = known?.app ?? make(identified);
      if (!app) return undefined;
      const entry = known ?? { app, uses: 0, idleSince: 0 };
      apps.set(key, entry);
      entry.uses += 1;
      const release = () => {
        entry.uses -= 1;
        entry.idleSince = Date.now();
      };
      return { key, app, release };
    },
    all: () => [...apps.values()].map(({ app }) => app),
    async close() {
      clearInterval(sweeper);
      await Promise.all([...apps.values()].map(({ app }) => app.close()));
    },
  };
}

const scopes: readonly Scope[] = ['amplify:read', 'amplify:write', 'amplify:destroy'];
const isScope = (scope: string): scope is Scope => scopes.some(one => one === scope);

const scopeByTool = new Map(catalog.map(({ tool, subject }) => [tool.name, scopeOf(subject)]));

/** The scope that a call needs: that of its tool, or of the tool that it runs. */
function scopeOfCall(body: unknown): Scope | undefined {
  const { method, params } = Object(body) as { method?: unknown; params?: Record<string, unknown> };
  if (method !== 'tools/call') return undefined;
  const { name, arguments: args } = params ?? {};
  const { tool } = Object(args) as { tool?: unknown };
  return scopeByTool.get(String(name === 'run_operation' ? tool : name));
}

/** Lets anybody in who reaches the server: this machine's own people. */
function openToAll(config: Config, env: Env, version: string, observe: Observe): Door {
  const app = createApp(config, env, version, { caller: 'local', observe });
  const caller = { key: 'local', createServer: app.createServer, openListen: app.openListen };
  return {
    admit: async () => caller,
    close: () => app.close(),
    callers: () => 1,
    runningJobs: () => app.runningJobs,
  };
}

/** Lets in whom the issuer vouches for and a rule knows. */
function guarded(
  config: Config,
  env: Env,
  version: string,
  observe: Observe,
  { issuer, resource }: { readonly issuer: string; readonly resource: string },
): Door {
  const guard = createGuard({ issuer, resource, scopes, leastScope: 'amplify:read', scopeOf: scopeOfCall });
  const meter = createMeter(config.callerRequestsPerMinute);
  const apps = createApps(({ claims, scopes: granted }) => {
    const own = configFor(config, claims, granted.filter(isScope));
    return own && createApp(own, env, version, { caller: callerKeyOf(claims), observe });
  });
  const admit: Admit = async (request, reply) => {
    const identified = await guard.identify(request, reply);
    // By who they are, not by what their token allows: a further token is no further allowance.
    if (!identified || !(await meter(callerKeyOf(identified.claims), reply))) return undefined;
    const used = apps.use(identified);
    if (!used) {
      const message =
        'No rule of this server gives you access: ask who runs it for one in its setting callers';
      await reply.code(403).send({ error: 'access_denied', error_description: message });
      return undefined;
    }
    reply.raw.once('close', used.release);
    // With the scopes in it: what a session was opened with must not outlive a token that has less.
    const { createServer, openListen } = used.app;
    return { key: used.key, authInfo: identified.authInfo, createServer, openListen };
  };
  return {
    ...{ admit, routes: guard.serveMetadata, close: apps.close },
    callers: () => apps.all().length,
    runningJobs: () => apps.all().reduce((sum, { runningJobs }) => sum + runningJobs, 0),
  };
}

/** What those who run it look at: whether it lives, whether it takes calls, and its figures. */
function serveOperators(app: FastifyInstance, metrics: Metrics, isReady: () => boolean): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_, reply) =>
    isReady() ? { status: 'ok' } : reply.code(503).send({ status: 'shutting down' }),
  );
  app.get('/metrics', async (_, reply) => {
    const { type, text } = await metrics.read();
    return reply.type(type).send(text);
  });
  app.addHook('onResponse', async (_, reply) => metrics.answered(reply.raw.statusCode));
}

/** Opens it. @throws ConfigError where anybody on the network could act */
export async function openHosted(
  config: Config,
  env: Env,
  version: string,
  { host, port, auth = config.issuer === undefined ? 'none' : 'tokens' }: Where,
): Promise<HttpServer> {
  const { issuer, publicUrl } = config;
  const isComplete = issuer !== undefined && publicUrl !== undefined;
  if (auth === 'tokens' && !isComplete)
    throw new ConfigError('tokens need both settings: --issuer and --public-url');
  if (auth === 'none' && !loopback.includes(host))
    throw new ConfigError(
      `flag --host: ${host} is reached from the network, where nobody may act without tokens: set --issuer and --public-url`,
    );
  let isReady = true;
  const metrics = createMetrics({
    open: () => server.open,
    callers: () => door.callers(),
    watchedJobs: () => door.runningJobs(),
  });
  const door =
    auth === 'tokens' && isComplete
      ? guarded(config, env, version, metrics.called, { issuer, resource: publicUrl })
      : openToAll(config, env, version, metrics.called);
  const names = [...loopbackNames, ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])];
  const server = await serveOverHttp({
    ...{ host, port, allowedHosts: names, allowedOrigins: names },
    admit: door.admit,
    routes(app) {
      door.routes?.(app);
      serveOperators(app, metrics, () => isReady);
    },
  });
  return {
    url: server.url,
    get open() {
      return server.open;
    },
    async close() {
      isReady = false;
      await server.close();
      await door.close();
    },
  };
}
