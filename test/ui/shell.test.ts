/**
 * The page in a browser, without a chat, over a real server: its navigation, by keyboard, in both themes and on a narrow
 * screen.
 */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { appId, callsOf, go, setBoardPages, showBoard, submit } from '../support/board-page.ts';
import { refuse } from '../support/breakable-proxy.ts';
import { hasChromium } from '../support/chromium.ts';
import { violationsOf } from '../support/page-host.ts';

describe.runIf(hasChromium)('the page in a browser (where chromium is installed)', () => {
  const targets = {
    one: { region: 'us-east-1', apps: [appId] },
    two: { region: 'us-east-1', apps: ['d2other'] },
  };
  const { home, tab, servers } = setBoardPages({
    one: [],
    several: ['--targets', JSON.stringify(targets)],
    twice: ['--targets', JSON.stringify({ one: targets.one, two: targets.one })],
    none: ['--apps', 'd1none'],
  });
  async function open({ url }: { url: string } = servers.one): Promise<Page> {
    const page = await tab();
    await page.goto(`${url}/board`);
    return page;
  }
  const openBoard = async () => showBoard(await tab(), servers.one);

  /** Checks the page as it is now, in the light theme on a wide screen and in the dark theme on a narrow one. */
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

  it('is accessible in both themes and at 320 px in every view', async () => {
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
    const sortBy = "getComputedStyle(document.querySelector('.sorted thead tr'), '::before').content";
    expect(await page.evaluate(sortBy)).toBe('"Sort by"');
    servers.one.set(refuse(429, { error_description: 'Too many requests' }, { 'retry-after': '7' }));
    await go(page, 'Inventory');
    await check(page, 'Try again in 7 s.');
    servers.one.set(refuse(401, { error_description: 'x' }));
    await go(page, 'Board');
    await check(page, 'This tab has no session.');
    // Two dozen accessibility checks take long on a busy machine.
  }, 120_000);

  it('clones by keyboard alone, follows the job, and marks each missing input at its field', async () => {
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
    // The focus starts at the heading of the view.
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
    expect(callsOf(servers.one, 'clone_environment')).toEqual([{ app: appId, from: 'dev', to: 'qa' }]);
  });

  it('shows the state of a migration, with and without a Gen 2 branch', async () => {
    const page = await openBoard();
    await go(page, 'Migration');
    await page.locator('#environment').selectOption('prod');
    await submit(page);
    await page.getByText('Readiness').first().waitFor();
    expect(callsOf(servers.one, 'assess_migration')).toEqual([{ app: appId, environment: 'prod' }]);
    await home.sandbox.migrate({ state: 'refactored', branch: 'gen2-main' });
    await go(page, 'Migration');
    await page.getByLabel('Gen 2 branch').fill('gen2-main');
    await submit(page);
    await page.getByText('Proof').first().waitFor();
    await page.setViewportSize({ width: 320, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    expect(callsOf(servers.one, 'verify_migration')).toEqual([
      { app: appId, environment: 'dev', branch: 'gen2-main' },
    ]);
  });

  it('lets a person choose among the apps of several accounts, and reads in the account of the chosen one', async () => {
    await home.sandbox.load({ appId: 'd2other', environment: 'blue', meta: {} });
    await home.sandbox.load({ appId: 'd2other', environment: 'green', meta: {} });
    const page = await open(servers.several);
    await page.getByRole('heading', { name: 'Apps' }).waitFor();
    await check(page, '2 Amplify apps');
    // Without an app there is nothing to compare, so the app is chosen first.
    await go(page, 'Compare');
    await page.getByText('Compare: choose the app first.').waitFor();
    await page.getByRole('button', { name: /d2other/ }).click();
    await page.getByRole('form', { name: 'Compare' }).waitFor();
    await go(page, 'Board');
    await page.getByRole('article', { name: 'blue' }).waitFor();
    const whose = ['d2other', 'two', '123456789012', 'us-east-1'].join(' · ');
    expect(await page.locator('.subtitle').innerText()).toContain(whose);
    expect(await page.title()).toBe('Board · d2other · two · Amplify backends');
    const target = { app: 'd2other', target: 'two' };
    await page.getByRole('group', { name: 'Compare two' }).getByRole('button').click();
    await expect.poll(() => callsOf(servers.several, 'compare_environments')).toHaveLength(1);
    await expect.poll(() => page.getByRole('navigation').innerText()).toContain(whose);
    expect(await page.title()).toBe('Compare · d2other · two · Amplify backends');
    await go(page, 'Compare');
    await page.getByRole('form').waitFor();
    expect(await page.locator('.subtitle').innerText()).toContain('d2other · two');
    await submit(page);
    await expect.poll(() => callsOf(servers.several, 'compare_environments')).toHaveLength(2);
    for (const args of callsOf(servers.several, 'compare_environments'))
      expect(args).toMatchObject({ ...target, left: 'blue', right: 'green' });
    await go(page, 'Delete');
    await submit(page);
    await expect
      .poll(() => callsOf(servers.several, 'decommission_environment'))
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
      await page.getByText(`${task}: choose the app first.`).waitFor();
      await page.getByRole('button', { name: /d1sandboxshop/ }).waitFor();
    }
    await page.getByRole('button', { name: /d2other/ }).click();
    await page.getByRole('form', { name: 'Delete' }).waitFor();
    await expect.poll(() => page.locator('#environment option').allInnerTexts()).toEqual(['blue']);
  });

  it('names the account of the only app if there are several accounts', async () => {
    const page = await open(servers.several);
    await page.getByRole('article', { name: 'dev' }).waitFor();
    await page.getByRole('group', { name: 'Compare two' }).getByRole('button').click();
    await page.getByRole('searchbox').waitFor();
    await go(page, 'Compare');
    await submit(page);
    await page.getByRole('searchbox').waitFor();
    for (const args of callsOf(servers.several, 'compare_environments'))
      expect(args).toMatchObject({ app: appId, target: 'one' });
  });

  const focusedId = (page: Page) => page.evaluate('document.activeElement.id');
  const said = (page: Page) => page.getByRole('status').innerText();

  it('says what is wrong with a name or a choice before it sends a request', async () => {
    const page = await openBoard();
    await go(page, 'Clone');
    const field = page.getByLabel('to a new environment named');
    await field.fill('Bad Name');
    await submit(page);
    await page.locator('.badly').getByText('only 2 to 10 lower-case letters').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.getAttribute('aria-describedby')).toBe('to-rule task-wrong');
    expect(await focusedId(page)).toBe('to');
    await go(page, 'Compare');
    await page.locator('#right').selectOption('dev');
    await submit(page);
    await page.getByText('Choose two different environments.').waitFor();
    expect(await focusedId(page)).toBe('right');
    await go(page, 'Board');
    await page.locator('#right').selectOption('dev');
    await page.getByRole('group', { name: 'Compare two' }).getByRole('button').click();
    await page.getByText('Choose two different environments.').waitFor();
    expect(await focusedId(page)).toBe('right');
    for (const tool of ['clone_environment', 'compare_environments'])
      expect(callsOf(servers.one, tool)).toEqual([]);
  });

  it('keeps the form of a refused call, marks the field that the server names, and says so', async () => {
    const page = await openBoard();
    await go(page, 'Migration');
    await page.locator('#environment').selectOption('prod');
    const field = page.getByLabel('Gen 2 branch');
    await field.fill('x'.repeat(5_000));
    await submit(page);
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
    expect([await page.locator('#environment').inputValue(), await focusedId(page)]).toEqual([
      'prod',
      'branch',
    ]);
    // The form names its app, so the navigation does not repeat it.
    expect((await page.locator('header').innerText()).split(appId)).toHaveLength(2);
    const words = await page.locator('#task-wrong').innerText();
    expect(words).not.toMatch(/verify_migration|branch:/);
    expect(await said(page)).toBe(words);
    // Another view does not announce the failure of this one.
    await go(page, 'Clone');
    await page.getByRole('form', { name: 'Clone' }).waitFor();
    expect(await said(page)).toBe('');
    await page.locator('#from').selectOption('prod');
    await page.getByLabel('to a new environment named').fill('qa');
    await go(page, 'Board');
    await page.goBack();
    expect(await page.locator('#from').inputValue()).toBe('prod');
  });

  it('counts an app and an account once if two targets lead to them', async () => {
    const page = await open(servers.twice);
    await page.getByText('1 Amplify app, listed under 2 names').waitFor();
    await go(page, 'Inventory');
    await page.getByText('1 account under 2 names').first().waitFor();
  });

  it('says that there is no app, and does not ask to choose one', async () => {
    const page = await open(servers.none);
    await page.getByText('There is no Amplify app that this server may show.').waitFor();
    await go(page, 'Migration');
    await expect.poll(() => page.title()).toContain('Migration');
    await page.getByText('There is no Amplify app that this server may show.').waitFor();
    expect(await page.locator('main').innerText()).not.toContain('choose the app first');
  });
});
