/**
 * The host shows the page and passes its calls to the server: a chat host around the frame, or the HTTP server that the page
 * came from. Everything that it sends is foreign: it is shown as text and never trusted.
 */

/** The result of a tool, as MCP has it. */
export interface ToolResult {
  readonly content?: readonly { readonly type: string; readonly text?: string }[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean;
  readonly _meta?: Readonly<Record<string, unknown>>;
}

export type Arguments = Readonly<Record<string, unknown>>;

/** The host's theme, and the call that the page shows. */
export interface HostContext {
  readonly theme?: 'light' | 'dark';
  readonly styles?: { readonly variables?: Readonly<Record<string, string | undefined>> };
  /** Name of the tool whose call the page shows. */
  readonly toolInfo?: { readonly tool?: { readonly name?: string } };
}

/** What the host tells the page. */
export interface HostListener {
  /** The complete arguments of the call that the page shows, before its result. */
  input(args: Arguments): void;
  result(result: ToolResult): void;
  cancelled(reason: string | undefined): void;
  /** The context has changed. */
  context(context: HostContext): void;
  /** The page is about to be removed. */
  teardown(): void;
}

export interface Host {
  /** Whether there is no chat beside the page, so that it needs a navigation of its own. */
  readonly isAlone: boolean;
  /** @throws where the host refuses, or the call gets no result */
  callTool(name: string, args: Arguments): Promise<ToolResult>;
  /** Opens a page of another site in the browser. */
  openLink(url: string): Promise<void>;
  /** Adds a text to the model's context without starting a turn. Does nothing if the host does not support it. */
  updateModelContext(text: string): Promise<void>;
  /** Sends a message to the model in the person's name. Does nothing if the host does not support it. */
  sendMessage(text: string): Promise<void>;
  /** Reports the page's size to the host, now and after each change. */
  reportSize(page: Element): void;
}
