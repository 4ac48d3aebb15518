/** Debian's Chromium, driven by playwright-core. One browser serves all tests of a file. */
import { spawnSync } from 'node:child_process';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

const PATH = '/usr/bin/chromium';

export const hasChromium = spawnSync(PATH, ['--version']).status === 0;

export type OpenPage = (options?: BrowserContextOptions) => Promise<Page>;

/** Starts the browser for the tests of the block. @param flags more flags of Chromium @returns opens a page of a profile of its own, for one test */
export function useChromium(flags: () => Promise<string[]> = async () => []): OpenPage {
  let browser: Browser | undefined;
  beforeAll(async () => {
    const args = ['--no-sandbox', '--disable-gpu', ...(await flags())];
    browser = await chromium.launch({ executablePath: PATH, args });
  });
  afterAll(() => browser?.close());
  return async options => {
    const context = await (browser as Browser).newContext(options);
    onTestFinished(() => context.close());
    return context.newPage();
  };
}
