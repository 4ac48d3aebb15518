/** Debian's Chromium, driven by playwright-core. One browser serves all test files of a worker. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

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

export type OpenPage = (options?: BrowserContextOptions) => Promise<Page>;

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
    const context = await (own ?? (await sharedBrowser())).newContext({ ...STILL, ...options });
    onTestFinished(() => context.close());
    return context.newPage();
  };
}
