/** The local board, request by request: its address works once, for one browser, and for no other page. */

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as rawRequest } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../../src/cli/config.ts';
import { openBoard } from '../../src/server/board.ts';
import { eras } from '../support/child.ts';
import { hostInProcess } from '../support/in-process.ts';
import { startIssuer } from '../support/issuer.ts';

async function start() {
  const config = parseConfig({ file: { sandbox: true, logLevel: 'silent' } });
  const board = await openBoard(config, {}, '0.0.0', 0);
  onTestFinished(() => board.close());
  const address = new URL(board.address);
  const page = new URL('/board', address);
  return { address, page, endpoint: new URL('/mcp', address) };
}

/** A GET with any headers, including those that `fetch` does not allow. */
async function get(url: URL | string, headers: Record<string, string> = {}) {
  const request = rawRequest(url, { headers }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return { status: response.statusCode, headers: response.headers, body };
}

/** Opens the address as a browser does. @returns the session that the page gets */
async function open({ address, page }: Awaited<ReturnType<typeof start>>) {
  const first = await get(address);
  const cookie = String(first.headers['set-cookie']).split(';')[0] ?? '';
  const second = await get(page, { cookie });
  return {
    first,
    cookie,
    second,
    session: /name="amplify-session" content="([\w-]+)"/.exec(second.body)?.[1],
  };
}

const call = (endpoint: URL, headers: Record<string, string> = {}) =>
  fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'list_apps',
      ...headers,
    },
    body: JSON.stringify({
      ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
      params: { name: 'list_apps', arguments: {}, ...eras[1].each },
    }),
  });

describe('the address', () => {
  it('leads once to the page, which has a session and an address without the token', async () => {
    const board = await start();
    const { first, cookie, second, session } = await open(board);
    expect([first.status, first.headers.location, first.body]).toEqual([303, '/board', '']);
    expect(String(first.headers['set-cookie'])).toMatch(
      /; Path=\/board; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
    );
    expect(second).toMatchObject({
      status: 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
      },
    });
    expect(second.headers['content-security-policy']).toMatch(
      /^default-src 'none'; .*connect-src 'self'; .*frame-ancestors 'none'$/,
    );
    expect(session).toMatch(/^[\w-]{43}$/);
    expect(session).not.toBe(board.address.searchParams.get('token'));
    const answer = await call(board.endpoint, { authorization: `Bearer ${session}` });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('d1sandboxshop')]);
    // Neither the address nor the redirect gives a second session.
    const again = await get(board.address);
    expect([again.status, again.body]).toEqual([
      403,
      expect.stringContaining('<h1>This address was used already'),
    ]);
    expect(again.headers['set-cookie']).toBeUndefined();
    const stepAgain = await get(board.page, { cookie });
    expect([stepAgain.status, stepAgain.body]).toEqual([200, expect.not.stringContaining('amplify-session')]);
  });

  it('is used up only by a GET with its own token', async () => {
    const board = await start();
    await fetch(board.address, { method: 'HEAD' });
    await fetch(board.address, { method: 'POST' });
    for (const token of ['', 'x', 'x'.repeat(43)]) {
      const wrong = new URL(board.address);
      wrong.searchParams.set('token', token);
      const { status, body } = await get(wrong);
      expect([status, body]).toEqual([403, expect.stringContaining('This is not the address of the board')]);
    }
    expect((await open(board)).session).toBeDefined();
  });

  it('also works from a link on another site, from which browsers send no cookie', async () => {
    const board = await start();
    const first = await get(board.address, { 'sec-fetch-site': 'cross-site' });
    const cookie = String(first.headers['set-cookie']).split(';')[0] ?? '';
    const second = await get(board.page, { 'sec-fetch-site': 'cross-site' });
    expect(second.body).toContain('<meta http-equiv="refresh" content="0;url=/board">');
    const third = await get(board.page, { 'sec-fetch-site': 'same-origin', cookie });
    expect(third.body).toContain('amplify-session');
  });
});

describe('the board refuses', () => {
  it('calls without the session, with the token of the address, or with a cookie', async () => {
    const board = await start();
    const token = board.address.searchParams.get('token') ?? '';
    const tries = [
      {},
      { authorization: `Bearer ${token}` },
      { authorization: 'Bearer ' },
      { authorization: 'x' },
    ];
    for (const headers of tries) expect((await call(board.endpoint, headers)).status).toBe(401);
    const { cookie, session } = await open(board);
    for (const headers of [...tries, { cookie }, { cookie: `amplify-board-step=${session}` }])
      expect((await call(board.endpoint, headers)).status).toBe(401);
  });

  it.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '[::ffff:7f00:1]'])(
    'requests under the host name %s',
    async host => {
      const board = await start();
      for (const url of [board.address, board.page, board.endpoint])
        expect((await get(url, { host })).status).toBe(403);
      expect((await open(board)).session).toBeDefined();
    },
  );

  it.each(['http://evil.example', 'http://127.0.0.1:1', 'http://localhost', 'https://127.0.0.1', 'null'])(
    'requests from a page of the origin %s',
    async origin => {
      const board = await start();
      for (const url of [board.address, board.page]) expect((await get(url, { origin })).status).toBe(403);
      const { session } = await open(board);
      const authorization = `Bearer ${session}`;
      expect((await call(board.endpoint, { authorization, origin })).status).toBe(403);
      expect((await call(board.endpoint, { authorization, origin: board.address.origin })).status).toBe(200);
    },
  );
});

describe('the board of the command http', () => {
  it('needs no sign-in if the endpoint needs no tokens, and is served to the same hosts as the endpoint', async () => {
    const { url } = await hostInProcess({}, ['--sandbox']);
    const page = new URL('/board', url);
    const { status, body } = await get(page);
    expect(status).toBe(200);
    expect(body).toContain('<meta name="amplify-host" content="http">');
    expect(body).toContain(
      '<meta name="amplify-access" content="open"><meta name="amplify-endpoint" content="/mcp">',
    );
    expect((await get(page, { host: 'evil.example' })).status).toBe(403);
    expect((await get(page, { origin: 'http://evil.example' })).status).toBe(403);
    expect((await get(new URL('/board/sign-in', url))).status).toBe(404);
    expect((await call(new URL(url))).status).toBe(200);
  });

  const withTokens = [
    '--public-url',
    'https://mcp.example/amplify/mcp',
    '--targets',
    '{}',
    '--callers',
    '{}',
  ];

  it('does not exist if tokens are needed and the settings name no client for the sign-in', async () => {
    const { url } = await hostInProcess({}, [...withTokens, '--issuer', 'http://127.0.0.1:1']);
    for (const path of ['/board', '/amplify/board', '/board/sign-in'])
      expect((await get(new URL(path, url))).status).toBe(404);
  });

  it('allows its sign-in to connect only to the token endpoint, and says if the issuer cannot be reached', async () => {
    const issuer = await startIssuer();
    const flags = [...withTokens, '--issuer', issuer.issuer, '--board-client-id', 'a"><script>'];
    const { url } = await hostInProcess({}, [...flags, '--scope-prefix', 'p/']);
    const page = await get(new URL('/board', url));
    expect(page.body).toContain('name="amplify-sign-in" content="/amplify/board/sign-in"');
    expect(page.body).toContain('name="amplify-endpoint" content="/amplify/mcp"');
    const signIn = () => get(new URL('/amplify/board/sign-in', url));
    issuer.fail();
    expect(await signIn()).toMatchObject({
      status: 503,
      body: expect.stringContaining('cannot reach the issuer'),
    });
    issuer.recover();
    const { status, body, headers } = await signIn();
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toContain(`connect-src ${issuer.issuer}/token;`);
    expect(body).toContain(`connect-src ${issuer.issuer}/token;`);
    expect(body).not.toContain('a"><script>');
    const [, settings = ''] = /name="amplify-settings" content="([^"]*)"/.exec(body) ?? [];
    expect(
      JSON.parse(settings.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>')),
    ).toEqual({
      issuer: issuer.issuer,
      clientId: 'a"><script>',
      resource: 'https://mcp.example/amplify/mcp',
      authorize: `${issuer.issuer}/authorize`,
      token: `${issuer.issuer}/token`,
      hasIssuer: false,
      scopes: ['p/amplify:read', 'p/amplify:write', 'p/amplify:destroy'],
      board: '/amplify/board',
      redirectUri: 'https://mcp.example/amplify/board/sign-in',
    });
  });
});
