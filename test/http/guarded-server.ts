/** A server behind a token guard, and the issuer that it trusts. */
import { onTestFinished } from 'vitest';
import { serveOverHttp } from '../../src/http/server.ts';
import {
  createGuard,
  type GuardSettings,
  type Identified,
  type TokenRefused,
} from '../../src/http/token-guard.ts';
import { startIssuer } from '../support/issuer.ts';
import { noTools } from './no-tools.ts';

export const resource = 'https://mcp.example/mcp';
export const scopes = ['amplify:read', 'amplify:write', 'amplify:destroy'];
export const now = () => Math.floor(Date.now() / 1000);

/** Starts a server behind a token guard. @param settings of the guard, besides its issuer and resource */
export async function setUp(settings: Partial<GuardSettings> = {}) {
  const issuer = await startIssuer();
  const sign = await issuer.addKey('one');
  let handled = 0;
  let last: Identified | undefined;
  const refusals: TokenRefused[] = [];
  const guard = createGuard({
    ...{ issuer: issuer.issuer, resource, scopes, leastScope: 'amplify:read', refetchMs: 200 },
    ...settings,
    onRefusal: refused => refusals.push(refused),
    scopeOf: body => ((body as { method?: string })?.method === 'tools/call' ? 'amplify:write' : undefined),
  });
  const server = await serveOverHttp({
    ...{ host: '127.0.0.1', port: 0, allowedHosts: ['127.0.0.1'], allowedOrigins: [] },
    routes: guard.serveMetadata,
    async admit(request, reply) {
      const identified = await guard.identify(request, reply);
      if (!identified) return undefined;
      handled += 1;
      last = identified;
      return {
        ...{ key: String(identified.claims.sub), callerId: String(identified.claims.sub), surface: {} },
        authInfo: identified.authInfo,
        ...noTools,
      };
    },
  });
  onTestFinished(() => server.close());
  const claims = { iss: issuer.issuer, aud: resource, sub: 'ann', scope: 'amplify:read', exp: now() + 60 };
  const ask = (authorization?: string, method = 'tools/list') =>
    fetch(server.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(authorization !== undefined && { authorization }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { name: 'x', arguments: {} } }),
    });
  return {
    ...issuer,
    url: server.url,
    sign,
    claims,
    ask,
    /** The reasons for which tokens were refused, as the log has them. */
    refusals,
    handled: () => handled,
    identified: () => last,
    keys: () => issuer.asked,
  };
}
