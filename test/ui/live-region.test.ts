/** What the page says to screen readers: they say what changes in the live region, and nothing of what stays as it is. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { go, setBoardPages, showBoard } from '../support/board-page.ts';
import { refuse } from '../support/breakable-proxy.ts';
import { hasChromium } from '../support/chromium.ts';

/** Keeps the texts of the live region, each as its change is seen. */
const listen = (page: Page) =>
  page.evaluate(`
    const region = document.querySelector('[role="status"]');
    window.said = [];
    new MutationObserver(() => said.push(region.textContent)).observe(region, {
      characterData: true, childList: true, subtree: true,
    })`);
const said = async (page: Page) => (await page.evaluate('said')) as string[];
const spoken = async (page: Page) => (await said(page)).map(text => text.trim());

describe.runIf(hasChromium)('the live region (where chromium is installed)', () => {
  const { openPage, servers } = setBoardPages({ one: [] });

  it('says again what stands there already, by a text that differs without a difference to hear or see', async () => {
    const page = await showBoard(await openPage(), servers.one);
    await go(page, 'Inventory');
    const search = page.getByRole('searchbox');
    await search.waitFor();
    await listen(page);
    for (const query of ['prod', 'prod ', 'prod  ']) await search.fill(query);
    await expect.poll(() => said(page)).toHaveLength(3);
    const [first = '', second, third] = await said(page);
    expect([first, second, third]).toEqual([
      expect.stringMatching(/^\d+ rows? of \d+$/),
      `${first}\u00a0`,
      first,
    ]);
  });

  it('replaces what stands there, and says together what comes at once', async () => {
    const page = await openPage();
    await page.clock.install();
    await showBoard(page, servers.one);
    await listen(page);
    servers.one.set(refuse(503, ''));
    await page.clock.fastForward('01:00');
    await expect.poll(() => spoken(page)).toEqual([expect.stringMatching(/^Not up to date: /)]);
    servers.one.set(async (response, answer) => {
      const message = JSON.parse(await answer());
      message.result.structuredContent.running = [
        { jobId: 'x', operation: 'CloneBackend', environment: 'qa' },
      ];
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(message));
    });
    await page.clock.fastForward('01:00');
    await expect
      .poll(async () => (await spoken(page)).at(-1))
      .toBe('Up to date again. Clone backend of qa runs.');
  });
});
