/**
 * The page in a browser, where no chat is beside it, over a real server: its way round, by keyboard, in both themes and on
 * a narrow screen, and what it says where the server or the way to it fails.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, startBreakableProxy } from '../support/breakable-proxy.ts';
import { hasChromium, useChromium } from '../support/chromium.ts';
import { setHome } from '../support/home.ts';
import { hostInProcess } from '../support/in-process.ts';
import { violationsOf } from '../support/page-host.ts';

const appId = 'd1sandboxshop';

/** Answers with a status, as a server or a proxy in front of it does. */
const refuse =
  (status: number, body: object | string, headers: Record<string, string> = {}): Answer =>
  response =>
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body));

describe.runIf(hasChromium)('the page in a browser (where chromium is installed)', () => {
  const home = setHome({});
  const openPage = useChromium();
  const ends: (() => unknown)[] = [];
  const atEnd = (end: () => unknown) => void ends.push(end);
  let server: Awaited<ReturnType<typeof startBreakableProxy>>;
  let accounts: Awaited<ReturnType<typeof startBreakableProxy>>;

  beforeAll(async () => {
    const targets = {
      one: { region: 'us-east-1', apps: [appId] },
      two: { region: 'us-east-1', apps: ['d2other'] },
    };
    const one = await hostInProcess(home.env(), [], atEnd);
    const several = await hostInProcess(home.env(), ['--targets', JSON.stringify(targets)], atEnd);
    server = await startBreakableProxy(one.url, atEnd);
    accounts = await startBreakableProxy(several.url, atEnd);
  });
  beforeEach(async () => {
    for (const proxy of [server, accounts]) {
      await proxy.start();
      proxy.set(undefined);
      proxy.calls.length = 0;
    }
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  async function open({ url }: { url: string } = server): Promise<Page> {
    const page = await openPage();
    await page.goto(`${url}/board`);
    return page;
  }
  async function openBoard(): Promise<Page> {
    const page = await open();
    await page.getByRole('article', { name: 'dev' }).waitFor();
    return page;
  }
  const go = (page: Page, to: string) =>
    page.getByRole('navigation').getByRole('button', { name: to, exact: true }).click();
  const submit = (page: Page) => page.getByRole('form').getByRole('button').click();
  /** What stands in the box of a failure. */
  const said = (page: Page) => page.getByRole('alert').innerText();
  const callsOf = (proxy: typeof server, name: string) =>
    proxy.calls.filter(call => call.name === name).map(call => call.arguments);

  /** Looks at what is shown now, light and wide, and dark and narrow. */
  async function check(page: Page, words: string): Promise<void> {
    for (const [colorScheme, width] of [
      ['light', 1200],
      ['dark', 320],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      await page.getByText(words).first().waitFor();
      expect([words, await violationsOf(page.mainFrame())]).toEqual([words, []]);
      const scrolled = await page.evaluate('document.documentElement.scrollWidth');
      expect([words, scrolled]).toEqual([words, width]);
    }
  }

  it('is accessible in both themes and at 320 px on every way', async () => {
    const page = await openBoard();
    await check(page, 'Environments');
    for (const [to, words, answer] of [
      ['Compare', 'what differs', 'Differences'],
      ['Clone', 'to a new environment named', 'Type a name for the new environment.'],
      ['Migration', 'ready for Gen 2', 'Blocks'],
      ['Delete', 'First shows what would go', 'What goes'],
    ] as const) {
      await go(page, to);
      await page.getByRole('form').waitFor();
      expect(await page.title()).toBe(`${to} · Amplify backends`);
      await check(page, words);
      await submit(page);
      await check(page, answer);
    }
    await go(page, 'Inventory');
    await page.getByRole('searchbox').waitFor();
    await check(page, 'Environments and backends');
    server.set(refuse(429, { error_description: 'Too many requests' }, { 'retry-after': '7' }));
    await go(page, 'Inventory');
    await check(page, 'Try again in 7 s.');
    server.set(refuse(401, { error_description: 'x' }));
    await go(page, 'Board');
    await check(page, 'This tab has no session.');
  });

  it('clones by keyboard alone, follows the job, and says what is missing where it is missing', async () => {
    const page = await openBoard();
    const focused = (): Promise<string> =>
      page.evaluate('(e => e.id || e.innerText || e.tagName)(document.activeElement)') as Promise<string>;
    const tabTo = async (what: string) => {
      for (let presses = 0; presses < 20 && (await focused()) !== what; presses++)
        await page.keyboard.press('Tab');
      expect(await focused()).toBe(what);
    };
    await tabTo('Clone');
    await page.keyboard.press('Enter');
    await page.getByRole('form').waitFor();
    // The place where a person is begins at its heading.
    expect(await focused()).toBe('Clone');
    await tabTo('to');
    await page.keyboard.type(' ');
    await page.keyboard.press('Enter');
    const field = page.getByLabel('to a new environment named');
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
    const about = String(await field.getAttribute('aria-describedby'))
      .split(' ')
      .at(-1);
    expect(await page.locator(`#${about}`).innerText()).toBe('Type a name for the new environment.');
    expect(await focused()).toBe('to');
    expect(await home.sandbox.verdicts('CloneBackend')).toEqual([]);
    await page.keyboard.press('Control+A');
    await page.keyboard.type('qa');
    await page.keyboard.press('Enter');
    await home.sandbox.arrival('CloneBackend');
    await page.locator('progress').waitFor();
    expect(await page.locator('[aria-current="step"]').innerText()).toContain('Follow');
    home.sandbox.finishJobs();
    await page.getByText('The clone has what its source has').waitFor();
    expect(callsOf(server, 'clone_environment')).toEqual([{ app: appId, from: 'dev', to: 'qa' }]);
  });

  it('looks at a migration, with a Gen 2 branch and without', async () => {
    const page = await openBoard();
    await go(page, 'Migration');
    await page.locator('#environment').selectOption('prod');
    await submit(page);
    await page.getByText('Readiness').first().waitFor();
    expect(callsOf(server, 'assess_migration')).toEqual([{ app: appId, environment: 'prod' }]);
    await home.sandbox.migrate({ state: 'refactored', branch: 'gen2-main' });
    await go(page, 'Migration');
    await page.getByLabel('Gen 2 branch').fill('gen2-main');
    await submit(page);
    await page.getByText('Proof').first().waitFor();
    await page.setViewportSize({ width: 320, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    expect(callsOf(server, 'verify_migration')).toEqual([
      { app: appId, environment: 'dev', branch: 'gen2-main' },
    ]);
  });

  it('lets a person choose among the apps of several accounts, and asks in the account of the chosen one', async () => {
    await home.sandbox.load({ appId: 'd2other', environment: 'blue', meta: {} });
    await home.sandbox.load({ appId: 'd2other', environment: 'green', meta: {} });
    const page = await open(accounts);
    await page.getByRole('heading', { name: 'Apps' }).waitFor();
    await check(page, '2 Amplify apps');
    // Without an app there is nothing to compare: the choice comes first.
    await go(page, 'Compare');
    await page.getByRole('button', { name: /d2other/ }).click();
    await page.getByRole('article', { name: 'blue' }).waitFor();
    const target = { app: 'd2other', target: 'two' };
    await page.getByRole('group', { name: 'Compare two' }).getByRole('button').click();
    await expect.poll(() => callsOf(accounts, 'compare_environments')).toHaveLength(1);
    await go(page, 'Compare');
    await page.getByRole('form').waitFor();
    expect(await page.locator('.subtitle').innerText()).toContain('d2other · two');
    await submit(page);
    await expect.poll(() => callsOf(accounts, 'compare_environments')).toHaveLength(2);
    for (const args of callsOf(accounts, 'compare_environments'))
      expect(args).toMatchObject({ ...target, left: 'blue', right: 'green' });
    await go(page, 'Delete');
    await submit(page);
    await expect
      .poll(() => callsOf(accounts, 'decommission_environment'))
      .toEqual([{ ...target, environment: 'blue' }]);
    await go(page, 'All apps');
    await page.getByRole('heading', { name: 'Apps' }).waitFor();
  });

  it('lets a person choose among several apps of one account', async () => {
    await home.sandbox.load({ appId: 'd2other', environment: 'blue', meta: {} });
    const page = await open();
    await page.getByRole('heading', { name: 'Apps' }).waitFor();
    for (const task of ['Compare', 'Delete']) {
      await go(page, task);
      await page.getByRole('button', { name: /d1sandboxshop/ }).waitFor();
    }
    await page.getByRole('button', { name: /d2other/ }).click();
    await page.getByRole('article', { name: 'blue' }).waitFor();
    await go(page, 'Delete');
    await expect.poll(() => page.locator('#environment option').allInnerTexts()).toEqual(['blue']);
  });

  it('names the account of the only app too, where there are several accounts', async () => {
    const page = await open(accounts);
    await page.getByRole('article', { name: 'dev' }).waitFor();
    await page.getByRole('group', { name: 'Compare two' }).getByRole('button').click();
    await page.getByRole('searchbox').waitFor();
    await go(page, 'Compare');
    await submit(page);
    await page.getByRole('searchbox').waitFor();
    for (const args of callsOf(accounts, 'compare_environments'))
      expect(args).toMatchObject({ app: appId, target: 'one' });
  });

  it('keeps the form of a refused call, with its values and what may be typed', async () => {
    const page = await openBoard();
    await go(page, 'Clone');
    await page.locator('#from').selectOption('prod');
    const field = page.getByLabel('to a new environment named');
    await field.fill('QA_bad');
    await submit(page);
    await page.getByRole('alert').waitFor();
    expect([await page.locator('#from').inputValue(), await field.inputValue()]).toEqual(['prod', 'QA_bad']);
    await check(page, '2 to 10 lower-case letters');
    expect(await field.getAttribute('aria-describedby')).toBe('to-rule');
    expect(await home.sandbox.verdicts('CloneBackend')).toEqual([]);
  });

  describe('where the way to the server fails', () => {
    it('reads an answer that comes as a stream of events', async () => {
      server.set(async (response, answer) => {
        const text = JSON.stringify(JSON.parse(await answer()), null, 1);
        const event = `event: message\r\ndata: ${text.split('\n').join('\r\ndata: ')}\r\n\r\n`;
        const progress = '{"jsonrpc":"2.0","method":"notifications/progress","params":{}}';
        response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
        response.end(`: hello\n\ndata: ${progress}\n\n${event}`);
      });
      const page = await openBoard();
      await go(page, 'Inventory');
      await page.getByRole('searchbox').waitFor();
    });

    const failures: readonly [string, Answer, string, 'Try again' | 'Open the board'][] = [
      [
        'too many requests',
        refuse(429, { error_description: 'Too many requests. Try again in 7 s' }, { 'retry-after': '7' }),
        'Too many requests. Try again in 7 s.',
        'Try again',
      ],
      [
        'a busy server',
        refuse(
          503,
          { jsonrpc: '2.0', error: { code: -32000, message: 'The server ends' }, id: null },
          { 'retry-after': '90' },
        ),
        'The server ends. Try again in 1 min 30 s.',
        'Try again',
      ],
      [
        'a date after which to try again',
        refuse(503, '<h1>Unavailable</h1>', { 'retry-after': 'Fri, 01 Jan 2100 00:00:00 GMT' }),
        'The server is busy. Try again in ',
        'Try again',
      ],
      [
        'no time after which to try again',
        refuse(429, ''),
        'The server is busy. Try again in 5 s.',
        'Try again',
      ],
      ['a refusal', refuse(400, { error: { message: 'Bad' } }), 'Bad.', 'Try again'],
      ['a defect', refuse(500, ''), 'The server answered with HTTP 500.', 'Open the board'],
      [
        'a proxy that waited long enough',
        refuse(504, '<h1>x</h1>'),
        'The connection broke',
        'Open the board',
      ],
      [
        'a stream that ends without an answer',
        response => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': x\n\n'),
        'The connection broke',
        'Open the board',
      ],
      [
        'a connection that breaks within the answer',
        response => {
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
          response.write('{"jsonrpc"', () => response.destroy());
        },
        'The connection broke',
        'Open the board',
      ],
      ['no answer at all', response => response.destroy(), 'The server cannot be reached.', 'Open the board'],
    ];

    it('says so, and repeats a write only where it was refused', async () => {
      const page = await openBoard();
      for (const [what, answer, words, next] of failures) {
        server.set(undefined);
        await go(page, 'Delete');
        await page.getByRole('form').waitFor();
        server.set(answer);
        await submit(page);
        await page.getByRole('alert').waitFor();
        const shown = await said(page);
        expect([what, shown]).toEqual([what, expect.stringContaining(words)]);
        expect([what, shown.match(/try again in/gi)?.length ?? 0]).toEqual([
          what,
          words.includes('in ') ? 1 : 0,
        ]);
        const buttons = await page.locator('main').getByRole('button').allInnerTexts();
        expect([what, buttons]).toEqual([what, [next]]);
        // What changes nothing may always be asked for again.
        await go(page, 'Inventory');
        await page.locator('main').getByRole('button', { name: 'Try again' }).waitFor();
      }
      server.set(undefined);
      await page.locator('main').getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('searchbox').waitFor();
    });

    it('the board says that it is not up to date, and goes on once the server is back', async () => {
      const page = await openPage();
      await page.clock.install();
      await page.goto(`${server.url}/board`);
      await page.getByRole('article', { name: 'dev' }).waitFor();
      const status = page.getByRole('status');
      await server.stop();
      await page.clock.fastForward('01:00');
      await page.getByText('Not up to date: The server cannot be reached.').first().waitFor();
      expect(await status.innerText()).toContain('Not up to date');
      expect(await page.getByRole('article', { name: 'dev' }).count()).toBe(1);
      await server.start();
      await page.clock.fastForward('01:00');
      await expect.poll(() => status.innerText()).toBe('Up to date again.');
      expect(await page.locator('main').innerText()).not.toContain('Not up to date');
    });

    it('a board without its session says how to get one, and asks no more', async () => {
      const page = await openPage();
      await page.clock.install();
      await page.goto(`${server.url}/board`);
      await page.getByRole('article', { name: 'dev' }).waitFor();
      server.set(refuse(401, { error_description: 'The request has no session of this board' }));
      await page.clock.fastForward('01:00');
      await page.getByText('This tab has no session. End the board with Ctrl-C').waitFor();
      const asked = server.calls.length;
      await page.clock.fastForward('05:00');
      expect(await page.getByRole('navigation').count()).toBe(0);
      expect(server.calls).toHaveLength(asked);
    });
  });
});
