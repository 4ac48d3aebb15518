/** Debian's Chromium, driven by playwright-core. One browser serves all test files of a worker. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

// An import would scan the whole package for the names of its exports, which takes 0.2 s of CPU.
const { chromium }: typeof import('playwright-core') = createRequire(import.meta.url)('playwright-core');

/** The whole browser. */
export const CHROMIUM = '/usr/bin/chromium';

/** The browser that the tests start: the one without windows, which takes a third less CPU, or else the whole one. */
export const BROWSER = ['/usr/bin/chromium-headless-shell'].find(existsSync) ?? CHROMIUM;

export const hasChromium = existsSync(BROWSER);

/** Starts a browser. @param flags more flags of Chromium */
export const openBrowser = (flags: readonly string[] = [], executablePath = BROWSER): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', ...flags],
    // Otherwise Playwright would handle the signal by closing the browser only, and the worker would live until Vitest kills it.
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

/** The options of every context. Without motion, no moving bar is drawn sixty times a second. */
export const STILL: BrowserContextOptions = { reducedMotion: 'reduce' };

/** The default width of a page. */
const SIZE = { width: 1280, height: 720 };

export type OpenPage = (options?: BrowserContextOptions) => Promise<Page>;

/** Opens a tab in a new profile. */
const openTab = async (browser: Browser, options?: BrowserContextOptions): Promise<Page> =>
  (await browser.newContext({ ...STILL, viewport: SIZE, ...options })).newPage();

/**
 * One tab that the tests of the block use one after another, since a new profile costs more than loading the page. It keeps
 * nothing of the test before: no page, size, theme, history or storage. A test that changes the tab for good, for instance with
 * a fake clock, opens a tab with `useChromium`.
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
      // A failed test may have left the tab in any state.
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
