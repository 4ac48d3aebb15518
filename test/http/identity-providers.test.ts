/**
 * The recipes for identity providers, as their page prints them: the gateway with those settings, behind a real issuer
 * that signs those tokens. Each valid token has invalid variants: another audience, no scope, the provider's ID token.
 */
import { readFileSync } from 'node:fs';
import type { JWTPayload } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/cli/config.ts';
import { serveOverHttp } from '../../src/http/server.ts';
import type { TokenRefused } from '../../src/http/token-guard.ts';
import { createLog } from '../../src/observability/log.ts';
import { FairQueue } from '../../src/server/fair-queue.ts';
import { withTokens } from '../../src/server/gateway.ts';
import { settingsSchema } from '../../src/server/settings.ts';
import { messageIn } from '../support/http.ts';
import { startIssuer } from '../support/issuer.ts';

type Claims = Readonly<Record<string, unknown>>;

const page = readFileSync(new URL('../../docs/identity-providers.md', import.meta.url), 'utf8');

/** The settings and the tokens in a provider's section of the page. */
function recipesOf(provider: string) {
  const [, section = ''] = new RegExp(`^## ${provider}\\n([\\s\\S]*?)(?=^## )`, 'm').exec(page) ?? [];
  const blocks = (kind: string) =>
    [...section.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text);
  return {
    settings: blocks('yaml').map(text => parse(text) as Record<string, unknown>),
    tokens: blocks('json').map(text => JSON.parse(text) as Claims),
  };
}

/** The gateway with these settings, except that the issuer runs on this machine. */
async function start(settings: Record<string, unknown>) {
  const issuer = await startIssuer();
  const sign = await issuer.addKey('one');
  const config = parseConfig({ file: { ...settings, issuer: issuer.issuer, sandbox: true } });
  const refusals: TokenRefused[] = [];
  const log = createLog('silent');
  const gateway = withTokens(
    {
      ...{ config, env: {}, version: '0.0.0', queue: new FairQueue(), replicas: undefined, audit: undefined },
      observerFor: () => ({ log, called: () => undefined }),
      onRefusal: refused => refusals.push(refused),
    },
    { issuer: issuer.issuer, resource: String(settings.publicUrl) },
  );
  const server = await serveOverHttp({
    ...{ host: '127.0.0.1', port: 0, allowedHosts: ['127.0.0.1'], allowedOrigins: [] },
    admit: gateway.admit,
    ...(gateway.routes && { routes: gateway.routes }),
  });
  onTestFinished(async () => {
    await server.close();
    await gateway.close();
  });
  /** Sends `tools/list` or another method. @param typ of the token's header: few providers write `at+jwt` */
  const ask = async (claims: Claims, typ = 'JWT', method = 'tools/list') => {
    const exp = Math.floor(Date.now() / 1000) + 60;
    const token = await sign({ exp, ...claims, iss: issuer.issuer } as JWTPayload, { typ });
    return fetch(server.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method,
        params: { name: 'clone_backend', arguments: {} },
      }),
    });
  };
  return { ask, refusals, url: server.url, issuer: issuer.issuer };
}

/** The claims in which the providers' ID tokens differ from their access tokens. */
const idTokens: Record<string, Claims> = {
  'Amazon Cognito': { token_use: 'id', aud: '3n4b5urk1ft4fl3mg5e62d9ado' },
  'Microsoft Entra ID': { nonce: 'n-0S6', azp: undefined, scp: undefined, roles: ['amplify:read'] },
  Okta: { nonce: 'n-0S6', at_hash: 'x', amr: ['pwd'] },
  Auth0: { nonce: 'n-0S6' },
  Keycloak: { typ: 'ID', nonce: 'n-0S6' },
};

const cases = Object.keys(idTokens).flatMap(provider =>
  recipesOf(provider).settings.map((settings, at) => ({ provider, settings, at })),
);

it('the page has a recipe for each provider, and names each setting', () => {
  for (const setting of [
    'issuer',
    'publicUrl',
    'tokenAudiences',
    'clientAudiences',
    'scopeClaims',
    'scopePrefix',
  ])
    expect([page.includes(`\`${setting}\``), setting in settingsSchema.shape]).toEqual([true, true]);
  for (const provider of Object.keys(idTokens)) expect(recipesOf(provider).tokens.length).toBeGreaterThan(0);
  expect(cases.length).toBeGreaterThanOrEqual(5);
});

describe.each(cases)('$provider ($at)', ({ provider, settings }) => {
  const { tokens } = recipesOf(provider);
  const [first = {}] = tokens;
  const prefix = String(settings.scopePrefix ?? '');

  it('its tokens are accepted, with only the scopes that they grant', async () => {
    const { ask, refusals } = await start(settings);
    for (const claims of tokens) {
      const response = await ask(claims);
      expect([response.status, refusals]).toEqual([200, []]);
      const { tools } = (await messageIn(response)).result as {
        tools: { annotations: { readOnlyHint?: boolean } }[];
      };
      expect(tools.length).toBeGreaterThan(10);
      expect(tools.every(({ annotations }) => annotations.readOnlyHint)).toBe(true);
    }
  });

  it('clients are told the scopes in the form that the provider knows', async () => {
    const { ask, url, issuer, refusals } = await start(settings);
    const metadata = await fetch(new URL('/.well-known/oauth-protected-resource/mcp', url));
    const known = ['amplify:read', 'amplify:write', 'amplify:destroy'].map(scope => prefix + scope);
    expect(await metadata.json()).toMatchObject({
      ...{ resource: settings.publicUrl, authorization_servers: [issuer], scopes_supported: known },
    });
    const lacking = await ask(first, 'JWT', 'tools/call');
    expect([lacking.status, refusals[0]?.reason]).toEqual([403, 'scope']);
    const challenge = lacking.headers.get('www-authenticate');
    expect(challenge).toContain(`scope="${prefix}amplify:read ${prefix}amplify:write"`);
    const nobody = await fetch(url, { method: 'POST' });
    expect(nobody.headers.get('www-authenticate')).toContain(`scope="${prefix}amplify:read"`);
  });

  it('a token for another server, without a scope or a matching rule, and an ID token are refused', async () => {
    const { ask, refusals } = await start(settings);
    const none = { scope: 'openid', scp: ['openid'], roles: [], permissions: [], resource_access: {} };
    const refused: [Claims, number, string][] = [
      [{ ...first, aud: 'https://other.example.com/mcp' }, 401, 'audience'],
      [{ ...first, aud: [] }, 401, 'audience'],
      [{ ...first, aud: undefined, client_id: 'another-client' }, 401, 'audience'],
      [{ ...first, aud: undefined, client_id: undefined }, 401, 'audience'],
      [{ ...first, ...none }, 403, 'scope'],
      [{ ...first, sub: undefined }, 401, 'no_subject'],
      [{ ...first, ...idTokens[provider] }, 401, 'token_type'],
      [
        { ...first, 'cognito:groups': [], groups: [], 'https://example.com/groups': [], realm_access: {} },
        403,
        'no_rule',
      ],
    ];
    for (const [claims, status] of refused) expect((await ask(claims)).status).toBe(status);
    expect(refusals.map(({ reason }) => reason)).toEqual(refused.map(([, , reason]) => reason));
  });
});

it.each([
  ['another resource', 'https://other.example.com/mcp/amplify:read'],
  ['a resource whose name begins in the same way', 'https://mcp.example.com/mcp/more/amplify:read'],
  ['the prefix without a name', 'https://mcp.example.com/mcp/'],
])('accepts no scope of %s', async (_, scope) => {
  const { settings, tokens } = recipesOf('Amazon Cognito');
  const { ask, refusals } = await start(settings[0] ?? {});
  expect((await ask({ ...tokens[0], scope })).status).toBe(403);
  expect(refusals).toMatchObject([{ reason: 'scope', why: expect.stringContaining('amplify:read') }]);
});

it('accepts no token without an audience if the settings name no client', async () => {
  const { settings, tokens } = recipesOf('Amazon Cognito');
  const { ask, refusals } = await start({ ...settings[0], clientAudiences: [] });
  expect((await ask(tokens[0] ?? {})).status).toBe(401);
  expect(refusals[0]?.why).toMatch(/no aud.*3n4b5urk1ft4fl3mg5e62d9ado.*clientAudiences/);
});

it.each<[string, string, Claims]>([
  ['a refresh token', 'JWT', { typ: 'Refresh' }],
  ['a logout token', 'logout+jwt', {}],
  ['any other type', 'JWT', { token_use: 'refresh' }],
])('%s does not count as an access token', async (_, typ, claims) => {
  const { settings, tokens } = recipesOf('Keycloak');
  const { ask, refusals } = await start(settings[0] ?? {});
  expect((await ask({ ...tokens[0], ...claims }, typ)).status).toBe(401);
  expect(refusals).toMatchObject([{ reason: 'token_type' }]);
});

it.each<[string, string, Claims]>([
  ['its header says so', 'at+jwt', { nonce: 'n-0S6', typ: undefined }],
  ['the claim typ says so, as older Keycloaks write it', 'JWT', { nonce: 'n-0S6' }],
])('a token with a nonce counts as an access token if %s', async (_, typ, claims) => {
  const { settings, tokens } = recipesOf('Keycloak');
  const { ask } = await start(settings[0] ?? {});
  expect((await ask({ ...tokens[0], ...claims }, typ)).status).toBe(200);
});
