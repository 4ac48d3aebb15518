/**
 * One small client in three generations: the 2.x SDK in the 2026 era, the 2.x SDK in the 2025 era, and the 1.x SDK
 * of today's desktop hosts. Each connects over stdio, HTTP, or streams in the test's own process, and lists the tools first, so
 * that it checks every result, failures too, against the tool's output schema.
 */
import type { Readable, Writable } from 'node:stream';
import { Client, type Transport } from '@modelcontextprotocol/client';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/client/validators/ajv';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import type { Transport as TransportV1 } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  ElicitRequestSchema,
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { AjvJsonSchemaValidator as AjvJsonSchemaValidatorV1 } from '@modelcontextprotocol/sdk/validation/ajv';
import { checkAnswer } from './answers.ts';
import type { Env, Json } from './child.ts';
import { compileOnce } from './compile-once.ts';
import { type Link, type Links, links, linksV1 } from './links.ts';
import type {
  CompleteRequest,
  Completion,
  McpClient,
  Person,
  ReadResult,
  ResourceList,
  ToolResult,
} from './mcp-client.ts';
import { createWatches, type Watches } from './watch.ts';

export type { CompleteRequest, McpClient, Person, ToolResult } from './mcp-client.ts';

export interface Generation {
  readonly name: string;
  /** The protocol revision that it must negotiate. */
  readonly protocol: string;
  /** Without a person the client declares no forms. With `pages` it declares that it shows pages. */
  connect(env: Env, flags?: readonly string[], person?: Person, pages?: boolean): Promise<McpClient>;
}

/** A generation that can also connect without a child process. */
export interface EitherGeneration extends Generation {
  /** To the command in the test's own process. */
  readonly connectHere: Generation['connect'];
}

/** One that connects to the URL of a server. */
export interface HttpGeneration extends Pick<Generation, 'name' | 'protocol'> {
  connect(url: string, person?: Person, token?: string, pages?: boolean): Promise<McpClient>;
}

/** One that connects to what a server reads and writes. */
export interface LineGeneration extends Pick<Generation, 'name' | 'protocol'> {
  connect(fromServer: Readable, toServer: Writable): Promise<McpClient>;
}

/** A client compiles the output schemas of all tools; those of one process share them. */
const jsonSchemaValidator = compileOnce(new AjvJsonSchemaValidator());
const jsonSchemaValidatorV1 = compileOnce(new AjvJsonSchemaValidatorV1());

/** The capability of a client that shows pages. */
export const withPages = {
  extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } },
};

const identity = { name: 'scenario', version: '1.0.0' };

/** The common part of both SDKs' clients. */
interface SdkClient {
  listTools(): Promise<{ tools: ({ name: string } & Json)[] }>;
  callTool(request: { name: string; arguments: Json }): Promise<unknown>;
  readResource(request: { uri: string }): Promise<unknown>;
  listResources(): Promise<unknown>;
  listResourceTemplates(): Promise<{ resourceTemplates: Json[] }>;
  complete(request: CompleteRequest): Promise<{ completion: unknown }>;
  listPrompts(): Promise<{ prompts: ({ name: string } & Json)[] }>;
  getPrompt(request: { name: string; arguments: Record<string, string> }): Promise<{
    messages: { content: unknown }[];
  }>;
  subscribeResource(request: { uri: string }): Promise<unknown>;
  unsubscribeResource(request: { uri: string }): Promise<unknown>;
  close(): Promise<void>;
}

/** What differs between the generations and between the transports. */
interface Make {
  readonly protocol: string | undefined;
  readonly watches: Watches;
  read?(uri: string): Promise<unknown>;
  list?(): Promise<unknown>;
  /** Subscribes to a resource, or to the list. @returns a function that ends the subscription */
  listen?(uri: string | undefined): Promise<() => Promise<unknown>>;
}

/** The name that stands for the list of resources in a subscription. */
const LIST = 'list';

async function open(client: SdkClient, link: Link<unknown>, make: Make): Promise<McpClient> {
  const { protocol, watches, listen = subscribe } = make;
  const { read = uri => client.readResource({ uri }), list = () => client.listResources() } = make;
  /** Subscriptions of the 2025 era, in which changes of the list are sent without a request. */
  async function subscribe(uri: string | undefined): Promise<() => Promise<unknown>> {
    if (uri === undefined) return async () => undefined;
    await client.subscribeResource({ uri });
    return () => client.unsubscribeResource({ uri });
  }
  await client.listTools();
  return {
    protocol,
    listTools: async () => (await client.listTools()).tools,
    async callTool(name, args = {}) {
      const result = (await client.callTool({ name, arguments: args })) as ToolResult;
      checkAnswer(name, args, result);
      return result;
    },
    readResource: async uri => (await read(uri)) as ReadResult,
    listResources: async () => (await list()) as ResourceList,
    complete: async request => (await client.complete(request)).completion as Completion,
    listPrompts: async () => (await client.listPrompts()).prompts,
    async getPrompt(name, args = {}) {
      const { messages } = await client.getPrompt({ name, arguments: args });
      return messages.map(({ content }) => (content as { text: string }).text).join('\n');
    },
    listResourceTemplates: async () => (await client.listResourceTemplates()).resourceTemplates,
    subscribe: uri => watches.open(uri, () => listen(uri)),
    watchList: () => watches.open(LIST, () => listen(undefined)),
    stderr: () => link.stderr?.() ?? '',
    async close() {
      await link.leave?.();
      await client.close();
    },
  };
}

const openV2 = (mode: 'auto' | 'legacy') =>
  async function connect(link: Link<Transport>, person?: Person, pages?: boolean): Promise<McpClient> {
    const capabilities = { ...(person && { elicitation: { form: {} } }), ...(pages && withPages) };
    const client = new Client(identity, { capabilities, versionNegotiation: { mode }, jsonSchemaValidator });
    if (person) client.setRequestHandler('elicitation/create', async ({ params }) => person(params.message));
    const watches = createWatches();
    client.setNotificationHandler('notifications/resources/updated', ({ params }) =>
      watches.notify(params.uri),
    );
    client.setNotificationHandler('notifications/resources/list_changed', () => watches.notify(LIST));
    await client.connect(link.transport);
    const protocol = client.getNegotiatedProtocolVersion();
    const fresh = { cacheMode: 'bypass' } as const;
    const read = (uri: string) => client.readResource({ uri }, fresh);
    const list = () => client.listResources(undefined, fresh);
    if (mode === 'legacy') {
      await link.heard;
      return open(client, link, { protocol, watches, read, list });
    }
    return open(client, link, {
      ...{ protocol, watches, read, list },
      async listen(uri) {
        const filter = uri === undefined ? { resourcesListChanged: true } : { resourceSubscriptions: [uri] };
        const { honoredFilter, close } = await client.listen(filter);
        if (Object.keys(honoredFilter).length === 0) throw new Error(`cannot be followed: ${uri ?? LIST}`);
        return close;
      },
    });
  };

async function openV1(link: Link<TransportV1>, person?: Person, pages?: boolean): Promise<McpClient> {
  const { transport } = link;
  // Only the transport of this SDK learns the negotiated revision.
  let protocol: string | undefined;
  const { setProtocolVersion } = transport;
  transport.setProtocolVersion = version => {
    protocol = version;
    setProtocolVersion?.call(transport, version);
  };
  const capabilities = { ...(person && { elicitation: {} }), ...(pages && withPages) };
  const client = new ClientV1(identity, { capabilities, jsonSchemaValidator: jsonSchemaValidatorV1 });
  if (person) client.setRequestHandler(ElicitRequestSchema, async ({ params }) => person(params.message));
  const watches = createWatches();
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) =>
    watches.notify(params.uri),
  );
  client.setNotificationHandler(ResourceListChangedNotificationSchema, () => watches.notify(LIST));
  await client.connect(transport);
  await link.heard;
  return open(client, link, { protocol, watches });
}

/** A generation of one SDK, over each transport. */
function generation<T>(
  name: string,
  protocol: string,
  { stdio, http, lines, inProcess }: Links<T>,
  open: (link: Link<T>, person?: Person, pages?: boolean) => Promise<McpClient>,
) {
  return {
    overStdio: {
      name,
      protocol,
      connect: (env, flags, person, pages) => open(stdio(env, flags), person, pages),
    },
    overHttp: {
      name,
      protocol,
      connect: (url, person, token, pages) => open(http(url, token), person, pages),
    },
    overLines: { name, protocol, connect: (input, output) => open(lines(input, output)) },
    inProcess: {
      name,
      protocol,
      connect: async (env, flags, person, pages) => open(inProcess(env, flags), person, pages),
    },
  } satisfies Record<'overStdio' | 'inProcess', Generation> & {
    overHttp: HttpGeneration;
    overLines: LineGeneration;
  };
}

const all = [
  generation('client 2.x, 2026 era', '2026-07-28', links, openV2('auto')),
  generation('client 2.x, 2025 era', '2025-11-25', links, openV2('legacy')),
  generation('client 1.x', '2025-11-25', linksV1, openV1),
];

/** Every generation as a separate host: each starts the built command as its child. */
export const stdioGenerations = all.map(({ overStdio }) => overStdio) as [Generation, ...Generation[]];

/**
 * Every generation, for `describe.each`. The newest starts the built command as its child. The older ones, whose messages differ,
 * speak to the same command in the test's own process.
 */
export const generations = all.map(({ overStdio, inProcess }, at) => ({
  ...(at === 0 ? overStdio : inProcess),
  connectHere: inProcess.connect,
})) as [EitherGeneration, ...EitherGeneration[]];

/** The newest generation, with the command in the test's own process. */
export const today: Generation = all[0]?.inProcess as Generation;

/** Every generation over HTTP. */
export const httpGenerations: readonly HttpGeneration[] = all.map(({ overHttp }) => overHttp);

/** Every generation over a pair of streams, with a server in the test's own process. */
export const lineGenerations: readonly LineGeneration[] = all.map(({ overLines }) => overLines);

/** The text blocks of a result, joined. */
export function textOf({ content }: ToolResult): string {
  return content.map(block => block.text ?? '').join('\n');
}

/** The links of a result. */
export function linksOf({ content }: ToolResult): (string | undefined)[] {
  return content.filter(block => block.type === 'resource_link').map(block => block.uri);
}
