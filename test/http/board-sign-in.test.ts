/** The board over HTTP behind a real issuer (oidc-provider), in a real browser: people sign in with PKCE. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram } from '../support/child.ts';
import { hasChromium, useChromium } from '../support/chromium.ts';
import { setHome } from '../support/home.ts';
import { hostInProcess } from '../support/in-process.ts';
import { roles } from '../support/token-server.ts';

/** A port that is free now: the issuer has to know the address before the server listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe.runIf(hasChromium)('in Chromium (where chromium is installed)', () => {
  const home = setHome({});
  const openPage = useChromium();
  const ends: (() => unknown)[] = [];
  let [board, issuer] = ['', ''];

  beforeAll(async () => {
    const origin = `http://127.0.0.1:${await freePort()}`;
    const [resource, signIn] = [`${origin}/mcp`, `${origin}/board/sign-in`];
    board = `${origin}/board`;
    const script = new URL('../support/authorization-server.mjs', import.meta.url).pathname;
    const atEnd = (end: () => unknown) => void ends.push(end);
    const child = startProgram([script, resource, 'acme', signIn], {}, undefined, atEnd);
    issuer = await child.line(() => true);
    const callers = { all: { when: { tenant: 'acme' }, target: 'shop' } };
    const flags = ['--issuer', issuer, '--public-url', resource, '--board-client-id', 'board'];
    const accounts = [
      '--targets',
      JSON.stringify({ shop: roles.shop }),
      '--callers',
      JSON.stringify(callers),
    ];
    await hostInProcess(home.env(), [...flags, ...accounts, '--port', new URL(origin).port], atEnd);
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  /** Fills in the issuer's own pages. */
  async function signInAs(page: Page, name: string): Promise<void> {
    await page.locator('input[name=login]').fill(name);
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(board);
  }

  it('leads to the issuer with PKCE and back, and keeps code and token out of every address', async () => {
    const page = await openPage();
    const urls: URL[] = [];
    page.on('request', request => urls.push(new URL(request.url())));
    const exchanged = page.waitForResponse(response => response.url() === `${issuer}/token`);
    await page.goto(board);
    await signInAs(page, 'ann');
    await page.getByRole('article', { name: 'dev' }).waitFor();
    expect(page.url()).toBe(board);
    const asked = urls.find(({ pathname }) => pathname === '/auth')?.searchParams;
    expect(Object.fromEntries(asked ?? [])).toMatchObject({
      ...{ response_type: 'code', client_id: 'board', code_challenge_method: 'S256' },
      ...{ redirect_uri: `${board}/sign-in`, resource: new URL('/mcp', board).href },
      scope: 'amplify:read amplify:write amplify:destroy',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
    });
    const answer = await exchanged;
    const sent = new URLSearchParams(answer.request().postData() ?? '');
    expect(sent.get('code_verifier')).toMatch(/^[\w-]{43}$/);
    expect(sent.has('client_secret')).toBe(false);
    const token = String(await page.evaluate('Object.values(sessionStorage)[0]'));
    expect(token.split('.')).toHaveLength(3);
    expect(
      urls.filter(({ href }) => href.includes(token) || href.includes(String(sent.get('code_verifier')))),
    ).toEqual([]);
    expect(await page.evaluate('document.cookie + JSON.stringify(localStorage)')).toBe('{}');
  });

  it('refuses an authorization response that this tab did not ask for', async () => {
    const page = await openPage();
    await page.goto(`${board}/sign-in?code=abc&state=xyz`);
    await page.getByText('This tab did not ask for the sign-in').waitFor();
    expect(page.url()).toBe(`${board}/sign-in`);
  });

  it('refuses a deletion by a person who may only read, and says which scope is missing', async () => {
    const page = await openPage();
    await page.goto(board);
    await signInAs(page, 'reader');
    await page.getByRole('article', { name: 'dev' }).waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.locator('#environment').selectOption('dev');
    await page.getByRole('button', { name: 'Show what would go' }).click();
    await page.getByText(/You may not do this: .*amplify:destroy/).waitFor();
    expect(await home.sandbox.verdicts('DeleteBackend')).toEqual([]);
  });

  it('asks the person to sign in again once the server refuses the token', async () => {
    const page = await openPage();
    await page.goto(board);
    await signInAs(page, 'ann');
    await page.getByRole('article', { name: 'dev' }).waitFor();
    await page.evaluate("Object.keys(sessionStorage).forEach(key => sessionStorage.setItem(key, 'old'))");
    await page.getByRole('button', { name: 'Inventory' }).click();
    await page.getByText('Your sign-in has ended').waitFor();
    await page.getByRole('button', { name: 'Sign in' }).click();
    // The person is still signed in at the issuer, which asks only for consent.
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('article', { name: 'dev' }).waitFor();
  });
});
