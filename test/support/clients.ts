/**
 * One small client in three makes: the 2.x SDK in the 2026 era, the same in the 2025 era, and the 1.x SDK
 * that today's desktop hosts carry. Each starts the built command as its stdio child. All list the tools
 * first, so that they hold every result, failures too, against the tool's output schema.
 */
import type { Stream } from 'node:stream';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioClientTransportV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { childEnv, cli, type Env, type Json } from './child.ts';

export interface ToolResult {
  readonly content: readonly ({
    readonly type: string;
    readonly text?: string;
    readonly uri?: string;
  } & Json)[];
  readonly structuredContent: Json;
  readonly isError?: boolean;
}

export interface ReadResult extends Json {
  readonly contents: readonly { readonly uri: string; readonly mimeType?: string; readonly text: string }[];
}

/** What every generation can do. */
export interface McpClient {
  /** The protocol revision that was agreed on. */
  readonly protocol: string | undefined;
  listTools(): Promise<readonly ({ readonly name: string } & Json)[]>;
  callTool(name: string, args?: Json): Promise<ToolResult>;
  /** Reads past the client's cache: what is tested is the server. */
  readResource(uri: string): Promise<ReadResult>;
  listResourceTemplates(): Promise<readonly Json[]>;
  /** What the child wrote to stderr so far. */
  stderr(): string;
  close(): Promise<void>;
}

/** A person at a client that can show forms: answers the question that is put. */
export type Person = (question: string) => {
  readonly action: 'accept' | 'decline' | 'cancel';
  readonly content?: { readonly name: string };
};

export interface Generation {
  readonly name: string;
  /** The revision that it must end up on. */
  readonly protocol: string;
  /** Without a person the client cannot show forms, and says so. */
  connect(env: Env, flags?: readonly string[], person?: Person): Promise<McpClient>;
}

const identity = { name: 'scenario', version: '1.0.0' };

const parameters = (env: Env, flags: readonly string[]) => ({
  command: process.execPath,
  args: [cli, 'stdio', ...flags],
  env: childEnv(env),
  stderr: 'pipe' as const,
});

function collect(stream: Stream | null): () => string {
  let text = '';
  stream?.on('data', chunk => {
    text += String(chunk);
  });
  return () => text;
}

/** The part of both SDKs' clients that is used here. */
interface SdkClient {
  listTools(): Promise<{ tools: ({ name: string } & Json)[] }>;
  callTool(request: { name: string; arguments: Json }): Promise<unknown>;
  readResource(request: { uri: string }): Promise<unknown>;
  listResourceTemplates(): Promise<{ resourceTemplates: Json[] }>;
  close(): Promise<void>;
}

async function open(
  client: SdkClient,
  protocol: string | undefined,
  stderr: () => string,
  read: (uri: string) => Promise<unknown> = uri => client.readResource({ uri }),
): Promise<McpClient> {
  await client.listTools();
  return {
    protocol,
    listTools: async () => (await client.listTools()).tools,
    callTool: async (name, args = {}) => (await client.callTool({ name, arguments: args })) as ToolResult,
    readResource: async uri => (await read(uri)) as ReadResult,
    listResourceTemplates: async () => (await client.listResourceTemplates()).resourceTemplates,
    stderr,
    close: () => client.close(),
  };
}

const v2 = (mode: 'auto' | 'legacy'): Generation['connect'] =>
  async function connect(env, flags = [], person) {
    const transport = new StdioClientTransport(parameters(env, flags));
    const stderr = collect(transport.stderr);
    const capabilities = person ? { elicitation: { form: {} } } : {};
    const client = new Client(identity, { capabilities, versionNegotiation: { mode } });
    if (person) client.setRequestHandler('elicitation/create', ({ params }) => person(params.message));
    await client.connect(transport);
    return open(client, client.getNegotiatedProtocolVersion(), stderr, uri =>
      client.readResource({ uri }, { cacheMode: 'bypass' }),
    );
  };

/** This SDK tells the agreed revision to nobody but its transport. */
class ListeningTransportV1 extends StdioClientTransportV1 {
  protocol: string | undefined;
  setProtocolVersion(version: string): void {
    this.protocol = version;
  }
}

async function connectV1(env: Env, flags: readonly string[] = [], person?: Person): Promise<McpClient> {
  const transport = new ListeningTransportV1(parameters(env, flags));
  const stderr = collect(transport.stderr);
  const client = new ClientV1(identity, { capabilities: person ? { elicitation: {} } : {} });
  if (person) client.setRequestHandler(ElicitRequestSchema, ({ params }) => person(params.message));
  await client.connect(transport);
  return open(client, transport.protocol, stderr);
}

/** Every generation, for `describe.each`. */
export const generations: readonly Generation[] = [
  { name: 'client 2.x, 2026 era', protocol: '2026-07-28', connect: v2('auto') },
  { name: 'client 2.x, 2025 era', protocol: '2025-11-25', connect: v2('legacy') },
  { name: 'client 1.x', protocol: '2025-11-25', connect: connectV1 },
];

/** The text blocks of a result, joined. */
export function textOf({ content }: ToolResult): string {
  return content.map(block => block.text ?? '').join('\n');
}

/** The links of a result. */
export function linksOf({ content }: ToolResult): (string | undefined)[] {
  return content.filter(block => block.type === 'resource_link').map(block => block.uri);
}
