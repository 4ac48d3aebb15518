/** How the page in a browser leads back to a running call, and what it says about a call that nobody watched. */
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
import { violationsOf } from '../support/page-host.ts';

describe.runIf(hasChromium)('the history of the tab (where chromium is installed)', () => {
  const { home, tab, servers } = setBoardPages({ one: [], bounded: ['--protected', 'prod'] });
  const openBoard = async () => showBoard(await tab(), servers.one);
  const goingOn = (page: Page) => page.getByRole('list', { name: 'What you asked for' }).getByRole('button');

  it('leads back to a running clone, which is followed meanwhile and sent once', async () => {
    const page = await openBoard();
    await startClone(page, home, 'qa');
    await go(page, 'Board');
    await page.getByRole('article', { name: 'dev' }).waitFor();
    const clone = goingOn(page).getByText('Clone dev to qa: goes on');
    for (const width of [1200, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await clone.waitFor();
      expect(await violationsOf(page.mainFrame())).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
    await clone.click();
    await page.locator('[aria-current="step"]').getByText('Follow').waitFor();
    // The same request, made again, leads to it as well.
    for (const name of ['Board', 'Clone', 'Clone']) {
      await page.goBack();
      await place(page, name);
    }
    await page.getByRole('form', { name: 'Clone' }).waitFor();
    expect(await newName(page).inputValue()).toBe('qa');
    await submit(page);
    await page.locator('[aria-current="step"]').getByText('Follow').waitFor();
    await go(page, 'Inventory');
    await page.getByRole('searchbox').waitFor();
    home.sandbox.finishJobs();
    await goingOn(page).getByText('Clone dev to qa: has ended').waitFor();
    await expect.poll(() => page.getByRole('status').innerText()).toContain('Clone dev to qa has ended.');
    await place(page, 'Inventory');
    await goingOn(page).click();
    await page.getByText('The clone has what its source has').waitFor();
    expect(await goingOn(page).count()).toBe(0);
    expect(callsOf(servers.one, 'clone_environment')).toEqual([{ app: appId, from: 'dev', to: 'qa' }]);
    expect(await home.sandbox.verdicts('CloneBackend')).toHaveLength(1);
  });

  it('leads back to an approved deletion, and keeps an open question until it is answered', async () => {
    const page = await openBoard();
    await go(page, 'Delete');
    await submit(page);
    await page.getByLabel('Type dev to delete it').fill('dev');
    await go(page, 'Board');
    await page.getByRole('article', { name: 'dev' }).waitFor();
    await page.goBack();
    expect(await page.getByLabel('Type dev to delete it').inputValue()).toBe('dev');
    await page.getByRole('button', { name: 'Delete dev' }).click();
    await home.sandbox.arrival('DeleteBackend');
    await go(page, 'Board');
    await goingOn(page).getByText('Delete dev: goes on').waitFor();
    home.sandbox.finishJobs();
    await goingOn(page).getByText('Delete dev: has ended').click();
    await page.getByText(/^Approved: /).waitFor();
    expect(callsOf(servers.one, 'approve_plan')).toHaveLength(1);
    expect(await home.sandbox.verdicts('DeleteBackend')).toHaveLength(1);
  });

  describe('what the page says about a call that nobody watched', () => {
    const status = (page: Page) => page.getByRole('status').innerText();
    const askFor = async (page: Page, environment: string) => {
      await go(page, 'Delete');
      await page.locator('#environment').selectOption(environment);
      await submit(page);
    };
    /** Holds back the next call of a tool. @returns a function that lets the server answer it, or breaks the connection */
    const hold = (server: (typeof servers)['one'], tool: string, change = (text: string) => text) => {
      const held: { let?: (isAnswered: boolean) => Promise<void> } = {};
      server.set(async (response, answer) => {
        const end = async () =>
          response.writeHead(200, { 'content-type': 'application/json' }).end(change(String(await answer())));
        if (server.calls.at(-1)?.name !== tool) return end();
        server.set(undefined);
        held.let = async isAnswered => void (isAnswered ? await end() : response.writeHead(504).end());
      });
      return async (isAnswered: boolean) => {
        await expect.poll(() => held.let).toBeDefined();
        await held.let?.(isAnswered);
      };
    };

    it('names a plan that is ready and waits for a decision', async () => {
      const page = await openBoard();
      await go(page, 'Delete');
      await page.locator('#environment').selectOption('partner');
      const release = hold(servers.one, 'decommission_environment');
      await submit(page);
      await expect.poll(() => callsOf(servers.one, 'decommission_environment')).toHaveLength(1);
      await go(page, 'Board');
      await goingOn(page).getByText('Delete partner: its plan is being made').waitFor();
      await release(true);
      await goingOn(page).getByText('Delete partner: its plan waits for you').waitFor();
      await expect.poll(() => status(page)).toContain('Delete partner: its plan waits for you.');
      await goingOn(page).click();
      await page.getByLabel('Type partner to delete it').waitFor();
      expect(await home.sandbox.verdicts('DeleteBackend')).toEqual([]);
    });

    it('reports a refusal on the board only if nobody saw it', async () => {
      const page = await showBoard(await tab(), servers.bounded);
      await askFor(page, 'prod');
      await page.getByRole('alert').waitFor();
      await go(page, 'Board');
      await page.getByRole('article', { name: 'dev' }).waitFor();
      expect(await goingOn(page).count()).toBe(0);
      await go(page, 'Delete');
      await page.locator('#environment').selectOption('prod');
      const release = hold(servers.bounded, 'decommission_environment');
      await submit(page);
      await expect.poll(() => callsOf(servers.bounded, 'decommission_environment')).toHaveLength(2);
      await go(page, 'Board');
      await release(true);
      await goingOn(page).getByText('Delete prod: was refused').waitFor();
      expect(await status(page)).toContain('Delete prod was refused.');
    });

    it('says that the outcome is unknown if the failure of a call leaves it open', async () => {
      const page = await showBoard(await tab(), servers.bounded);
      await go(page, 'Delete');
      await page.locator('#environment').selectOption('prod');
      const leaveOpen = (text: string) => text.replaceAll('policy_denied', 'token_expired');
      const release = hold(servers.bounded, 'decommission_environment', leaveOpen);
      await submit(page);
      await go(page, 'Board');
      await release(true);
      await goingOn(page).getByText('Delete prod: unknown whether it was done').waitFor();
    });

    it('says that the outcome of a clone without an answer is unknown', async () => {
      const page = await openBoard();
      await go(page, 'Clone');
      await newName(page).fill('qa');
      const release = hold(servers.one, 'clone_environment');
      await submit(page);
      await expect.poll(() => callsOf(servers.one, 'clone_environment')).toHaveLength(1);
      await go(page, 'Board');
      await release(false);
      await goingOn(page).getByText('Clone dev to qa: unknown whether it was done').click();
      await page.getByText('It is not known whether it was done.').waitFor();
      await go(page, 'Board');
      await page.getByRole('article', { name: 'dev' }).waitFor();
      expect(await goingOn(page).count()).toBe(0);
    });
  });
});
