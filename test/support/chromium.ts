/** Debian's Chromium, driven by playwright-core. One browser serves all test files of a worker. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

// An import reads through the whole package for the names of its exports, which takes 0.2 s of CPU.
const { chromium }: typeof import('playwright-core') = createRequire(import.meta.url)('playwright-core');

/** The whole browser. */
export const CHROMIUM = '/usr/bin/chromium';

/** What the tests start: the browser without windows, which costs a third less, or the whole one where there is no other. */
export const BROWSER = ['/usr/bin/chromium-headless-shell'].find(existsSync) ?? CHROMIUM;

export const hasChromium = existsSync(BROWSER);

/** Starts a browser. @param flags more flags of Chromium */
export const openBrowser = (flags: readonly string[] = [], executablePath = BROWSER): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', ...flags],
    // It would close the browser and let the worker live on, until Vitest kills it.
    handleSIGTERM: false,
  });

let shared: Promise<Browser> | undefined;

/** The browser of this worker. Each test has a context of its own in it. */
export function sharedBrowser(): Promise<Browser> {
  if (!shared) {
    shared = openBrowser();
    // Vitest ends a worker by this signal. On a regular exit Playwright ends the browser and removes its files.
    process.once('SIGTERM', () => process.exit());
  }
  return shared;
}

/** What every context begins with: a bar that moves by itself is drawn sixty times a second. */
export const STILL: BrowserContextOptions = { reducedMotion: 'reduce' };

/** How wide a page is where a test says nothing else. */
const SIZE = { width: 1280, height: 720 };

export type OpenPage = (options?: BrowserContextOptions) => Promise<Page>;

/** Opens a tab of a profile of its own. */
const openTab = async (browser: Browser, options?: BrowserContextOptions): Promise<Page> =>
  (await browser.newContext({ ...STILL, viewport: SIZE, ...options })).newPage();

/**
 * One tab for the tests of the block, one after the other, since a profile of its own for each costs more than loading the
 * page does. It has nothing of the test before: no page, size, theme, history or storage. A test that sets what stays in a
 * tab, as a clock does, opens one by `useChromium`.
 */
export function useTab(): () => Promise<Page> {
  let tab: Page | undefined;
  const close = async () => {
    await tab?.context().close();
    tab = undefined;
  };
  afterAll(close);
  return async () => {
    tab ??= await openTab(await sharedBrowser());
    const page = tab;
    onTestFinished(async ({ task }) => {
      // Who knows how far a test came that failed.
      if (task.result?.state === 'fail') return close();
      await page.evaluate('sessionStorage.clear()');
      await page.goto('about:blank');
      const session = await page.context().newCDPSession(page);
      await session.send('Page.resetNavigationHistory');
      await session.detach();
      await page.setViewportSize(SIZE);
      await page.emulateMedia({ colorScheme: null });
    });
    return page;
  };
}

/** Opens pages for the tests of the block. @param flags makes the flags of a browser of their own @returns opens a page of a profile of its own, for one test */
export function useChromium(flags?: () => Promise<string[]>): OpenPage {
  let own: Browser | undefined;
  if (flags) {
    beforeAll(async () => {
      own = await openBrowser(await flags());
    });
    afterAll(() => own?.close());
  }
  return async options => {
    const page = await openTab(own ?? (await sharedBrowser()), options);
    onTestFinished(() => page.context().close());
    return page;
  };
}
