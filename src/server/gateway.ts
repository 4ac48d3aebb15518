/**
 * Admits callers over HTTP, and gives each caller with each set of rights an application of its own. So nothing that
 * one token allowed is used under another, and two callers never share a client, cache, job, task or confirmation.
 */

import catalog from 'virtual:tool-catalog';
import type { FastifyInstance } from 'fastify';
import type { Audit } from '../call/audit/index.ts';
import type { Admit } from '../http/caller.ts';
import { createRateLimit, sendTooManyRequests } from '../http/rate.ts';
import { isForwarded } from '../http/session-forwarding.ts';
import { createGuard, type TokenRefused } from '../http/token-guard.ts';
import type { Env } from '../lib/env.ts';
import { quoteNames } from '../lib/quote.ts';
import { toolRunBy } from '../mcp/run-operation.ts';
import { fetchByProxy } from '../network/index.ts';
import type { Observer } from '../observability/observer.ts';
import { type Scope, scopeOf, scopes } from '../policy/decide.ts';
import type { Replicas } from '../replicas/index.ts';
import type { PollFor } from '../replicas/jobs.ts';
import { type Application, createApplication } from './application.ts';
import { ApplicationPool } from './application-pool.ts';
import { callerKeyOf, createRights, type TokenFacts } from './callers.ts';
import type { FairQueue } from './fair-queue.ts';
import { createLocalFacts } from './local-facts.ts';
import { createServedTools } from './served-tools.ts';
import type { Config } from './settings.ts';

/** Admits callers, and owns their applications. */
export interface Gateway {
  readonly admit: Admit;
  readonly routes?: (app: FastifyInstance) => void;
  /** Polls AWS for a job on behalf of a caller whom another replica admitted. */
  readonly pollFor: PollFor;
  callers(): number;
  runningJobs(): number;
  close(): Promise<void>;
}

const LOCAL = 'local';

const scopeByTool = new Map(catalog.map(({ tool, subject }) => [tool.name, scopeOf(subject)]));

/** The scope that a call needs: that of its tool; for run_operation, that of the tool that it runs. */
function scopeOfCall(body: unknown): Scope | undefined {
  const { method, params } = Object(body) as { method?: unknown; params?: Record<string, unknown> };
  if (method !== 'tools/call') return undefined;
  const { name, arguments: args } = params ?? {};
  return scopeByTool.get(toolRunBy(name, args));
}

/** What a gateway needs from the process. */
export interface GatewayDeps {
  readonly config: Config;
  readonly env: Env;
  readonly version: string;
  /** Observes the application of a caller. */
  observerFor(caller: string): Observer;
  readonly queue: Pick<FairQueue, 'fullForMs'>;
  /** The other replicas of this server, where there are some. */
  readonly replicas: Replicas | undefined;
  readonly audit: Audit | undefined;
  /** Called for each token that is refused. */
  onRefusal(refused: TokenRefused): void;
}

/** A failure is not reported here: the call that needs the backend fails in the same way and reports it. */
const waitUntilReady = (app: Application) => app.ready().catch(() => undefined);

/** Admits every caller that can reach the server, which then listens on the loopback only. */
export function withoutAuth({ config, env, version, observerFor, replicas, audit }: GatewayDeps): Gateway {
  const shared = replicas?.sharedFor({ caller: LOCAL, key: LOCAL, identity: async () => LOCAL });
  const app = createApplication(config, env, version, {
    ...{ caller: LOCAL, observer: observerFor(LOCAL), shared },
    // Any process of this machine may call, not only the user who started the server.
    ...{ audit, person: { who: LOCAL } },
  });
  const { createServer, openListen, surface } = app;
  const caller = { key: LOCAL, callerId: LOCAL, createServer, openListen, surface };
  return {
    async admit() {
      await waitUntilReady(app);
      return caller;
    },
    pollFor: () => app.poll,
    close: () => app.close(),
    callers: () => 1,
    runningJobs: () => app.runningJobs,
  };
}

/** The facts of a token that one replica sends to another, sealed, so that it polls AWS on the caller's behalf. */
interface ForwardedToken extends TokenFacts {
  /** When the token expires, in epoch milliseconds. */
  readonly until: number;
}

/** Admits callers with a valid token of the issuer and a rule in the setting `callers` that matches it. */
export function withTokens(
  { config, env, version, observerFor, queue, replicas, audit, onRefusal }: GatewayDeps,
  { issuer, resource }: { readonly issuer: string; readonly resource: string },
): Gateway {
  const { tokenAudiences, clientAudiences, scopeClaims, scopePrefix } = config;
  const guard = createGuard({
    ...{ issuer, resource, clientAudiences, scopeClaims, scopePrefix, onRefusal },
    ...(tokenAudiences.length > 0 && { audiences: tokenAudiences }),
    ...{ scopes, leastScope: 'amplify:read', scopeOf: scopeOfCall },
    fetch: (url, init) => fetchByProxy(env, url, init),
  });
  const countRequest = createRateLimit(config.callerRequestsPerMinute, replicas?.redis);
  const rightsOf = createRights(config);
  const servedToolsFor = createServedTools();
  const callerFactsOf = createLocalFacts();
  const pool = new ApplicationPool(({ caller, key, token, person, config: own }, lease) => {
    const identity = async (): Promise<ForwardedToken> => {
      await lease.forPoll();
      return { ...token, until: lease.until };
    };
    const shared = replicas?.sharedFor({ caller, key, identity });
    const callerFacts = shared?.callerFacts ?? callerFactsOf(caller);
    return createApplication(own, env, version, {
      ...{ caller, person, observer: observerFor(caller), audit },
      ...{ shared, callerFacts, lease, servedToolsFor },
    });
  });

  /** Derives the rights again from the token; undefined where this replica would give it other rights. */
  const pollFor: PollFor = (identity, key) => {
    const { until, ...token } = identity as ForwardedToken;
    const rights = until > Date.now() ? rightsOf(token) : undefined;
    if (rights?.key !== key) return undefined;
    return async ref => {
      const { app, release } = pool.use(rights, until);
      return app.poll(ref).finally(release);
    };
  };

  const admit: Admit = async (request, reply) => {
    const identified = await guard.identify(request, reply);
    if (!identified) return undefined;
    const { claims, authInfo, expiresAt } = identified;
    // The limit counts per caller, not per token: a second token gives no second allowance.
    const callerId = callerKeyOf(claims);
    const isCounted = replicas && isForwarded(replicas.sessions, request.headers);
    if (!isCounted && !(await countRequest(callerId, reply))) return undefined;
    const fullForMs = queue.fullForMs(callerId);
    if (fullForMs > 0) {
      await sendTooManyRequests(reply, fullForMs);
      return undefined;
    }
    const rights = rightsOf(identified);
    if (!rights) {
      const has = quoteNames(Object.keys(claims));
      const why = `no rule in the setting callers fits the token, which has the claims ${has}`;
      onRefusal({ reason: 'no_rule', why, serverRequestId: request.id });
      const message =
        'No rule in the setting callers gives you access. Ask the operator of this server to add one.';
      await reply.code(403).send({ error: 'access_denied', error_description: message });
      return undefined;
    }
    const { app, release, whenEnded } = pool.use(rights, expiresAt);
    // If the client has disconnected meanwhile, its `close` event does not come again.
    if (reply.raw.destroyed) release();
    else reply.raw.once('close', release);
    await waitUntilReady(app);
    const { createServer, openListen, surface } = app;
    // The key names the rights, so that a session cannot outlive a token that gives other rights.
    return { key: rights.key, callerId, authInfo, expiresAt, createServer, openListen, surface, whenEnded };
  };
  return {
    ...{ admit, pollFor, routes: guard.serveMetadata },
    close: () => pool.close(),
    callers: () => pool.size,
    runningJobs: () => pool.runningJobs,
  };
}
