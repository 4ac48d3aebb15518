/** The interface of the tests' clients, whatever their SDK and era, their results, and the person at such a client. */
import type { Json } from './child.ts';
import type { Watch } from './watch.ts';

export interface ToolResult {
  readonly content: readonly ({
    readonly type: string;
    readonly text?: string;
    readonly uri?: string;
  } & Json)[];
  readonly structuredContent: Json;
  readonly isError?: boolean;
  /** The part of a result that a host does not show to the model. */
  readonly _meta?: Json;
}

export interface ReadResult extends Json {
  readonly contents: readonly { readonly uri: string; readonly mimeType?: string; readonly text: string }[];
}

/** The prompt or resource template whose argument is completed. */
export interface CompleteRequest {
  readonly ref:
    | { readonly type: 'ref/resource'; readonly uri: string }
    | { readonly type: 'ref/prompt'; readonly name: string };
  readonly argument: { readonly name: string; readonly value: string };
  readonly context?: { readonly arguments: Record<string, string> };
}

export interface Completion {
  readonly values: readonly string[];
  readonly total?: number;
  readonly hasMore?: boolean;
}

export interface ResourceList extends Json {
  readonly resources: readonly ({ readonly uri: string } & Json)[];
}

/** The methods of every generation. */
export interface McpClient {
  /** The negotiated protocol revision. */
  readonly protocol: string | undefined;
  listTools(): Promise<readonly ({ readonly name: string } & Json)[]>;
  callTool(name: string, args?: Json): Promise<ToolResult>;
  /** Reads without the client's cache, since the server is under test. */
  readResource(uri: string): Promise<ReadResult>;
  /** Also reads without the cache. */
  listResources(): Promise<ResourceList>;
  listResourceTemplates(): Promise<readonly Json[]>;
  complete(request: CompleteRequest): Promise<Completion>;
  listPrompts(): Promise<readonly ({ readonly name: string } & Json)[]>;
  /** The text of the prompt's messages. */
  getPrompt(name: string, args?: Record<string, string>): Promise<string>;
  /**
   * Subscribes to a resource, as the era does it; one subscription for each URI. @throws if the server refuses the
   * subscription
   */
  subscribe(uri: string): Promise<Watch>;
  /** Subscribes to changes of the list of resources. In the 2025 era they come without a subscription. */
  watchList(): Promise<Watch>;
  /** What the child wrote to stderr so far. */
  stderr(): string;
  close(): Promise<void>;
}

/** A person's answer to a form. */
export type Answer = {
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly content?: { readonly name: string };
};

/** A person at a client that shows forms: answers the question of a form. */
export type Person = (question: string) => Answer | Promise<Answer>;
