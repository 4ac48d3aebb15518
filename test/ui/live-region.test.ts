/** What the page tells screen readers. They read out only what changes in the live region. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { go, setBoardPages, showBoard } from '../support/board-page.ts';
import { refuse } from '../support/breakable-proxy.ts';
import { hasChromium } from '../support/chromium.ts';

/** Records the text of the live region at each change. */
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

  it('repeats a text by adding or removing a space that nobody sees or hears', async () => {
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

  it('replaces the former text, and joins texts that arrive together', async () => {
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
