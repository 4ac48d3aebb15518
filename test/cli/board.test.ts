/** The command `board` as a real child process, in a real browser: what a person sees, and what others are refused. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../../src/cli/config.ts';
import { openBoard } from '../../src/server/board.ts';
import { type Env, startChild } from '../support/child.ts';
import { hasChromium, useChromium } from '../support/chromium.ts';
import { runInMemory } from '../support/command.ts';

async function start(flags: readonly string[] = [], env: Env = {}) {
  const child = startChild(['board', '--sandbox', ...flags], env);
  const line = await child.line(text => text.startsWith('board on '));
  return { child, address: line.slice('board on '.length) };
}

/** The same board in the test's own process, for tests that need no child. */
async function startHere() {
  const config = parseConfig({ file: { sandbox: true, logLevel: 'silent' } });
  const board = await openBoard(config, {}, '0.0.0', 0);
  onTestFinished(() => board.close());
  return board;
}

it.each([
  [['board', '--port', 'x'], '--port'],
  [['board', 'more'], 'unknown argument more'],
])('refuses %j', async (args, words) => {
  const { code, stdout, stderr } = await runInMemory(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(words);
});

it('prints only the address if stdout is no terminal, and ends with 0 on Ctrl-C', async () => {
  const { child, address } = await start();
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/board\?token=[\w-]{43}$/);
  child.kill('SIGINT');
  const { code, stdout, stderr } = await child.ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout.match(/token=/g)).toHaveLength(1);
});

/** Runs the command in the test's own process until the board is served. */
const runHere = (flags: readonly string[]) =>
  runInMemory(
    ['board', '--sandbox', ...flags],
    {},
    {
      async serveBoard(config, version, { port, onOpen }) {
        const board = await openBoard(config, {}, version, port);
        await onOpen(board.address, board.notOffered);
        await board.close();
      },
    },
  );

const notOffered = 'Delete is not offered: under the setting confirmBy: token no page can confirm it.';

it.each(['destructive', 'never'])('says at the start what it does not offer: confirm %s', async confirm => {
  const { stdout } = await runHere(['--confirm', confirm, '--confirm-by', 'token']);
  expect(stdout).toContain(notOffered);
});

it('does not start if the settings leave nothing to show', async () => {
  const { code, stderr } = await runHere(['--toolsets', 'environments']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('toolsets: the board can show nothing')]);
});

it('says which port is taken', async () => {
  const { address } = await startHere();
  const { code, stderr } = await runHere(['--port', new URL(address).port]);
  expect([code, stderr]).toEqual([1, expect.stringContaining(new URL(address).port)]);
});

/** Replaces the program that opens files. @returns the environment for it, and the argument that it was called with */
function standInForOpener() {
  const folder = mkdtempSync(join(tmpdir(), 'opener-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [opener, called] = [join(folder, 'xdg-open'), join(folder, 'called')];
  writeFileSync(
    opener,
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${called}.part' && mv '${called}.part' '${called}'\n`,
  );
  chmodSync(opener, 0o755);
  return {
    env: { PATH: [folder, process.env.PATH].join(delimiter), TMPDIR: folder },
    async argument() {
      await expect.poll(() => existsSync(called)).toBe(true);
      return readFileSync(called, 'utf8').trimEnd();
    },
  };
}

describe.runIf(process.platform === 'linux' && hasChromium)(
  'opens the browser (on Linux, where chromium is installed)',
  () => {
    const openPage = useChromium();

    it('by a file that only this user may read and that is deleted at the end, so that no command line has the token', async () => {
      const opener = standInForOpener();
      const { child, address } = await start(['--open'], opener.env);
      const file = await opener.argument();
      expect(file).not.toContain(new URL(address).searchParams.get('token'));
      expect([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
      const page = await openPage();
      await page.goto(pathToFileURL(file).href);
      await page.getByRole('article', { name: 'dev' }).waitFor();
      expect(page.url()).toBe(new URL('/board', address).href);
      child.kill('SIGINT');
      expect((await child.ended).code).toBe(0);
      expect(existsSync(dirname(file))).toBe(false);
    });
  },
);

it('says if no browser can be opened', async () => {
  const { child } = await start(['--open'], { PATH: '/nowhere' });
  expect(await child.firstError()).toContain('No browser could be opened');
  child.kill('SIGINT');
  expect((await child.ended).code).toBe(0);
});

describe.runIf(hasChromium)('in Chromium (where chromium is installed)', () => {
  const openPage = useChromium();

  it('shows the board and its other views under an address without the token, and deletes what a person names', async () => {
    const { child, address } = await start(['--job-ms', '300']);
    const page = await openPage();
    const asked: { url: string; headers: Record<string, string> }[] = [];
    page.on('request', request => asked.push({ url: request.url(), headers: request.headers() }));
    await page.goto(address);
    const clean = new URL('/board', address).href;
    expect(page.url()).toBe(clean);
    await page.getByRole('heading', { name: 'shop' }).waitFor();
    await page.getByRole('article', { name: 'dev' }).waitFor();
    // No earlier entry of the history has the token.
    expect(await page.evaluate('history.length')).toBeLessThanOrEqual(2);
    const token = new URL(address).searchParams.get('token') ?? '';
    const withToken = asked.filter(({ url }) => url.includes(token));
    expect(withToken).toHaveLength(1);
    expect(asked.filter(({ headers }) => JSON.stringify(headers).includes(token))).toEqual([]);
    expect(new Set(asked.map(({ url }) => new URL(url).origin))).toEqual(new Set([new URL(address).origin]));
    expect(await page.context().cookies()).toEqual([]);

    // The tab keeps its session when it is reloaded.
    await page.reload();
    await page.getByRole('article', { name: 'prod' }).waitFor();

    await page.getByRole('button', { name: 'Compare' }).first().click();
    await page.locator('#right').selectOption('prod');
    await page.getByRole('form', { name: 'Compare' }).getByRole('button').click();
    await page.getByRole('searchbox').waitFor();

    await page.getByRole('button', { name: 'Delete' }).click();
    await page.locator('#environment').selectOption('dev');
    await page.getByRole('button', { name: 'Show what would go' }).click();
    await page.getByRole('textbox').fill('dev');
    await page
      .getByRole('button', { name: /^Delete/ })
      .last()
      .click();
    await expect.poll(() => page.locator('#page').innerText()).toMatch(/dev.*(deleted|gone)/is);

    await page.getByRole('button', { name: 'Board' }).click();
    await page.getByRole('article', { name: 'prod' }).waitFor();
    expect(await page.getByRole('article', { name: 'dev' }).count()).toBe(0);
    child.kill('SIGTERM');
    expect((await child.ended).code).toBe(0);
  });

  it('opens once: another browser is told that the address was used, and gets no session', async () => {
    const { address } = await startHere();
    const [first, second] = [await openPage(), await openPage()];
    await first.goto(address);
    await second.goto(address);
    expect(await second.locator('h1').innerText()).toBe('This address was used already');
    await second.goto(new URL('/board', address).href);
    await second.getByText('This tab has no session').waitFor();
    await first.getByRole('heading', { name: 'shop' }).waitFor();
  });

  it('refuses a page of another origin', async () => {
    const [one, other] = [await startHere(), await startHere()];
    const page = await openPage();
    await page.goto(one.address);
    // This page of the server has no content security policy, as a foreign page would have none.
    const foreign = await openPage();
    await foreign.goto(new URL('/healthz', one.address).href);
    const read = (url: string) =>
      foreign.evaluate(
        target =>
          fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }).then(
            response => response.status,
            String,
          ),
        url,
      );
    expect(await read(new URL('/mcp', other.address).href)).toMatch(/TypeError/);
    await foreign.goto(other.address);
    expect(foreign.url()).toBe(new URL('/board', other.address).href);
  });
});
