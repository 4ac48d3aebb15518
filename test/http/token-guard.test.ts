/** Access tokens at the endpoint: which are accepted, and how others are refused. */
import { createPublicKey } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type JWK, SignJWT } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startIssuer } from '../support/issuer.ts';
import { now, setUp } from './guarded-server.ts';

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

it('accepts a token for its address without the slash at the end', async () => {
  const { sign, claims, ask } = await setUp({ resource: 'https://mcp.example/mcp/' });
  const token = await sign({ ...claims, aud: 'https://mcp.example/mcp' });
  expect((await ask(`Bearer ${token}`)).status).toBe(200);
});

it.each([
  ['no scopes', ''],
  ['other', 'other'],
])('tells the operator that a token has %s', async (words, scope) => {
  const { sign, claims, ask, refusals } = await setUp();
  expect((await ask(`Bearer ${await sign({ ...claims, scope })}`)).status).toBe(403);
  expect(refusals).toMatchObject([
    { reason: 'scope', why: expect.stringContaining(`the token lacks amplify:read; it has ${words}. `) },
  ]);
});

it.each([
  ['ended 20 s ago', { exp: now() - 20 }],
  ['is valid in 20 s', { nbf: now() + 20 }],
])("accepts a token that %s by this server's clock", async (_, times) => {
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
  /** A token that an attacker signs in the issuer's name, with the attacker's own key or its address in the header. */
  const forge = async ({ claims }: Scene, name: string) => {
    const evil = await startIssuer();
    const sign = await evil.addKey('one');
    onTestFinished(() => expect(evil.asked).toBe(0));
    return sign(claims, { [name]: name === 'jwk' ? evil.publicKey('one') : `${evil.issuer}/keys` });
  };
  const cases: [string, reason: string | undefined, (scene: Scene) => Promise<string> | string][] = [
    ['no token', undefined, () => ''],
    ['another scheme', undefined, () => 'Basic YW5uOnNlY3JldA=='],
    ['a token that is not a JWT', 'opaque', () => 'Bearer hello'],
    [
      'one of nobody',
      'no_subject',
      async ({ sign, claims }) => `Bearer ${await sign({ ...claims, sub: '' })}`,
    ],
    [
      'a token whose subject is not a string',
      'no_subject',
      async ({ sign, claims }) => `Bearer ${await sign({ ...claims, sub: 7 as never })}`,
    ],
    [
      'a token whose subject is a list',
      'no_subject',
      async ({ sign, claims }) => `Bearer ${await sign({ ...claims, sub: ['ann'] as never })}`,
    ],
    [
      'an expired token',
      'expired',
      async ({ sign, claims }) => `Bearer ${await sign({ ...claims, exp: now() - 60 })}`,
    ],
    [
      'a token without an expiry',
      'no_expiry',
      async ({ sign, claims: { exp: _, ...rest } }) => `Bearer ${await sign(rest)}`,
    ],
    [
      'a token that is not valid yet',
      'not_yet_valid',
      async ({ sign, claims }) => `Bearer ${await sign({ ...claims, nbf: now() + 60 })}`,
    ],
    [
      'a token for another server',
      'audience',
      async ({ sign, claims }) => `Bearer ${await sign({ ...claims, aud: 'https://other.example/mcp' })}`,
    ],
    [
      'a token of another issuer',
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
      'a critical extension that the server does not know',
      'malformed',
      async ({ sign, claims }) => `Bearer ${await sign(claims, { crit: ['tenant'], tenant: 'acme' })}`,
    ],
    ...['jwk', 'jku', 'x5u'].map((name): (typeof cases)[number] => [
      `a key from the token's own header ${name}`,
      'signature',
      async scene => `Bearer ${await forge(scene, name)}`,
    ]),
    ['a very long token', 'opaque', () => `Bearer ${'a'.repeat(12_000)}`],
    ['a token of very many parts', 'opaque', () => `Bearer ${'a.'.repeat(6_000)}`],
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
    // The log does not mention requests without a token.
    expect(scene.refusals.map(refused => refused.reason)).toEqual(reason === undefined ? [] : [reason]);
    const [refused] = scene.refusals;
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
  ['in the URL', ''],
  ['in the URL, in addition to an invalid header', 'Bearer hello'],
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
  ['a valid and an invalid one', (good: string) => [good, 'Bearer hello']],
  ['an invalid and a valid one', (good: string) => ['Bearer hello', good]],
  ['the same twice', (good: string) => [good, good]],
])('refuses two Authorization headers: %s', async (_, both) => {
  const { sign, claims, url, handled, refusals } = await setUp();
  const lines = both(`Bearer ${await sign(claims)}`).flatMap(value => ['authorization', value]);
  const request = httpRequest(url, {
    method: 'POST',
    headers: ['host', new URL(url).host, 'content-length', '0', ...lines],
  });
  const [response] = (await once(request.end(), 'response')) as [IncomingMessage];
  response.resume();
  expect([response.statusCode, handled()]).toEqual([401, 0]);
  expect(refusals).toMatchObject([{ reason: 'two_headers' }]);
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
  // Once it has answered on another connection, the server has noticed the disconnect.
  await fetch(new URL('/.well-known/oauth-protected-resource', url));
  news.emit('left');
  expect([(await ask(token)).status, handled()]).toEqual([200, 1]);
});

it('refuses a header above the length limit before it is parsed', async () => {
  const { ask, handled, keys } = await setUp();
  expect((await ask(`Bearer ${'a'.repeat(20_000)}`)).status).toBe(431);
  expect([handled(), keys()]).toEqual([0, 0]);
});
