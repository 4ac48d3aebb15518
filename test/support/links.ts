/**
 * The transports between a client and a server, for both SDKs: the built command as a stdio child, HTTP, and a pair of
 * streams inside the test's own process.
 */
import { createInterface } from 'node:readline';
import type { Readable, Stream, Writable } from 'node:stream';
import { StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { StdioClientTransport as StdioClientTransportV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as StreamableHTTPClientTransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport as TransportV1 } from '@modelcontextprotocol/sdk/shared/transport.js';
import { childEnv, cli, type Env } from './child.ts';
import { serveInProcess } from './in-process.ts';

/** A connection that is about to be opened. */
export interface Link<AnyTransport> {
  readonly transport: AnyTransport;
  /** What the child wrote to stderr so far. */
  readonly stderr?: () => string;
  /** Resolves once the client can receive notifications that a 2025-era server sends without a request; earlier ones are lost. */
  readonly heard?: Promise<void>;
  /** Ends the session, if closing the connection alone does not end it. */
  leave?(): Promise<void>;
}

/** How each SDK's client connects to a server. */
export interface Links<AnyTransport> {
  stdio(env: Env, flags?: readonly string[]): Link<AnyTransport>;
  /** @param token the access token of each request */
  http(url: string, token?: string): Link<AnyTransport>;
  lines(fromServer: Readable, toServer: Writable): Link<AnyTransport>;
  /** To the command in the test's own process. */
  inProcess(env: Env, flags?: readonly string[]): Link<AnyTransport>;
}

const parameters = (env: Env, flags: readonly string[] = []) => ({
  command: process.execPath,
  args: [cli, 'stdio', ...flags],
  env: childEnv(env),
  stderr: 'pipe' as const,
});

/** Probes the era in the process that then serves. The SDK's own class starts a second process for the probe. */
class StdioTransport extends StdioClientTransport {}

function child<T extends { readonly stderr: Stream | null }>(transport: T): Link<T> {
  let text = '';
  transport.stderr?.on('data', chunk => {
    text += String(chunk);
  });
  return { transport, stderr: () => text };
}

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

function session<T extends { terminateSession(): Promise<void> }>(
  make: (fetch: Fetch) => T,
  token: string | undefined,
): Link<T> {
  let hear: () => void;
  const heard = new Promise<void>(resolve => {
    hear = resolve;
  });
  const transport = make(async (url, init) => {
    const headers = new Headers(init?.headers);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    const response = await fetch(url, { ...init, headers });
    if (init?.method === 'GET' && response.ok) hear();
    return response;
  });
  return { transport, heard, leave: () => transport.terminateSession() };
}

/** One JSON message a line, as over stdio. */
function lineTransport(input: Readable, output: Writable): Transport {
  const lines = createInterface(input).pause();
  const transport: Transport = {
    async start() {
      lines
        .on('line', line => transport.onmessage?.(JSON.parse(line)))
        .on('close', () => transport.onclose?.())
        .resume();
    },
    async send(message) {
      output.write(`${JSON.stringify(message)}\n`);
    },
    async close() {
      output.end();
      lines.close();
    },
  };
  return transport;
}

/** A connection to the command in the test's own process. It closes when the command has ended. */
function inProcessTransport(env: Env, flags?: readonly string[]): Transport {
  const { input, output, ended } = serveInProcess(env, flags);
  const transport = lineTransport(output, input);
  const { close } = transport;
  return Object.assign(transport, {
    async close() {
      await close();
      await ended;
    },
  });
}

/** The transports of the 2.x SDK. */
export const links: Links<Transport> = {
  stdio: (env, flags) => child(new StdioTransport(parameters(env, flags))),
  http: (url, token) => session(fetch => new StreamableHTTPClientTransport(new URL(url), { fetch }), token),
  lines: (input, output) => ({ transport: lineTransport(input, output) }),
  inProcess: (env, flags) => ({ transport: inProcessTransport(env, flags) }),
};

/** The transports of the 1.x SDK. */
export const linksV1: Links<TransportV1> = {
  stdio: (env, flags) => child(new StdioClientTransportV1(parameters(env, flags))),
  http: (url, token) => session(fetch => new StreamableHTTPClientTransportV1(new URL(url), { fetch }), token),
  lines: (input, output) => ({ transport: lineTransport(input, output) as TransportV1 }),
  inProcess: (env, flags) => ({ transport: inProcessTransport(env, flags) as TransportV1 }),
};
