/**
 * A chat host with our page in it: Debian's Chromium, a host's page with the official bridge, and a client of the server that
 * the page's calls go to. What the host would show to the model is kept, so that a test can search it.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import type { Browser, Frame, Page } from 'playwright-core';
import { inject } from 'vitest';
import { pageOf, type View } from '../../src/mcp/ui-page.ts';
import type { Env, Json } from './child.ts';
import { STILL } from './chromium.ts';
import { type Link, links } from './links.ts';

/** A client that shows pages, with the command in the test's own process. */
export async function connectWithPages(env: Env, flags: readonly string[] = []): Promise<Client> {
  const capabilities = {
    extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } },
  };
  const client = new Client({ name: 'test-host', version: '1.0.0' }, { capabilities });
  await client.connect((links.inProcess(env, flags) as Link<never>).transport);
  return client;
}

export interface Result extends Json {
  readonly content?: readonly { readonly type: string; readonly text?: string }[];
  readonly structuredContent?: Json;
  readonly isError?: boolean;
  readonly _meta?: Json;
}

/** What answers the page's calls: the server, or results that the test makes. */
export type CallTool = (name: string, args: Json) => Promise<Result>;

/** What the page said to its host. */
export interface Said {
  readonly messages: Json[];
  readonly modelContexts: Json[];
  readonly links: string[];
  readonly sizes: { readonly width?: number; readonly height?: number }[];
  readonly calls: { readonly name: string; readonly arguments: Json }[];
  readonly errors: string[];
}

export interface ViewOptions {
  readonly theme?: 'light' | 'dark';
  readonly variables?: Readonly<Record<string, string>>;
  /** What the host can, beside passing calls on. */
  readonly capabilities?: Json;
  /** The tool whose call is shown, where the host says so. */
  readonly tool?: string;
  readonly width?: number;
}

export interface PageHost {
  readonly page: Page;
  /**
   * The page that is shown now, in its frame. It is asked for directly: to look for the frame first costs each locator as
   * much again as what it does.
   */
  readonly view: Frame;
  open(view: View, options?: ViewOptions): Promise<void>;
  /** Gives the page that is shown another theme and width. */
  dress(look: { readonly theme: 'light' | 'dark'; readonly width: number }): Promise<void>;
  input(args: Json): Promise<void>;
  result(result: Result): Promise<void>;
  /** Calls the host's own functions: `setContext`, `sendCancelled`, `teardown`. */
  tell(name: string, value?: unknown): Promise<unknown>;
  said(): Promise<Said>;
  /** What the browser refused or a script threw, in the page or its frame. */
  readonly problems: string[];
  close(): Promise<void>;
}

/** The host's page, which `test/global-setup.ts` has made. */
let html: Promise<string> | undefined;

const HOST_URL = 'http://host.test/';
const HEIGHT = 800;

/** Opens a host. @param callTool answers the page's calls */
export async function openPageHost(browser: Browser, callTool: CallTool): Promise<PageHost> {
  html ??= readFile(inject('hostPage'), 'utf8');
  const body = await html;
  const page = await browser.newPage({ ...STILL, viewport: { width: 960, height: HEIGHT } });
  const problems: string[] = [];
  page.on('console', message => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', error => problems.push(error.message));
  await page.route('**/*', route =>
    route.request().url() === HOST_URL ? route.fulfill({ contentType: 'text/html', body }) : route.abort(),
  );
  await page.exposeFunction('callTool', callTool);
  await page.goto(HOST_URL);
  const tell = (name: string, value?: unknown) =>
    page.evaluate(
      `(async () => window[${JSON.stringify(name)}](${value === undefined ? '' : JSON.stringify(value)}))()`,
    );
  const view = () => {
    const frame = page.frames().find(one => one !== page.mainFrame());
    if (!frame) throw new Error('no page is shown');
    return frame;
  };
  const setLook = async (theme: 'light' | 'dark', width: number) => {
    await page.setViewportSize({ width, height: HEIGHT });
    await page.emulateMedia({ colorScheme: theme });
  };
  return {
    page,
    get view() {
      return view();
    },
    problems,
    tell,
    async open(view, { theme = 'light', variables = {}, capabilities = {}, tool, width = 960 } = {}) {
      problems.length = 0;
      await setLook(theme, width);
      const toolInfo = tool !== undefined && {
        toolInfo: { tool: { name: tool, inputSchema: { type: 'object' } } },
      };
      const context = { theme, styles: { variables }, ...toolInfo };
      await tell('openView', { html: await pageOf(view), context, capabilities });
    },
    async dress({ theme, width }) {
      await setLook(theme, width);
      await tell('setContext', { theme });
      await view().locator(`:root[data-theme="${theme}"]`).waitFor();
    },
    input: async args => void (await tell('sendInput', args)),
    result: async result => void (await tell('sendResult', result)),
    said: async () => (await tell('said')) as Said,
    close: () => page.close(),
  };
}

/**
 * Axe, as a function that defines it. The browser gets it once for each tab and keeps what it has made of the text: to send
 * half a megabyte to each document costs four times what the examination does.
 */
const defineAxe = readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8').then(
  axe => `globalThis.defineAxe = () => { ${axe} };`,
);
const havingAxe = new WeakSet<Page>();

/** Gives axe to the document of a frame, and to all that its tab loads from then on. */
async function giveAxe(frame: Frame): Promise<void> {
  const page = frame.page();
  if (!havingAxe.has(page)) {
    havingAxe.add(page);
    await page.addInitScript(await defineAxe);
  }
  if (!(await frame.evaluate("'defineAxe' in window"))) await frame.evaluate(await defineAxe);
  await frame.evaluate("'axe' in window || defineAxe()");
}

/** The violations of accessibility rules in a document, as `rule: element`. */
export async function violationsOf(frame: Frame): Promise<string[]> {
  // The page's policy lets no script in; what a debugger gives is not held by it.
  await giveAxe(frame);
  // Style sheets need not be read for it: the one rule about what they say is experimental, and off.
  const options = "{ resultTypes: ['violations'], preload: { assets: ['media'] } }";
  const run = `axe.run(document, ${options}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 160))))`;
  return (await frame.evaluate(run)) as string[];
}

/** Those of the page within the frame. */
export const violationsIn = (host: PageHost): Promise<string[]> => violationsOf(host.view);

/** How long a text is waited for: less than a test may take, so that its failure shows the text. */
const MOST_MS = 45_000;

/**
 * The text of the one element that a selector fits, once it is as wanted, or else the last one. The document itself looks
 * again after each change: to ask it every 50 ms costs a test of a job more CPU than all else that it does.
 */
export const textOnce = (
  frame: Frame,
  selector: string,
  wanted: string | RegExp,
  mostMs = MOST_MS,
): Promise<string> =>
  frame.evaluate(`new Promise(resolve => {
    const wanted = ${wanted instanceof RegExp ? String(wanted) : JSON.stringify(wanted)};
    const look = isLast => {
      const found = document.querySelectorAll(${JSON.stringify(selector)});
      const text = found.length === 1 ? found[0].innerText : '';
      if (!isLast && !(typeof wanted === 'string' ? text === wanted : wanted.test(text))) return;
      clearTimeout(end);
      observer.disconnect();
      resolve(text);
    };
    const observer = new MutationObserver(() => look(false));
    observer.observe(document, { attributes: true, characterData: true, childList: true, subtree: true });
    const end = setTimeout(() => look(true), ${mostMs});
    look(false);
  })`);

/** The same in the page within the frame. */
export const textOnceIn = (host: PageHost, ...asked: [string, string | RegExp, number?]): Promise<string> =>
  textOnce(host.view, ...asked);

/** The text of the one element of the page within the frame that a selector fits. @throws where there is none yet */
export const textIn = (host: PageHost, selector: string): Promise<string> =>
  host.view.evaluate(`(found => {
    if (found.length !== 1) throw new Error(found.length + ' elements fit ' + ${JSON.stringify(selector)});
    return found[0].innerText;
  })(document.querySelectorAll(${JSON.stringify(selector)}))`);
