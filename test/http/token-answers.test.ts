/** What clients learn from a refusal and from the metadata: the scopes, and where to get a token. */
import { expect, it } from 'vitest';
import { CLOCK_SKEW_S } from '../../src/http/authorization.ts';
import { createGuard } from '../../src/http/token-guard.ts';
import { resource, scopes, setUp } from './guarded-server.ts';

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

it('tells a client what it can correct, and nothing about the keys', async () => {
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
  const response = await fetch(new URL('/.well-known/oauth-protected-resource', url), {
    headers: { origin: 'https://page.example' },
  });
  expect(response.status).toBe(200);
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
