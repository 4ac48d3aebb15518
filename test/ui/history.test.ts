/** Back, Forward and reload on the page in a browser. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import {
  appId,
  callsOf,
  go,
  newName,
  place,
  setBoardPages,
  showBoard,
  startClone,
  submit,
} from '../support/board-page.ts';
import { hasChromium } from '../support/chromium.ts';

const focused = (page: Page) => page.evaluate('document.activeElement.tagName');

describe.runIf(hasChromium)('the history of the tab (where chromium is installed)', () => {
  const { home, openPage, tab, servers } = setBoardPages({ one: [], asking: ['--confirm', 'writes'] });
  const openBoard = async () => showBoard(await tab(), servers.one);

  it('leads from view to view and back, and keeps what was read, chosen and typed', async () => {
    const page = await openBoard();
    const address = page.url();
    await go(page, 'Inventory');
    await page.getByRole('searchbox').fill('prod');
    await go(page, 'Compare');
    await page.locator('#left').selectOption('prod');
    await page.locator('#right').selectOption('dev');
    await submit(page);
    await page.getByRole('searchbox').waitFor();
    await go(page, 'Clone');
    await newName(page).fill('half');
    const read = () =>
      ['take_inventory', 'compare_environments'].map(tool => callsOf(servers.one, tool).length);
    expect(read()).toEqual([1, 1]);

    await page.goBack();
    await place(page, 'Compare');
    await page.getByRole('searchbox').waitFor();
    expect(await focused(page)).toBe('H1');
    await page.goBack();
    await expect.poll(() => page.getByRole('form').count()).toBe(1);
    expect(await page.locator('#left').inputValue()).toBe('prod');
    await page.goBack();
    await place(page, 'Inventory');
    expect(await page.getByRole('searchbox').inputValue()).toBe('prod');
    // What was read is still shown, and nothing is requested again.
    expect(read()).toEqual([1, 1]);
    await page.goBack();
    await place(page, 'Board');
    await page.getByRole('article', { name: 'dev' }).waitFor();
    for (const name of ['Inventory', 'Compare', 'Compare', 'Clone']) {
      await page.goForward();
      await place(page, name);
    }
    expect(await newName(page).inputValue()).toBe('half');
    expect(page.url()).toBe(address);
  });

  it('keeps one entry for a view that a person opens twice in a row', async () => {
    const page = await openBoard();
    const length = () => page.evaluate('history.length');
    const first = await length();
    await go(page, 'Board');
    await go(page, 'Board');
    await page.getByRole('article', { name: 'dev' }).waitFor();
    expect(await length()).toBe(first);
    await go(page, 'Delete');
    await page.getByRole('form').waitFor();
    await go(page, 'Delete');
    await page.getByRole('form').waitFor();
    expect(await length()).toBe(Number(first) + 1);
  });

  it('opens the same view after a reload, and repeats its reads', async () => {
    const page = await openBoard();
    await go(page, 'Compare');
    await submit(page);
    await page.getByRole('searchbox').waitFor();
    await page.reload();
    await page.getByRole('searchbox').waitFor();
    await place(page, 'Compare');
    expect(callsOf(servers.one, 'compare_environments')).toHaveLength(2);
    await page.goBack();
    await page.getByRole('form', { name: 'Compare' }).waitFor();
    await go(page, 'Inventory');
    await page.getByRole('searchbox').waitFor();
    await page.goBack();
    await page.getByRole('form', { name: 'Compare' }).waitFor();
    await page.goBack();
    await page.getByRole('article', { name: 'dev' }).waitFor();
  });

  it('repeats no write after a reload; running jobs are on the board', async () => {
    const page = await openBoard();
    await startClone(page, home, 'qa');
    await page.locator('progress').waitFor();
    await page.reload();
    await page.getByRole('article', { name: 'dev' }).waitFor();
    await place(page, 'Board');
    await page.locator('progress').waitFor();
    await page.getByText('Clone dev to qa: you asked for that before this page was loaded.').waitFor();
    await go(page, 'Delete');
    await submit(page);
    await page.getByText('What goes').first().waitFor();
    await page.reload();
    await page.getByText('Delete dev: you asked for that before this page was loaded.').waitFor();
    await page.getByRole('article', { name: 'dev' }).waitFor();
    await go(page, 'Board');
    await expect.poll(() => page.getByText('before this page was loaded').count()).toBe(0);
    expect(callsOf(servers.one, 'clone_environment')).toHaveLength(1);
    expect(callsOf(servers.one, 'decommission_environment')).toHaveLength(1);
    expect(await home.sandbox.verdicts('CloneBackend')).toHaveLength(1);
  });

  it('keeps approvals out of addresses and history entries', async () => {
    const page = await openBoard();
    await go(page, 'Delete');
    await submit(page);
    await page.getByLabel('Type dev to delete it').fill('dev');
    expect(await page.evaluate('history.state')).toEqual({
      ...{ name: 'Delete', app: {}, visit: expect.any(String) },
      call: { tool: 'decommission_environment', args: { app: appId, environment: 'dev' } },
    });
    expect(new URL(page.url()).search + new URL(page.url()).hash).toBe('');
  });

  it('stops following what a replaced screen followed', async () => {
    const page = await showBoard(await openPage(), servers.asking);
    await page.clock.install();
    await go(page, 'Clone');
    await newName(page).fill('qa');
    await submit(page);
    await page.getByLabel('Type qa to approve this').waitFor();
    await page.clock.runFor(5_000);
    const read = callsOf(servers.asking, 'read_board').length;
    for (let minutes = 0; minutes < 3; minutes++) await page.clock.runFor(60_000);
    expect(callsOf(servers.asking, 'read_board')).toHaveLength(read);
  });

  it('leads back to a form with the current environments and the previous choice', async () => {
    const page = await openBoard();
    await go(page, 'Delete');
    await page.locator('#environment').selectOption('partner');
    await go(page, 'Board');
    await page.getByRole('article', { name: 'dev' }).waitFor();
    await home.sandbox.load({ environment: 'added', meta: {} });
    await page.goBack();
    const offered = () => page.locator('#environment option').allInnerTexts();
    await expect.poll(async () => (await offered()).sort()).toEqual(['added', 'dev', 'partner', 'prod']);
    expect(await page.locator('#environment').inputValue()).toBe('partner');
    expect(await page.getByRole('status').innerText()).toBe('The environments to choose from have changed.');
  });
});
