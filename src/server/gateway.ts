/**
 * Who gets in over HTTP, and what is behind the door: for each caller, and each set of rights that their tokens give
 * them, an application of its own, so that nothing that was allowed by one token is used under another, and no client,
 * cache, job, task or confirmation is ever shared between two callers.
 */

import catalog from 'virtual:tool-catalog';
import type { FastifyInstance } from 'fastify';
import type { Audit } from '../call/audit/index.ts';
import type { Admit } from '../http/caller.ts';
import { createMeter, tooMany } from '../http/rate.ts';
import { isForwarded } from '../http/session-forwarding.ts';
import { createGuard } from '../http/token-guard.ts';
import type { Env } from '../lib/env.ts';
import type { Observer } from '../observability/observer.ts';
import { type Scope, scopeOf, scopes } from '../policy/decide.ts';
import type { Fleet } from '../replicas/index.ts';
import type { PollFor } from '../replicas/jobs.ts';
import { type Application, createApplication } from './application.ts';
import { ApplicationPool } from './application-pool.ts';
import { callerKeyOf, createRights, type TokenFacts } from './callers.ts';
import type { FairQueue } from './fair-queue.ts';
import { createLocalFacts } from './local-facts.ts';
import { createServedTools } from './served-tools.ts';
import type { Config } from './settings.ts';

/** Who gets in, and what is behind it. */
export interface Gateway {
  readonly admit: Admit;
  readonly routes?: (app: FastifyInstance) => void;
  /** Asks AWS for jobs on behalf of somebody whom another replica has let in. */
  readonly pollFor: PollFor;
  callers(): number;
  runningJobs(): number;
  close(): Promise<void>;
}

const LOCAL = 'local';

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
export interface GatewayDeps {
  readonly config: Config;
  readonly env: Env;
  readonly version: string;
  /** What sees the application of a caller. */
  observerFor(caller: string): Observer;
  readonly turns: Pick<FairQueue, 'fullForMs'>;
  /** The other replicas of this server, where there are some. */
  readonly fleet: Fleet | undefined;
  readonly audit: Audit | undefined;
}

/** What keeps it from being ready is told by the call that meets it. */
const isReady = (app: Application) => app.ready().catch(() => undefined);

/** Lets anybody in who reaches the server: this machine's own people. */
export function withoutAuth({ config, env, version, observerFor, fleet, audit }: GatewayDeps): Gateway {
  const shared = fleet?.sharedFor({ caller: LOCAL, key: LOCAL, identity: async () => LOCAL });
  const app = createApplication(config, env, version, {
    ...{ caller: LOCAL, observer: observerFor(LOCAL), shared },
    // Any process of this machine: whoever started the server need not be the one who calls.
    ...{ audit, person: { who: LOCAL } },
  });
  const { createServer, openListen, surface } = app;
  const caller = { key: LOCAL, who: LOCAL, createServer, openListen, surface };
  return {
    async admit() {
      await isReady(app);
      return caller;
    },
    pollFor: () => app.poll,
    close: () => app.close(),
    callers: () => 1,
    runningJobs: () => app.runningJobs,
  };
}

/** What a replica shows another of a token, on whose behalf that one asks AWS; sealed on its way. */
interface ShownToken extends TokenFacts {
  /** When the token ends, in epoch milliseconds. */
  readonly until: number;
}

/** Lets in whom the issuer vouches for and a rule knows. */
export function withTokens(
  { config, env, version, observerFor, turns, fleet, audit }: GatewayDeps,
  { issuer, resource }: { readonly issuer: string; readonly resource: string },
): Gateway {
  const guard = createGuard({ issuer, resource, scopes, leastScope: 'amplify:read', scopeOf: scopeOfCall });
  const meter = createMeter(config.callerRequestsPerMinute, fleet?.redis);
  const rightsOf = createRights(config);
  const servedToolsFor = createServedTools();
  const callerFactsOf = createLocalFacts();
  const apps = new ApplicationPool(({ caller, key, token, person, config: own }, lease) => {
    const identity = async (): Promise<ShownToken> => {
      await lease.forPoll();
      return { ...token, until: lease.until };
    };
    const shared = fleet?.sharedFor({ caller, key, identity });
    const callerFacts = shared?.callerFacts ?? callerFactsOf(caller);
    return createApplication(own, env, version, {
      ...{ caller, person, observer: observerFor(caller), audit },
      ...{ shared, callerFacts, lease, servedToolsFor },
    });
  });

  /** What the token gave where it was checked counts for nothing here; undefined where it gives other rights here. */
  const pollFor: PollFor = (identity, key) => {
    const { until, ...token } = identity as ShownToken;
    const rights = until > Date.now() ? rightsOf(token) : undefined;
    if (rights?.key !== key) return undefined;
    return async ref => {
      const { app, release } = apps.use(rights, until);
      return app.poll(ref).finally(release);
    };
  };

  const admit: Admit = async (request, reply) => {
    const identified = await guard.identify(request, reply);
    if (!identified) return undefined;
    const { claims, authInfo, expiresAt } = identified;
    // By who they are, not by what their token allows: a further token is no further allowance.
    const who = callerKeyOf(claims);
    const isCounted = fleet && isForwarded(fleet.sessions, request.headers);
    if (!isCounted && !(await meter(who, reply))) return undefined;
    const fullForMs = turns.fullForMs(who);
    if (fullForMs > 0) {
      await tooMany(reply, fullForMs);
      return undefined;
    }
    const rights = rightsOf(identified);
    if (!rights) {
      const message =
        'No rule of this server gives you access: ask who runs it for one in its setting callers';
      await reply.code(403).send({ error: 'access_denied', error_description: message });
      return undefined;
    }
    const { app, release, whenEnded } = apps.use(rights, expiresAt);
    // Who hung up meanwhile closes no second time.
    if (reply.raw.destroyed) release();
    else reply.raw.once('close', release);
    await isReady(app);
    const { createServer, openListen, surface } = app;
    // By the rights: what a session was opened with must not outlive a token that gives others.
    return { key: rights.key, who, authInfo, expiresAt, createServer, openListen, surface, whenEnded };
  };
  return {
    ...{ admit, pollFor, routes: guard.serveMetadata },
    close: () => apps.close(),
    callers: () => apps.size,
    runningJobs: () => apps.runningJobs,
  };
}
