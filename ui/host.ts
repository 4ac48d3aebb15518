/**
 * Who shows the page and passes its calls on to the server: a chat host around the frame, or the HTTP server that the page
 * came from. What arrives from either is foreign: it is shown as text and never trusted.
 */

/** The result of a tool, as MCP has it. */
export interface ToolResult {
  readonly content?: readonly { readonly type: string; readonly text?: string }[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean;
  readonly _meta?: Readonly<Record<string, unknown>>;
}

export type Arguments = Readonly<Record<string, unknown>>;

/** How the host looks, and where the page stands in it. */
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
  /** The whole context, after each change of it. */
  context(context: HostContext): void;
  /** The page is about to be removed. */
  teardown(): void;
}

export interface Host {
  /** Whether no chat is beside the page: it shows the board, and the way to its other views itself. */
  readonly isAlone: boolean;
  /** @throws where the host refuses, or the call gets no result */
  callTool(name: string, args: Arguments): Promise<ToolResult>;
  /** Opens a page of another site in the browser. */
  openLink(url: string): Promise<void>;
  /** Tells the model what happened, without a turn of its own. Does nothing where the host cannot. */
  updateModelContext(text: string): Promise<void>;
  /** Says something to the model in the person's name. Does nothing where the host cannot. */
  sendMessage(text: string): Promise<void>;
  /** Tells the host the page's size, now and after each change. */
  reportSize(page: Element): void;
}
