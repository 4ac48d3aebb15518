/**
 * Who gets in over HTTP, and what is behind the door: for each caller an application of their own, so that no
 * client, cache, job, task or confirmation is ever shared between two callers.
 */

import catalog from 'virtual:tool-catalog';
import type { FastifyInstance } from 'fastify';
import { type App, createApp } from '../app.ts';
import type { Config } from '../config.ts';
import { RegisteredError } from '../errors.ts';
import type { Audit } from '../execute/audit.ts';
import type { Fleet, Identity } from '../fleet/index.ts';
import type { JobRef, Polled } from '../jobs/watched.ts';
import { monotonicNow } from '../lib/clock.ts';
import { type Scope, scopeOf } from '../policy/decide.ts';
import { FORWARDED } from '../transports/http/elsewhere.ts';
import { createGuard, type Identified } from '../transports/http/guard.ts';
import { createMeter, tooMany } from '../transports/http/rate.ts';
import type { Admit } from '../transports/http.ts';
import type { Env } from './access.ts';
import { callerKeyOf, configFor, personOf } from './callers.ts';
import type { Observer } from './observer.ts';
import type { Turns } from './turns.ts';

/** Who gets in, and what is behind it. */
export interface Door {
  readonly admit: Admit;
  readonly routes?: (app: FastifyInstance) => void;
  /** Asks AWS for a job on behalf of somebody whom another replica has let in. @throws RegisteredError */
  poll(identity: Identity, ref: JobRef): Promise<Polled>;
  callers(): number;
  runningJobs(): number;
  close(): Promise<void>;
}

const LOCAL = 'local';
const IDLE_MS = 15 * 60_000;
const MOST_CALLERS = 2_000;

/** Somebody whom the issuer vouched for. */
type Known = Pick<Identified, 'claims' | 'scopes'>;

/** The applications of the callers, kept while they are in use. */
function createApps(make: (identified: Known) => App | undefined) {
  const apps = new Map<string, { readonly app: App; uses: number; idleSince: number }>();

  async function sweep(): Promise<void> {
    const isIdle = (uses: number, since: number) => uses === 0 && since + IDLE_MS <= monotonicNow();
    for (const [key, { app, uses, idleSince }] of apps) {
      if (!isIdle(uses, idleSince) && !(uses === 0 && apps.size > MOST_CALLERS)) continue;
      apps.delete(key);
      await app.close();
    }
  }
  const sweeper = setInterval(() => void sweep(), 60_000).unref();

  return {
    /** The caller's own; undefined where no rule lets them in. */
    use(identified: Known) {
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
        entry.idleSince = monotonicNow();
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

/** What every door needs of the process. */
export interface Behind {
  readonly config: Config;
  readonly env: Env;
  readonly version: string;
  /** What sees the application of a caller. */
  observerFor(caller: string): Observer;
  readonly turns: Pick<Turns, 'fullForMs'>;
  /** The other replicas of this server, where there are some. */
  readonly fleet: Fleet | undefined;
  readonly audit: Audit | undefined;
}

/** What keeps it from being ready is told by the call that meets it. */
const isReady = (app: App) => app.ready().catch(() => undefined);

/** Lets anybody in who reaches the server: this machine's own people. */
export function openToAll({ config, env, version, observerFor, fleet, audit }: Behind): Door {
  const app = createApp(config, env, version, {
    ...{ caller: LOCAL, observer: observerFor(LOCAL), shared: fleet?.sharedFor(LOCAL, LOCAL) },
    // Any process of this machine: whoever started the server need not be the one who calls.
    ...{ audit, person: { who: LOCAL } },
  });
  const caller = { key: LOCAL, createServer: app.createServer, openListen: app.openListen };
  return {
    async admit() {
      await isReady(app);
      return caller;
    },
    poll: (_, ref) => app.poll(ref),
    close: () => app.close(),
    callers: () => 1,
    runningJobs: () => app.runningJobs,
  };
}

/** Lets in whom the issuer vouches for and a rule knows. */
export function guarded(
  { config, env, version, observerFor, turns, fleet, audit }: Behind,
  { issuer, resource }: { readonly issuer: string; readonly resource: string },
): Door {
  const guard = createGuard({ issuer, resource, scopes, leastScope: 'amplify:read', scopeOf: scopeOfCall });
  const meter = createMeter(config.callerRequestsPerMinute, fleet?.redis);
  const apps = createApps(({ claims, scopes: granted }) => {
    const own = configFor(config, claims, granted.filter(isScope));
    const caller = callerKeyOf(claims);
    const shared = fleet?.sharedFor(caller, { claims, scopes: granted });
    const beside = { caller, observer: observerFor(caller), shared, audit, person: personOf(claims) };
    return own && createApp(own, env, version, { ...beside, isHosted: true });
  });
  const poll: Door['poll'] = async (identity, ref) => {
    const used = apps.use(identity as Known);
    if (!used) throw new RegisteredError('access_denied');
    try {
      return await used.app.poll(ref);
    } finally {
      used.release();
    }
  };
  const admit: Admit = async (request, reply) => {
    const identified = await guard.identify(request, reply);
    if (!identified) return undefined;
    // By who they are, not by what their token allows: a further token is no further allowance.
    const who = callerKeyOf(identified.claims);
    const isCounted = fleet?.sessions.isMark(request.headers[FORWARDED]);
    if (!isCounted && !(await meter(who, reply))) return undefined;
    const fullForMs = turns.fullForMs(who);
    if (fullForMs > 0) {
      await tooMany(reply, fullForMs);
      return undefined;
    }
    const used = apps.use(identified);
    if (!used) {
      const message =
        'No rule of this server gives you access: ask who runs it for one in its setting callers';
      await reply.code(403).send({ error: 'access_denied', error_description: message });
      return undefined;
    }
    reply.raw.once('close', used.release);
    await isReady(used.app);
    // With the scopes in it: what a session was opened with must not outlive a token that has less.
    const { createServer, openListen } = used.app;
    return { key: used.key, authInfo: identified.authInfo, createServer, openListen };
  };
  return {
    ...{ admit, poll, routes: guard.serveMetadata, close: apps.close },
    callers: () => apps.all().length,
    runningJobs: () => apps.all().reduce((sum, { runningJobs }) => sum + runningJobs, 0),
  };
}
