/** A deletion from the board in a browser: the plan is always shown first, and every refusal and failure is reported. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { callsOf, go, setBoardPages, showBoard, submit } from '../support/board-page.ts';
import { type Answer, refuse } from '../support/breakable-proxy.ts';
import { hasChromium } from '../support/chromium.ts';
import { textOnce } from '../support/page-host.ts';

describe.runIf(hasChromium)('a deletion from the board (where chromium is installed)', () => {
  const pages = setBoardPages({ usual: [], never: ['--confirm', 'never'] });
  const deletions = () => pages.home.sandbox.verdicts('DeleteBackend');
  const subtitle = (page: Page) => page.locator('.subtitle').innerText();
  const subtitleBecomes = async (page: Page, wanted: string) =>
    expect(await textOnce(page.mainFrame(), '.subtitle', wanted)).toBe(wanted);
  const field = (page: Page) => page.getByLabel('Type partner to delete it');
  const focused = (page: Page) => page.evaluate('(e => e.id || e.tagName)(document.activeElement)');

  async function ask(page: Page, server: 'usual' | 'never' = 'usual') {
    await showBoard(page, pages.servers[server]);
    await go(page, 'Delete');
    await page.locator('#environment').selectOption('partner');
    await submit(page);
    await field(page).waitFor();
  }

  it.each(['usual', 'never'] as const)(
    'is sent after its plan is shown and its name is typed: %s',
    async server => {
      const page = await pages.tab();
      await ask(page, server);
      expect(await page.getByText('What goes').first().isVisible()).toBe(true);
      expect(await deletions()).toEqual([]);
      await field(page).fill('partner');
      await page.keyboard.press('Enter');
      await pages.home.sandbox.arrival('DeleteBackend');
      await page.locator('progress').waitFor();
      pages.home.sandbox.finishJobs();
      await subtitleBecomes(page, 'Approved: gone');
      expect(await page.locator('progress').count()).toBe(0);
      expect(await deletions()).toEqual(['ok']);
      const followed = { only: 'jobs', environment: 'partner' };
      expect(callsOf(pages.servers[server], 'read_board').at(-1)).toMatchObject(followed);
    },
  );

  it("expires by the server's clock, not by the computer's", async () => {
    const page = await pages.openPage();
    await page.clock.setSystemTime(Date.now() + 11 * 60_000);
    await ask(page);
    await page.getByText('You can answer until').waitFor();
    await page.getByRole('button', { name: 'Keep' }).click();
    await subtitleBecomes(page, 'Kept: nothing was sent');
  });

  const refusals: readonly [string, Answer, string][] = [
    [
      'too many requests',
      refuse(
        429,
        { error_description: 'Too many requests of this caller. Try again in 7 s' },
        { 'retry-after': '7' },
      ),
      'Try again in 7 s.',
    ],
    [
      'a missing scope',
      refuse(403, {}, { 'www-authenticate': 'Bearer error="insufficient_scope", scope="amplify:destroy"' }),
      'your sign-in does not include what it needs (amplify:destroy)',
    ],
  ];
  it.each(refusals)('that was refused for %s can be decided again', async (_, answer, words) => {
    const page = await pages.tab();
    await ask(page);
    await field(page).fill('partner');
    pages.servers.usual.set(answer);
    await page.keyboard.press('Enter');
    await page.getByText(words).first().waitFor();
    const main = await page.locator('main').innerText();
    expect(main).toContain('Nothing was sent. You can decide again.');
    expect(main).not.toContain('unknown');
    expect(await subtitle(page)).toBe('A person decides: nothing was sent yet');
    expect([await field(page).inputValue(), await focused(page)]).toEqual(['partner', 'name']);
    pages.servers.usual.set(undefined);
    await page.keyboard.press('Enter');
    await pages.home.sandbox.arrival('DeleteBackend');
    expect(await deletions()).toEqual(['ok']);
  });

  it('without an answer is shown as unknown, and not sent again', async () => {
    const page = await pages.tab();
    await ask(page);
    await field(page).fill('partner');
    pages.servers.usual.set(response => response.destroy());
    await page.keyboard.press('Enter');
    await subtitleBecomes(page, 'Whether it was sent is unknown');
    expect(await focused(page)).toBe('H1');
    expect(await page.locator('main').getByRole('button').count()).toBe(0);
    expect(callsOf(pages.servers.usual, 'approve_plan')).toHaveLength(1);
  });

  it('whose answer is lost is shown as unknown until its job is seen, and then with its outcome', async () => {
    const page = await pages.tab();
    await ask(page);
    await page.getByText('You can answer until').waitFor();
    await field(page).fill('partner');
    pages.servers.usual.set(async (response, answer) => {
      if (pages.servers.usual.calls.at(-1)?.name !== 'approve_plan')
        return response.writeHead(200, { 'content-type': 'application/json' }).end(await answer());
      pages.servers.usual.set(undefined);
      void answer();
      await pages.home.sandbox.arrival('DeleteBackend');
      // A proxy that gave up: browsers send by themselves again what a broken connection has lost.
      response.writeHead(504).end();
    });
    await page.keyboard.press('Enter');
    await subtitleBecomes(page, 'Approved: AWS works on it');
    expect(await page.getByRole('alert').count()).toBe(0);
    pages.home.sandbox.finishJobs();
    await subtitleBecomes(page, 'Approved: gone');
    const main = page.locator('main');
    expect(await main.getByRole('alert').count()).toBe(0);
    expect(await main.innerText()).not.toMatch(/\b0 are gone|nothing was sent|before you ask/i);
    expect(await deletions()).toEqual(['ok']);
  });

  it('that a person declines is shown so while the answer is pending, and is never sent', async () => {
    const page = await pages.tab();
    await ask(page);
    let release = (): unknown => undefined;
    pages.servers.usual.set(response => {
      // A proxy that gave up: browsers send by themselves again what a broken connection has lost.
      release = () => response.writeHead(504).end();
    });
    await page.getByRole('button', { name: 'Keep' }).click();
    await subtitleBecomes(page, 'Keeping…');
    expect(await page.locator('main').innerText()).not.toContain('Sent');
    expect(await page.getByRole('status').innerText()).toContain('nothing is sent');
    expect(await focused(page)).toBe('H1');
    await expect.poll(() => callsOf(pages.servers.usual, 'approve_plan').length).toBe(1);
    pages.servers.usual.set(undefined);
    release();
    await page.getByRole('alert').getByText('Nothing was sent. You can decide again.').waitFor();
    expect(await page.locator('main').innerText()).toContain('No answer came.');
    expect(await page.locator('main').innerText()).not.toContain('unknown');
    await page.getByRole('button', { name: 'Keep' }).click();
    await subtitleBecomes(page, 'Kept: nothing was sent');
    expect(await deletions()).toEqual([]);
  });
});
