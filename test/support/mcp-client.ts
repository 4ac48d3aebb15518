/** What a client of the tests can do, whichever SDK and era it is of, what it gets, and the person who sits at it. */
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
  /** What a host keeps from the model. */
  readonly _meta?: Json;
}

export interface ReadResult extends Json {
  readonly contents: readonly { readonly uri: string; readonly mimeType?: string; readonly text: string }[];
}

/** What is to be completed. */
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

/** What every generation can do. */
export interface McpClient {
  /** The protocol revision that was agreed on. */
  readonly protocol: string | undefined;
  listTools(): Promise<readonly ({ readonly name: string } & Json)[]>;
  callTool(name: string, args?: Json): Promise<ToolResult>;
  /** Reads past the client's cache: what is tested is the server. */
  readResource(uri: string): Promise<ReadResult>;
  /** Past the cache, too. */
  listResources(): Promise<ResourceList>;
  listResourceTemplates(): Promise<readonly Json[]>;
  complete(request: CompleteRequest): Promise<Completion>;
  listPrompts(): Promise<readonly ({ readonly name: string } & Json)[]>;
  /** The text of the prompt's messages. */
  getPrompt(name: string, args?: Record<string, string>): Promise<string>;
  /**
   * Asks for updates of a resource, in the way of the era; one watch for each URI. @throws where it cannot be
   * followed
   */
  subscribe(uri: string): Promise<Watch>;
  /** Asks for changes of the list of resources; in the 2025 era they come unasked. */
  watchList(): Promise<Watch>;
  /** What the child wrote to stderr so far. */
  stderr(): string;
  close(): Promise<void>;
}

/** What comes back from a form. */
export type Answer = {
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly content?: { readonly name: string };
};

/** A person at a client that can show forms: answers the question that is put. */
export type Person = (question: string) => Answer | Promise<Answer>;
