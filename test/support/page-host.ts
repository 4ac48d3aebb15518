/**
 * A chat host that shows our page: Debian's Chromium, a host's page with the official bridge, and a client of the server for
 * the page's calls. It records what the host would show to the model, so that a test can search it.
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

/** The messages of the page to its host. */
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
  /** The host's capabilities, in addition to forwarding calls. */
  readonly capabilities?: Json;
  /** The tool whose call is shown, if the host names it. */
  readonly tool?: string;
  readonly width?: number;
}

export interface PageHost {
  readonly page: Page;
  /**
   * The page that is shown now, in its frame. Tests use the frame directly: a locator that first finds the frame takes twice as
   * long.
   */
  readonly view: Frame;
  open(view: View, options?: ViewOptions): Promise<void>;
  /** Changes the theme and the width of the shown page. */
  dress(look: { readonly theme: 'light' | 'dark'; readonly width: number }): Promise<void>;
  input(args: Json): Promise<void>;
  result(result: Result): Promise<void>;
  /** Calls the host's own functions: `setContext`, `sendCancelled`, `teardown`. */
  tell(name: string, value?: unknown): Promise<unknown>;
  said(): Promise<Said>;
  /** Errors: what the browser refused and what scripts threw, in the host's page and in the frame. */
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
 * Axe, as a function that defines it. Each tab loads it once and keeps it: sending half a megabyte to each document takes four
 * times as long as the examination.
 */
const defineAxe = readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8').then(
  axe => `globalThis.defineAxe = () => { ${axe} };`,
);
const havingAxe = new WeakSet<Page>();

/** Loads axe into the document of a frame, and into each later document of its tab. */
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
  // The page's content security policy blocks scripts, but not those that a debugger evaluates.
  await giveAxe(frame);
  // Axe need not load style sheets: the only rule that needs them is experimental, and off.
  const options = "{ resultTypes: ['violations'], preload: { assets: ['media'] } }";
  const run = `axe.run(document, ${options}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 160))))`;
  return (await frame.evaluate(run)) as string[];
}

/** The violations in the page within the frame. */
export const violationsIn = (host: PageHost): Promise<string[]> => violationsOf(host.view);

/** How long to wait for a text: less than the test's timeout, so that the failure shows the text. */
const MOST_MS = 45_000;

/**
 * Waits until the text of the one element for a selector is the expected one, and returns the last text. The document checks
 * the text after each change: polling every 50 ms takes more CPU than everything else in a test of a job.
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

/** Waits for a text in the page within the frame. */
export const textOnceIn = (host: PageHost, ...asked: [string, string | RegExp, number?]): Promise<string> =>
  textOnce(host.view, ...asked);

/** The text of the one element for a selector, in the page within the frame. @throws if there is none yet */
export const textIn = (host: PageHost, selector: string): Promise<string> =>
  host.view.evaluate(`(found => {
    if (found.length !== 1) throw new Error(found.length + ' elements fit ' + ${JSON.stringify(selector)});
    return found[0].innerText;
  })(document.querySelectorAll(${JSON.stringify(selector)}))`);
