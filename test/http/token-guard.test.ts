/**
 * Access tokens at the endpoint: which are accepted, how others are refused, how long a revoked key is
 * accepted, and what clients learn from a refusal.
 */
import { createPublicKey } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { McpServer } from '@modelcontextprotocol/server';
import { type JWK, SignJWT } from 'jose';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CLOCK_SKEW_S, KEYS_LIFE_MS } from '../../src/http/authorization.ts';
import { serveOverHttp } from '../../src/http/server.ts';
import {
  createGuard,
  type GuardSettings,
  type Identified,
  type TokenRefused,
} from '../../src/http/token-guard.ts';
import { startIssuer } from '../support/issuer.ts';

const resource = 'https://mcp.example/mcp';
const scopes = ['amplify:read', 'amplify:write', 'amplify:destroy'];
const now = () => Math.floor(Date.now() / 1000);

/** A server behind a guard. @param settings of the guard, beside its issuer and resource */
async function setUp(settings: Partial<GuardSettings> = {}) {
  const issuer = await startIssuer();
  const sign = await issuer.addKey('one', 'ES256');
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
        createServer: () => {
          const mcp = new McpServer({ name: 'test', version: '0.0.0' }, { capabilities: { tools: {} } });
          mcp.server.setRequestHandler('tools/list', () => ({ tools: [] }));
          return mcp;
        },
        openListen: () => {
          throw new Error('nothing is listened to here');
        },
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
    /** Why tokens were refused, as the log says it. */
    refusals,
    handled: () => handled,
    identified: () => last,
    keys: () => issuer.asked,
  };
}

it('lets a valid token through, and fetches the keys once', async () => {
  const { sign, claims, ask, handled, keys } = await setUp();
  const token = await sign(claims);
  for (let round = 0; round < 3; round++) expect((await ask(`Bearer ${token}`)).status).toBe(200);
  expect([handled(), keys()]).toEqual([3, 1]);
});

it('accepts scopes in the other spelling', async () => {
  const { sign, claims, ask } = await setUp();
  const { scope: _, ...rest } = claims;
  expect((await ask(`Bearer ${await sign({ ...rest, scp: ['amplify:read'] })}`)).status).toBe(200);
});

it.each([
  ['ended 20 s ago', { exp: now() - 20 }],
  ['is valid in 20 s', { nbf: now() + 20 }],
])('lets a token through that %s by the clock of this server', async (_, times) => {
  const { sign, claims, ask, refusals } = await setUp();
  expect((await ask(`Bearer ${await sign({ ...claims, ...times })}`)).status).toBe(200);
  expect(refusals).toEqual([]);
});

describe('refused with 401, before anything is handled:', () => {
  type Scene = Awaited<ReturnType<typeof setUp>>;
  const hs256 = async ({ claims, publicKey }: Scene) => {
    const pem = createPublicKey({ key: publicKey('one') as JWK, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'one' })
      .sign(new TextEncoder().encode(String(pem)));
  };
  const none = ({ claims }: Scene) =>
    [{ alg: 'none', kid: 'one' }, claims]
      .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .concat('')
      .join('.');
  /** A token under the issuer's name by somebody else, who says in it with which key it is to be checked. */
  const forge = async ({ claims }: Scene, name: string) => {
    const evil = await startIssuer();
    const sign = await evil.addKey('one', 'ES256');
    onTestFinished(() => expect(evil.asked).toBe(0));
    return sign(claims, { [name]: name === 'jwk' ? evil.publicKey('one') : `${evil.issuer}/keys` });
  };
  const cases: [string, reason: string | undefined, (scene: Scene) => Promise<string> | string][] = [
    ['no token', undefined, () => ''],
    ['another scheme', undefined, () => 'Basic YW5uOnNlY3JldA=='],
    ['no JWT', 'opaque', () => 'Bearer hello'],
    [
      'one of nobody',
      'no_subject',
      async ({ sign, claims }) => `Bearer ${await sign({ ...claims, sub: '' })}`,
    ],
    [
      'one whose subject is no text',
      'no_subject',
      async ({ sign, claims }) => `Bearer ${await sign({ ...claims, sub: 7 as never })}`,
    ],
    [
      'one whose subject is a list',
      'no_subject',
      async ({ sign, claims }) => `Bearer ${await sign({ ...claims, sub: ['ann'] as never })}`,
    ],
    [
      'an expired one',
      'expired',
      async ({ sign, claims }) => `Bearer ${await sign({ ...claims, exp: now() - 60 })}`,
    ],
    [
      'one without an end',
      'no_expiry',
      async ({ sign, claims: { exp: _, ...rest } }) => `Bearer ${await sign(rest)}`,
    ],
    [
      'one that is not valid yet',
      'not_yet_valid',
      async ({ sign, claims }) => `Bearer ${await sign({ ...claims, nbf: now() + 60 })}`,
    ],
    [
      'one for another server',
      'audience',
      async ({ sign, claims }) => `Bearer ${await sign({ ...claims, aud: 'https://other.example/mcp' })}`,
    ],
    [
      'one of another issuer',
      'issuer',
      async ({ sign, claims }) => `Bearer ${await sign({ ...claims, iss: 'https://evil.example' })}`,
    ],
    [
      'one of nobody',
      'no_subject',
      async ({ sign, claims: { sub: _, ...rest } }) => `Bearer ${await sign(rest)}`,
    ],
    ['the algorithm none', 'algorithm', scene => `Bearer ${none(scene)}`],
    ['HS256 with the public key', 'algorithm', async scene => `Bearer ${await hs256(scene)}`],
    [
      'a stripped signature',
      'signature',
      async ({ sign, claims }) => `Bearer ${(await sign(claims)).replace(/\.[^.]*$/, '.')}`,
    ],
    [
      'a changed payload',
      'signature',
      async ({ sign, claims }) => {
        const [header, , signature] = (await sign(claims)).split('.');
        const other = Buffer.from(JSON.stringify({ ...claims, sub: 'ben' })).toString('base64url');
        return `Bearer ${header}.${other}.${signature}`;
      },
    ],
    ['an unknown key', 'key', async ({ sign, claims }) => `Bearer ${await sign(claims, { kid: 'two' })}`],
    [
      'an extension that must be understood, and is not',
      'malformed',
      async ({ sign, claims }) => `Bearer ${await sign(claims, { crit: ['tenant'], tenant: 'acme' })}`,
    ],
    ...['jwk', 'jku', 'x5u'].map((name): (typeof cases)[number] => [
      `a key that it brings along itself as ${name}`,
      'signature',
      async scene => `Bearer ${await forge(scene, name)}`,
    ]),
    ['no end of text', 'opaque', () => `Bearer ${'a'.repeat(12_000)}`],
    ['no end of parts', 'opaque', () => `Bearer ${'a.'.repeat(6_000)}`],
  ];

  it.each(cases)('%s', async (_, reason, authorizationOf) => {
    const scene = await setUp();
    const authorization = await authorizationOf(scene);
    const response = await scene.ask(authorization || undefined);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain(
      'resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"',
    );
    expect(scene.handled()).toBe(0);
    expect(await response.text()).not.toContain(authorization.slice(7, 40) || 'nothing');
    const [refused, ...others] = scene.refusals;
    expect([refused?.reason, others]).toEqual([reason, []]);
    if (!refused) return;
    expect(refused.serverRequestId).toBe(response.headers.get('x-request-id'));
    for (const part of authorization
      .slice(7)
      .split('.')
      .filter(text => text.length > 8))
      expect(JSON.stringify(scene.refusals)).not.toContain(part);
  });
});

it.each([
  ['in the address', ''],
  ['in the address, under the header of somebody else', 'Bearer hello'],
])('finds no token %s', async (_, authorization) => {
  const { sign, claims, url, handled } = await setUp();
  const token = await sign(claims);
  const response = await fetch(`${url}?access_token=${token}&authorization=Bearer%20${token}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(authorization !== '' && { authorization }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { access_token: token } }),
  });
  expect([response.status, handled()]).toEqual([401, 0]);
});

it.each([
  ['a good one and a bad one', (good: string) => [good, 'Bearer hello']],
  ['a bad one and a good one', (good: string) => ['Bearer hello', good]],
  ['the same twice', (good: string) => [good, good]],
])('refuses two headers, %s', async (_, both) => {
  const { sign, claims, url, handled } = await setUp();
  const lines = both(`Bearer ${await sign(claims)}`).flatMap(value => ['authorization', value]);
  const request = httpRequest(url, {
    method: 'POST',
    headers: ['host', new URL(url).host, 'content-length', '0', ...lines],
  });
  const [response] = (await once(request.end(), 'response')) as [IncomingMessage];
  response.resume();
  expect([response.statusCode, handled()]).toEqual([401, 0]);
});

it('does not admit a client that disconnected during the check', async () => {
  const { hold, sign, claims, url, ask, handled, keys } = await setUp();
  const token = `Bearer ${await sign(claims)}`;
  const news = new EventEmitter();
  hold(once(news, 'left'));
  const request = httpRequest(url, {
    method: 'POST',
    headers: { authorization: token, 'content-length': '0' },
  });
  request.on('error', () => undefined).end();
  const [socket] = (await once(request, 'socket')) as [Socket];
  await expect.poll(keys).toBe(1);
  await once(socket.resetAndDestroy(), 'close');
  // By then the server knows, too: it answers on another connection.
  await fetch(new URL('/.well-known/oauth-protected-resource', url));
  news.emit('left');
  expect([(await ask(token)).status, handled()]).toEqual([200, 1]);
});

it('refuses a header above the length limit before it is parsed', async () => {
  const { ask, handled, keys } = await setUp();
  expect((await ask(`Bearer ${'a'.repeat(20_000)}`)).status).toBe(431);
  expect([handled(), keys()]).toEqual([0, 0]);
});

it('accepts a key for a bounded time, even if no other is requested', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { addKey, removeKey, sign, claims, ask, keys } = await setUp();
  const token = `Bearer ${await sign({ ...claims, exp: now() + 3_600 })}`;
  expect((await ask(token)).status).toBe(200);
  await addKey('two', 'ES256');
  removeKey('one');
  vi.setSystemTime(Date.now() + KEYS_LIFE_MS - 10_000);
  expect([(await ask(token)).status, keys()]).toEqual([200, 1]);
  vi.setSystemTime(Date.now() + 10_000);
  expect((await ask(token)).status).toBe(401);
  expect(KEYS_LIFE_MS).toBeLessThanOrEqual(5 * 60_000);
});

it.each(['/keys', '/.well-known/oauth-authorization-server'])(
  'reads a bounded part of %s, and calls no token invalid',
  async path => {
    const { flood, sign, claims, ask, handled } = await setUp();
    const token = `Bearer ${await sign(claims)}`;
    const sent = flood(path);
    const refused = await ask(token);
    expect([refused.status, handled()]).toEqual([503, 0]);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await sent).toBeLessThan(16_000_000);
    flood(undefined);
    expect((await ask(token)).status).toBe(200);
  },
);

it('neither accepts tokens nor calls them invalid while the issuer gives no keys', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { fail, sign, claims, ask, handled } = await setUp();
  const token = `Bearer ${await sign({ ...claims, exp: now() + 3_600 })}`;
  expect((await ask(token)).status).toBe(200);
  fail();
  vi.setSystemTime(Date.now() + KEYS_LIFE_MS);
  const refused = await ask(token);
  expect([refused.status, handled()]).toEqual([503, 1]);
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(refused.headers.get('www-authenticate')).toBeNull();
});

it('recovers from an issuer that is down for the first token', async () => {
  const { fail, recover, sign, claims, ask, handled } = await setUp();
  const token = `Bearer ${await sign(claims)}`;
  fail();
  for (let round = 0; round < 2; round++) {
    const refused = await ask(token);
    expect([refused.status, handled()]).toEqual([503, 0]);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(refused.headers.get('www-authenticate')).toBeNull();
  }
  recover();
  expect([(await ask(token)).status, handled()]).toEqual([200, 1]);
});

it('refuses a revoked key and accepts a new one without a restart', async () => {
  const { addKey, removeKey, sign, claims, ask } = await setUp();
  expect((await ask(`Bearer ${await sign(claims)}`)).status).toBe(200);
  const signAnew = await addKey('two', 'ES256');
  removeKey('one');
  // A key that is unknown has the keys fetched anew, but not at once for each such token.
  await expect.poll(async () => (await ask(`Bearer ${await signAnew(claims)}`)).status).toBe(200);
  expect((await ask(`Bearer ${await sign(claims)}`)).status).toBe(401);
});

it("names the scope that a call needs together with the token's own", async () => {
  const { sign, claims, ask, handled } = await setUp();
  const none = await ask(`Bearer ${await sign({ ...claims, scope: 'other' })}`);
  expect(none.status).toBe(403);
  const more = await ask(`Bearer ${await sign(claims)}`, 'tools/call');
  expect(more.status).toBe(403);
  const challenge = more.headers.get('www-authenticate');
  expect(challenge).toContain('error="insufficient_scope"');
  expect(challenge).toContain('scope="amplify:read amplify:write"');
  expect(handled()).toBe(0);
});

it("names the token's own scopes and the missing one, but no scopes of other servers", async () => {
  const { sign, claims, ask } = await setUp();
  const scope = 'other amplify:destroy amplify:read';
  const refused = await ask(`Bearer ${await sign({ ...claims, scope })}`, 'tools/call');
  const [, asked = ''] = /\bscope="([^"]*)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? [];
  expect([refused.status, asked.split(' ').sort()]).toEqual([
    403,
    ['amplify:destroy', 'amplify:read', 'amplify:write'],
  ]);
});

it('passes on the caller, the scopes and the expiry', async () => {
  const { sign, claims, ask, identified } = await setUp();
  const scope = 'other amplify:read';
  await ask(`Bearer ${await sign({ ...claims, scope, email: 'ann@example.com' })}`);
  expect(identified()).toMatchObject({
    ...{ scopes: ['other', 'amplify:read'], expiresAt: (claims.exp + CLOCK_SKEW_S) * 1000 },
    claims: { sub: 'ann', email: 'ann@example.com' },
    authInfo: { clientId: 'ann' },
  });
});

it('names the scope that the call needs if there is no token', async () => {
  const { ask } = await setUp();
  const [list, call] = [await ask(), await ask(undefined, 'tools/call')];
  expect(list.headers.get('www-authenticate')).toContain('scope="amplify:read"');
  expect(call.headers.get('www-authenticate')).toContain('scope="amplify:read amplify:write"');
});

it('gives no error code to a request without a token, as RFC 6750 asks', async () => {
  const { ask } = await setUp();
  const response = await ask();
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toMatch(
    /^Bearer scope="amplify:read", resource_metadata="[^"]+"$/,
  );
  expect(await response.json()).toEqual({ error_description: 'The request has no access token' });
});

it('tells a client what it can mend, and nothing about the keys', async () => {
  const { sign, claims, ask } = await setUp();
  const told = async (authorization: string) => {
    const response = await ask(authorization);
    const { error, error_description: text } = (await response.json()) as Record<string, string>;
    expect(response.headers.get('www-authenticate')).toContain(
      `error="invalid_token", error_description="${text}"`,
    );
    expect(error).toBe('invalid_token');
    return text;
  };
  const general = 'The access token is not valid for this server';
  expect(await told(`Bearer ${await sign({ ...claims, exp: 1 })}`)).toContain('has expired');
  expect(await told(`Bearer ${await sign({ ...claims, aud: 'other' })}`)).toContain('for another server');
  expect(await told('Bearer hello')).toBe(general);
  const [head, body] = (await sign(claims)).split('.');
  expect(await told(`Bearer ${head}.${body}.${'A'.repeat(86)}`)).toBe(general);
});

it('explains the refusal in its body', async () => {
  const { sign, claims, ask } = await setUp();
  const invalid = await ask('Bearer hello');
  expect(await invalid.json()).toMatchObject({ error: 'invalid_token' });
  const missing = await ask(`Bearer ${await sign({ ...claims, scope: 'other' })}`);
  expect(await missing.json()).toMatchObject({ error: 'insufficient_scope' });
});

it('serves its metadata to pages of any origin, at one address where both are the same', async () => {
  const guard = createGuard({
    ...{ issuer: 'http://127.0.0.1:9', resource: 'https://mcp.example', scopes, leastScope: 'amplify:read' },
    scopeOf: () => undefined,
  });
  const served: string[] = [];
  guard.serveMetadata({ get: (path: string) => served.push(path) } as never);
  expect(served).toEqual(['/.well-known/oauth-protected-resource']);
  const { url } = await setUp();
  const response = await fetch(new URL('/.well-known/oauth-protected-resource', url));
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(await response.json()).toMatchObject({
    ...{ bearer_methods_supported: ['header'], resource_name: expect.stringMatching(/\S/) },
  });
});

it('says where to get a token', async () => {
  const { url, issuer } = await setUp();
  for (const path of ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource']) {
    const response = await fetch(new URL(path, url));
    expect(await response.json()).toMatchObject({
      resource,
      authorization_servers: [issuer],
      scopes_supported: scopes,
    });
  }
});
