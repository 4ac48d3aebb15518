/** What the page in a browser says when the server, AWS or a connection fails, and how it recovers. */
import { describe, expect, it } from 'vitest';
import { go, setBoardPages, showBoard, submit } from '../support/board-page.ts';
import { type Answer, refuse } from '../support/breakable-proxy.ts';
import { hasChromium } from '../support/chromium.ts';

describe.runIf(hasChromium)(
  'the page in a browser when requests to the server fail (where chromium is installed)',
  () => {
    const { home, openPage, tab, servers } = setBoardPages({ one: [] });

    it('reads an answer that arrives as an event stream', async () => {
      servers.one.set(async (response, answer) => {
        const text = JSON.stringify(JSON.parse(await answer()), null, 1);
        const event = `event: message\r\ndata: ${text.split('\n').join('\r\ndata: ')}\r\n\r\n`;
        const progress = '{"jsonrpc":"2.0","method":"notifications/progress","params":{}}';
        response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
        response.end(`: hello\n\ndata: ${progress}\n\n${event}`);
      });
      const page = await showBoard(await tab(), servers.one);
      await go(page, 'Inventory');
      await page.getByRole('searchbox').waitFor();
    });

    it('says what it needs in a browser without JavaScript', async () => {
      const page = await openPage({ javaScriptEnabled: false });
      await page.goto(`${servers.one.url}/board`);
      expect(await page.locator('main').innerText()).toBe(
        'This page needs JavaScript. Allow it for this page, and load the page again.',
      );
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

    it('shows each failure, and offers to repeat a write only if it was refused', async () => {
      const page = await showBoard(await tab(), servers.one);
      for (const [what, answer, words, next] of failures) {
        servers.one.set(undefined);
        await go(page, 'Delete');
        await page.getByRole('form').waitFor();
        servers.one.set(answer);
        await submit(page);
        await page.getByRole('alert').waitFor();
        const shown = await page.getByRole('alert').innerText();
        expect([what, shown]).toEqual([what, expect.stringContaining(words)]);
        expect([what, shown.match(/try again in/gi)?.length ?? 0]).toEqual([
          what,
          words.includes('in ') ? 1 : 0,
        ]);
        const buttons = await page.locator('main').getByRole('button').allInnerTexts();
        expect([what, buttons]).toEqual([what, [next]]);
        // A read may always be repeated.
        await go(page, 'Inventory');
        await page.locator('main').getByRole('button', { name: 'Try again' }).waitFor();
      }
      servers.one.set(undefined);
      await page.locator('main').getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('searchbox').waitFor();
    });

    it('the board says that it is out of date, and updates again once the server is back', async () => {
      const page = await openPage();
      await page.clock.install();
      await page.goto(`${servers.one.url}/board`);
      await page.getByRole('article', { name: 'dev' }).waitFor();
      const status = page.getByRole('status');
      await servers.one.stop();
      await page.clock.fastForward('01:00');
      await page.getByText('Not up to date: The server cannot be reached.').first().waitFor();
      expect(await status.innerText()).toContain('Not up to date');
      expect(await page.getByRole('article', { name: 'dev' }).count()).toBe(1);
      await servers.one.start();
      await page.clock.fastForward('01:00');
      await expect.poll(() => status.innerText()).toBe('Up to date again.');
      expect(await page.locator('main').innerText()).not.toContain('Not up to date');
    });

    it('a board whose session is gone says how to get a new one, and sends no more requests', async () => {
      const page = await openPage();
      await page.clock.install();
      await page.goto(`${servers.one.url}/board`);
      await page.getByRole('article', { name: 'dev' }).waitFor();
      servers.one.set(refuse(401, { error_description: 'The request has no session of this board' }));
      await page.clock.fastForward('01:00');
      await page.getByText('This tab has no session. End the board with Ctrl-C').waitFor();
      const asked = servers.one.calls.length;
      await page.clock.fastForward('05:00');
      expect(await page.getByRole('navigation').count()).toBe(0);
      expect(servers.one.calls).toHaveLength(asked);
    });

    it('says what it waits for and why while AWS throttles the first read, and then continues by itself', async () => {
      const page = await openPage();
      await page.clock.install();
      const headers = { 'x-amzn-ErrorType': 'TooManyRequestsException', 'retry-after': '60' };
      const answer = { status: 429, headers, body: '{}' };
      await home.sandbox.order('*', 'answer-before', { times: 1_000, answer });
      let goOn = () => {};
      const isSeen = new Promise<void>(resolve => {
        goOn = resolve;
      });
      servers.one.set(async (response, ask) => {
        const text = await ask();
        await isSeen;
        response.writeHead(200, { 'content-type': 'application/json' }).end(text);
      });
      await page.goto(`${servers.one.url}/board`);
      await page.getByText('Reading the environments…').waitFor();
      await page.getByText('This takes longer than usual. AWS may be limiting').waitFor();
      goOn();
      const alert = page.getByRole('alert');
      await alert.waitFor();
      expect(await alert.innerText()).toMatch(/throttl.*\s+The board asks again by itself\./i);
      await home.sandbox.reset();
      await page.clock.fastForward('01:00');
      await page.getByRole('article', { name: 'dev' }).waitFor();
      expect(await alert.count()).toBe(0);
      expect(await page.getByRole('status').innerText()).toBe('The environments are read.');
    });

    it('repeats a refused first read as soon as a person asks for it', async () => {
      const page = await tab();
      servers.one.set(refuse(429, { error_description: 'Too many requests' }, { 'retry-after': '7' }));
      await page.goto(`${servers.one.url}/board`);
      await page.getByText('Too many requests. Try again in 7 s.').waitFor();
      // Meanwhile a person can open the other views.
      await go(page, 'Compare');
      await page.getByRole('button', { name: 'Try again' }).waitFor();
      servers.one.set(undefined);
      await page.goBack();
      await page.getByRole('article', { name: 'dev' }).waitFor();
      servers.one.set(refuse(429, ''));
      await page.reload();
      const again = page.getByRole('button', { name: 'Ask again now' });
      await again.waitFor();
      const asked = servers.one.calls.length;
      await again.click();
      await expect.poll(() => servers.one.calls.length).toBe(asked + 1);
      servers.one.set(undefined);
      await again.click();
      await page.getByRole('article', { name: 'dev' }).waitFor();
    });
  },
);
