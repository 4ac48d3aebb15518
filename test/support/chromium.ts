/** Debian's Chromium, driven by playwright-core. One browser serves all tests of a file. */
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
  chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...flags] });

export type OpenPage = (options?: BrowserContextOptions) => Promise<Page>;

/** Starts the browser for the tests of the block. @param flags more flags of Chromium @returns opens a page of a profile of its own, for one test */
export function useChromium(flags: () => Promise<string[]> = async () => []): OpenPage {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await openBrowser(await flags());
  });
  afterAll(() => browser?.close());
  return async options => {
    const context = await (browser as Browser).newContext(options);
    onTestFinished(() => context.close());
    return context.newPage();
  };
}
