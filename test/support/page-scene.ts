/** A host's page, a server and a sandbox for the cases of one file; the sandbox is reset before each of them. */
import type { Client } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { View } from '../../src/mcp/ui-page.ts';
import type { Json } from './child.ts';
import { sharedBrowser } from './chromium.ts';
import {
  connectWithPages,
  openPageHost,
  type PageHost,
  type Result,
  textIn,
  textOnceIn,
  type ViewOptions,
} from './page-host.ts';
import { startTestSandbox, type TestSandbox } from './sandbox.ts';

export const shop = { app: 'shop' };
export const appId = 'd1sandboxshop';

/** A tool result with this answer. */
export const answer = (structuredContent: Json): Result => ({ content: [], structuredContent });

/** The capabilities of a host with which the plan's page can inform the model. */
export const TELLS = { updateModelContext: { text: {} }, message: { text: {} } };

/** The parts of the page whose texts are read. */
const PARTS = {
  text: '#page',
  status: '[role="status"]',
  title: 'h1',
  subtitle: '.subtitle',
  /** The step of the call that the page shows. */
  step: '[aria-current="step"]',
} as const;

export class PageScene {
  readonly #flags: readonly string[];
  #client: Client | undefined;
  readonly #ends: (() => unknown)[] = [];
  host = {} as PageHost;
  sandbox = {} as TestSandbox;
  /** Answers that replace those of the server, by tool. */
  readonly forced = new Map<string, Result | ((args: Json) => Result)>();
  /** The tools that the page has called since it was opened. */
  readonly #calls: string[] = [];
  /** Everything that the host shows to the model. */
  readonly seenByModel: unknown[] = [];

  constructor(flags: readonly string[]) {
    this.#flags = flags;
  }

  async open(): Promise<void> {
    this.sandbox = await startTestSandbox();
    this.#ends.push(() => this.sandbox.close());
    const client = await connectWithPages(this.sandbox.env, this.#flags);
    this.#client = client;
    this.#ends.push(() => client.close());
    this.host = await this.openAnother();
    this.#ends.push(() => this.host.close());
  }

  async reset(): Promise<void> {
    this.forced.clear();
    this.seenByModel.length = 0;
    await this.sandbox.reset();
  }

  async close(): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
  }

  readonly call = async (name: string, args: Json): Promise<Result> => {
    const forced = this.forced.get(name);
    if (forced) return typeof forced === 'function' ? forced(args) : forced;
    if (!this.#client) throw new Error('the scene is not open');
    return (await this.#client.callTool({ name, arguments: args })) as Result;
  };

  /** Another host's page, for a case whose changes cannot be undone. */
  async openAnother(): Promise<PageHost> {
    return openPageHost(await sharedBrowser(), (name, args) => {
      this.#calls.push(name);
      return this.call(name, args);
    });
  }

  /** Opens the page of a call, before its result. */
  async begin(view: View, tool: string, args: Json, options: ViewOptions = {}): Promise<void> {
    this.#calls.length = 0;
    await this.host.open(view, { tool, ...options });
    await this.host.input(args);
  }

  /** Calls a tool as the model does, and shows the result on the page. */
  async show(view: View, tool: string, args: Json, options: ViewOptions = {}): Promise<Result> {
    const result = await this.call(tool, args);
    this.seenByModel.push(result.content, result.structuredContent);
    await this.begin(view, tool, args, options);
    await this.host.result(result);
    return result;
  }

  text = (): Promise<string> => textIn(this.host, PARTS.text);

  status = (): Promise<string> => textIn(this.host, PARTS.status);

  title = (): Promise<string> => textIn(this.host, PARTS.title);

  subtitle = (): Promise<string> => textIn(this.host, PARTS.subtitle);

  step = (): Promise<string> => textIn(this.host, PARTS.step);

  /** Waits until the text of a part equals or matches this one. */
  async becomes(part: keyof typeof PARTS, wanted: string | RegExp, mostMs?: number): Promise<void> {
    const text = await textOnceIn(this.host, PARTS[part], wanted, mostMs);
    if (typeof wanted === 'string') expect(text).toBe(wanted);
    else expect(text).toMatch(wanted);
  }

  widthOf = async (): Promise<number> =>
    Number(await this.host.view.evaluate('document.documentElement.scrollWidth'));

  /** Everything that the model has seen, as one text. */
  async told(): Promise<string> {
    const { messages, modelContexts } = await this.host.said();
    return JSON.stringify([this.seenByModel, messages, modelContexts]);
  }

  /** How often the page called a tool. */
  callsOf(name: string): number {
    return this.#calls.filter(one => one === name).length;
  }
}

/** @param flags of the server */
export function setPageScene(flags: readonly string[] = []): PageScene {
  const scene = new PageScene(flags);
  beforeAll(() => scene.open());
  beforeEach(() => scene.reset());
  afterAll(() => scene.close());
  return scene;
}
