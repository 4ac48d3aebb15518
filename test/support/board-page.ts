/** The board in a browser, on a real server behind a proxy that can break the connection. Several test files share it. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { startBreakableProxy } from './breakable-proxy.ts';
import { type OpenPage, useChromium, useTab } from './chromium.ts';
import { type Home, setHome } from './home.ts';
import { hostInProcess } from './in-process.ts';

export const appId = 'd1sandboxshop';

export type Proxy = Awaited<ReturnType<typeof startBreakableProxy>>;

export interface BoardPages<Name extends string> {
  readonly home: Home;
  /** Opens an empty page in a new browser profile. */
  readonly openPage: OpenPage;
  /** Empties the tab that the tests of the block share. */
  readonly tab: () => Promise<Page>;
  /** The servers by their names, each behind its proxy. */
  readonly servers: Readonly<Record<Name, Proxy>>;
}

/**
 * Starts a server for each set of flags, for the tests of the enclosing `describe`.
 * @param chromiumFlags more flags of the browser
 */
export function setBoardPages<Name extends string>(
  flags: Readonly<Record<Name, readonly string[]>>,
  chromiumFlags?: () => Promise<string[]>,
): BoardPages<Name> {
  const home = setHome({});
  const openPage = useChromium(chromiumFlags);
  const tab = useTab();
  const ends: (() => unknown)[] = [];
  const atEnd = (end: () => unknown) => void ends.push(end);
  const servers = {} as Record<Name, Proxy>;
  const names = Object.keys(flags) as Name[];
  beforeAll(async () => {
    for (const name of names) {
      const { url } = await hostInProcess(home.env(), flags[name], atEnd);
      servers[name] = await startBreakableProxy(url, atEnd);
    }
  });
  beforeEach(async () => {
    for (const name of names) {
      await servers[name].start();
      servers[name].set(undefined);
      servers[name].calls.length = 0;
    }
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  return { home, openPage, tab, servers };
}

/** Opens the board and waits until it shows its environments. */
export async function showBoard(page: Page, { url }: Proxy): Promise<Page> {
  await page.goto(`${url}/board`);
  await page.getByRole('article', { name: 'dev' }).waitFor();
  return page;
}

/** Goes to a view by a link of the navigation. */
export const go = (page: Page, to: string) =>
  page.getByRole('navigation').getByRole('button', { name: to, exact: true }).click();

export const submit = (page: Page) => page.getByRole('form').getByRole('button').click();

/** The arguments of a tool's calls, in order of arrival. */
export const callsOf = ({ calls }: Proxy, tool: string) =>
  calls.filter(({ name }) => name === tool).map(call => call.arguments);

/** Waits until the title of the tab names this view. */
export const place = (page: Page, name: string) =>
  expect.poll(() => page.title()).toBe(`${name} · Amplify backends`);

/** The field for the name of a clone. */
export const newName = (page: Page) => page.getByLabel('to a new environment named');

/** Clones dev in the page, and waits until the request has reached AWS. */
export async function startClone(page: Page, { sandbox }: Home, to: string): Promise<void> {
  await go(page, 'Clone');
  await newName(page).fill(to);
  await submit(page);
  await sandbox.arrival('CloneBackend');
}
