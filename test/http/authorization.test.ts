/**
 * Which access tokens the verifier accepts, and where it finds the issuer's keys: algorithms, clock
 * differences, both spellings of scopes, and both metadata addresses.
 */
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  CLOCK_SKEW_S,
  createTokenVerifier,
  fetchMetadata,
  type TokenSettings,
} from '../../src/http/authorization.ts';
import type { TokenRefusal } from '../../src/http/token-refusal.ts';

const audience = 'https://mcp.example/mcp';
const now = () => Math.floor(Date.now() / 1000);

type Page = { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: unknown };

/** One pair for all RSA algorithms: generating it takes longer than all tests of this file. */
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

const keyPairFor = (alg: string) => (/^[RP]S/.test(alg) ? rsa : generateKeyPair(alg, { extractable: true }));

/** An issuer that serves the given pages and its keys. @param path the path of the issuer's name */
async function startIssuer(pagesOf: (issuer: string) => Record<string, Page>, path = '', alg = 'ES256') {
  const { privateKey, publicKey } = await keyPairFor(alg);
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg, use: 'sig' }] };
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const pages: Record<string, Page> = { '/keys': { body: keys }, ...pagesOf(issuer) };
    const page = pages[url];
    response.writeHead(page ? (page.status ?? 200) : 404, {
      'content-type': 'application/json',
      ...page?.headers,
    });
    response.end(JSON.stringify(page?.body ?? {}));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = `${origin}${path}`;
  const sign = (claims: Readonly<Record<string, unknown>> = {}) =>
    new SignJWT({ iss: issuer, aud: audience, sub: 'ann', exp: now() + 60, ...claims })
      .setProtectedHeader({ alg, kid: 'one' })
      .sign(privateKey);
  return { origin, issuer, asked, sign };
}

const metadataOf = (issuer: string) => ({ issuer, jwks_uri: `${new URL(issuer).origin}/keys` });
const oauth = '/.well-known/oauth-authorization-server';
const openId = '/.well-known/openid-configuration';
const plain = (issuer: string) => ({ [oauth]: { body: metadataOf(issuer) } });

/** Verifies a token. @returns what the token grants, or the code of the refusal */
async function verify(issuer: string, token: string, more: Partial<TokenSettings> = {}) {
  try {
    return await createTokenVerifier({ issuer, audiences: [audience], ...more }).verifyAccessToken(token);
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
}

/** Why a token is refused, as the log says it. */
async function refusalOf(issuer: string, token: string, more: Partial<TokenSettings> = {}) {
  const { reason, why } = await createTokenVerifier({ issuer, audiences: [audience], ...more })
    .verifyAccessToken(token)
    .then(
      () => ({}) as Partial<TokenRefusal>,
      (thrown: TokenRefusal) => thrown,
    );
  return { reason, why };
}

describe('a token', () => {
  it.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])(
    'that is signed by %s is accepted',
    async alg => {
      const { issuer, sign } = await startIssuer(plain, '', alg);
      expect(await verify(issuer, await sign())).toMatchObject({ clientId: 'ann' });
    },
  );

  it('that has expired, or is not valid yet, is accepted only within the clock tolerance', async () => {
    const { issuer, sign } = await startIssuer(plain);
    expect(CLOCK_SKEW_S).toBe(30);
    // The test itself may take two seconds.
    for (const claims of [{ exp: now() - 28 }, { nbf: now() + 28 }])
      expect(await verify(issuer, await sign(claims))).toMatchObject({ clientId: 'ann' });
    for (const claims of [{ exp: now() - 32 }, { nbf: now() + 32 }])
      expect(await verify(issuer, await sign(claims))).toBe('invalid_token');
  });

  it('expires for this server at the end of the clock tolerance', async () => {
    const { issuer, sign } = await startIssuer(plain);
    const exp = now() + 60;
    expect(await verify(issuer, await sign({ exp }))).toMatchObject({ expiresAt: exp + CLOCK_SKEW_S });
  });

  it('gives its subject, its client and its expiry', async () => {
    const { issuer, sign } = await startIssuer(plain);
    const token = await sign({ client_id: 'desk', azp: 'other', exp: now() + 77, tenant: 'acme' });
    expect(await verify(issuer, token)).toMatchObject({
      ...{ token, clientId: 'desk', scopes: [], expiresAt: expect.any(Number) },
      extra: { claims: { sub: 'ann', tenant: 'acme' } },
    });
    expect(await verify(issuer, await sign({ azp: 'other' }))).toMatchObject({ clientId: 'other' });
  });

  it.each<[string, JWTPayload, string[]]>([
    ['a scope string', { scope: 'a  b ' }, ['a', 'b']],
    ['a scope list', { scope: ['a', 7, 'b'] }, ['a', 'b']],
    ['an scp list', { scp: ['a', 'b'] }, ['a', 'b']],
    ['an scp string', { scp: 'a b' }, ['a', 'b']],
    ['scope, if there is scp as well', { scope: 'a', scp: ['b'] }, ['a']],
    ['a scope object', { scope: { a: true } }, []],
    ['no claim', {}, []],
  ])('has the scopes from %s', async (_, claims, scopes) => {
    const { issuer, sign } = await startIssuer(plain);
    expect(await verify(issuer, await sign(claims))).toMatchObject({ scopes });
  });

  it("has the scopes with and without the issuer's prefix, all without it", async () => {
    const { issuer, sign } = await startIssuer(plain);
    const token = await sign({ scope: 'api://shop/read write' });
    expect(await verify(issuer, token, { scopePrefix: 'api://shop/' })).toMatchObject({
      scopes: ['read', 'write'],
    });
  });

  it('for several servers is accepted if this one is among them', async () => {
    const { issuer, sign } = await startIssuer(plain);
    const token = await sign({ aud: ['https://other.example/mcp', audience] });
    expect(await verify(issuer, token)).toMatchObject({ clientId: 'ann' });
  });

  it('without an audience is accepted only from a client that the settings name', async () => {
    const { issuer, sign } = await startIssuer(plain);
    const settings = { clientAudiences: ['desk'] };
    const known = await sign({ aud: undefined, client_id: 'desk' });
    expect(await verify(issuer, known, settings)).toMatchObject({ clientId: 'desk' });
    expect(await refusalOf(issuer, await sign({ aud: undefined, client_id: 'phone' }), settings)).toEqual({
      reason: 'audience',
      why: expect.stringMatching(
        /^the token has no aud\. Its client is phone\. The setting clientAudiences /,
      ),
    });
    expect(await refusalOf(issuer, await sign({ aud: undefined }), settings)).toEqual({
      reason: 'audience',
      why: expect.stringMatching(/^the token has no aud\. The setting clientAudiences /),
    });
  });

  it('of another issuer, or of none, is refused, and the reason names that issuer', async () => {
    const { issuer, sign } = await startIssuer(plain);
    expect(await refusalOf(issuer, await sign({ iss: 'https://evil.example' }))).toEqual({
      reason: 'issuer',
      why: expect.stringMatching(/^the token names the issuer "?https:\/\/evil\.example"?;/),
    });
    expect(await refusalOf(issuer, await sign({ iss: undefined }))).toEqual({
      reason: 'issuer',
      why: expect.stringMatching(/^the token names no issuer;/),
    });
  });

  it.each([
    ['encrypted', 'is encrypted', 'eyJh.key_1.iv-2.text.tag'],
    ['encrypted with a shared key', 'is encrypted', 'eyJh..iv-2.text.tag'],
    ['opaque', 'is opaque', 'hello'],
    ['in two parts', 'is opaque', 'eyJh.text'],
    ['in six parts', 'is opaque', 'eyJh.key_1.iv-2.text.tag.more'],
  ])('that is %s is refused, and the reason says what it is', async (_, words, token) => {
    const { issuer } = await startIssuer(plain);
    expect(await refusalOf(issuer, token)).toEqual({
      reason: words.replace('is ', ''),
      why: expect.stringContaining(`the token ${words}`),
    });
  });

  it('that is invalid is distinguished from an issuer that fails', async () => {
    const { issuer, sign } = await startIssuer(plain);
    const other = await startIssuer(plain);
    expect(await verify(issuer, 'nonsense')).toBe('invalid_token');
    expect(await verify(issuer, await other.sign({ iss: issuer }))).toBe('invalid_token');
    expect(await verify(issuer, await sign({ aud: 'other' }))).toBe('invalid_token');
  });
});

describe('the keys of an issuer', () => {
  it.each([
    ['the first address', '', plain, [oauth, '/keys']],
    [
      'the second address',
      '',
      (issuer: string) => ({ [openId]: { body: metadataOf(issuer) } }),
      [oauth, openId, '/keys'],
    ],
    [
      'the first address of an issuer with a path',
      '/tenant/',
      (issuer: string) => ({ [`${oauth}/tenant`]: { body: metadataOf(issuer) } }),
      [`${oauth}/tenant`, '/keys'],
    ],
    [
      'the second address of an issuer with a path',
      '/tenant',
      (issuer: string) => ({ [`/tenant${openId}`]: { body: metadataOf(issuer) } }),
      [`${oauth}/tenant`, `/tenant${openId}`, '/keys'],
    ],
    [
      "the second address, where the first has another's metadata",
      '',
      (issuer: string) => ({
        [oauth]: { body: metadataOf('http://127.0.0.1:9') },
        [openId]: { body: metadataOf(issuer) },
      }),
      [oauth, openId, '/keys'],
    ],
  ])('are found by %s', async (_, path, pages, addresses) => {
    const { issuer, sign, asked } = await startIssuer(pages, path);
    expect(await verify(issuer, await sign())).toMatchObject({ clientId: 'ann' });
    expect(asked).toEqual(addresses);
  });

  it('are read from the configured address, without reading metadata', async () => {
    const { issuer, origin, sign, asked } = await startIssuer(() => ({}));
    expect(await verify(issuer, await sign(), { jwksUri: `${origin}/keys` })).toMatchObject({ scopes: [] });
    expect(asked).toEqual(['/keys']);
  });

  it.each<[string, (issuer: string) => Record<string, Page>]>([
    ['publishes nothing', () => ({})],
    ['publishes metadata of another issuer', () => ({ [oauth]: { body: metadataOf('http://127.0.0.1:9') } })],
    [
      'redirects',
      issuer => ({
        [oauth]: { status: 302, headers: { location: '/moved' } },
        '/moved': { body: metadataOf(issuer) },
      }),
    ],
    ['answers metadata with status 500', issuer => ({ [oauth]: { status: 500, body: metadataOf(issuer) } })],
    ['names no address for its keys', issuer => ({ [oauth]: { body: { issuer } } })],
    ['answers invalid keys', issuer => ({ ...plain(issuer), '/keys': { body: { keys: 'none' } } })],
    ['answers no key set', issuer => ({ ...plain(issuer), '/keys': { body: [7] } })],
    ['fails to answer its keys', issuer => ({ ...plain(issuer), '/keys': { status: 500 } })],
  ])('of an issuer that %s are unavailable: no token is called invalid', async (_, pages) => {
    const { issuer, sign } = await startIssuer(pages);
    expect(await verify(issuer, await sign())).toBe('temporarily_unavailable');
  });

  it('cannot be fetched from an issuer with another name, and the operator learns both names', async () => {
    const { issuer, sign } = await startIssuer(name => ({
      [openId]: { body: metadataOf(`${name}/`) },
    }));
    const verifier = createTokenVerifier({ issuer, audiences: [audience] });
    await expect(verifier.verifyAccessToken(await sign())).rejects.toMatchObject({
      reason: 'issuer_keys',
      why: expect.stringMatching(
        new RegExp(`under its name ${issuer}: .* 404; .* names the issuer ${issuer}/`),
      ),
    });
  });

  it.each([
    ['with the error code of the system', { cause: { code: 'ECONNREFUSED' } }, 'fetch failed (ECONNREFUSED)'],
    ['which may have no code', {}, 'fetch failed'],
  ])('cannot be fetched, and the operator learns the cause, %s', async (_, more, words) => {
    const { issuer, sign } = await startIssuer(plain);
    const fetch = () => Promise.reject(Object.assign(new TypeError('fetch failed'), more));
    expect(await refusalOf(issuer, await sign(), { fetch })).toEqual({
      reason: 'issuer_keys',
      why: `the issuer's keys cannot be fetched: "${words}"`,
    });
  });

  it('are fetched again after a failure', async () => {
    let isUp = false;
    const { issuer, sign } = await startIssuer(name => (isUp ? plain(name) : {}));
    const verifier = createTokenVerifier({ issuer, audiences: [audience] });
    await expect(verifier.verifyAccessToken(await sign())).rejects.toMatchObject({
      code: 'temporarily_unavailable',
    });
    isUp = true;
    await expect(verifier.verifyAccessToken(await sign())).resolves.toMatchObject({ clientId: 'ann' });
  });
});

it('metadata must name the configured issuer', async () => {
  const { issuer } = await startIssuer(plain);
  expect(await fetchMetadata(issuer)).toEqual(metadataOf(issuer));
  await expect(fetchMetadata(`${issuer}/`)).rejects.toThrow('no metadata under its name');
});
