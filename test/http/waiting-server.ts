/** A server over HTTP with one tool, `wait`, whose calls end when the test says so; and requests to it in the 2025 era. */
import { McpServer } from '@modelcontextprotocol/server';
import { expect, onTestFinished } from 'vitest';
import type { Caller } from '../../src/http/caller.ts';
import type { HttpLimits } from '../../src/http/limits.ts';
import { type HttpServer, serveOverHttp } from '../../src/http/server.ts';

/** Calls of the tool `wait`, each of which ends when the test says so. */
export const waiting: (() => void)[] = [];

function createMcp(): McpServer {
  const mcp = new McpServer({ name: 'test', version: '0.0.0' }, { capabilities: { tools: {} } });
  const inputSchema = { type: 'object' as const };
  mcp.server.setRequestHandler('tools/list', () => ({ tools: [{ name: 'wait', inputSchema }] }));
  mcp.server.setRequestHandler('tools/call', async () => {
    await new Promise<void>(resolve => waiting.push(resolve));
    return { content: [{ type: 'text', text: 'done' }] };
  });
  return mcp;
}

const caller = (key: string): Caller => ({
  ...{ key, callerId: key, surface: {} },
  createServer: createMcp,
  openListen: () => {
    throw new Error('nothing is listened to here');
  },
});

/** A server whose callers name themselves in a header. */
export async function serve(
  limits: Partial<HttpLimits> = {},
  more: (key: string) => Partial<Caller> = () => ({}),
): Promise<HttpServer> {
  const server = await serveOverHttp({
    ...{ host: '127.0.0.1', port: 0, limits },
    ...{ allowedHosts: ['127.0.0.1'], allowedOrigins: ['127.0.0.1'] },
    async admit({ headers }) {
      const key = String(headers['x-caller'] ?? 'ann');
      return { ...caller(key), ...more(key) };
    },
  });
  onTestFinished(async () => {
    for (const end of waiting) end();
    await server.close();
    waiting.length = 0;
  });
  return server;
}

export const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test', version: '0.0.0' },
  },
};
export const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
export const wait = { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'wait', arguments: {} } };

export const headers = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

export const post = (url: string, body: unknown, more: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { ...headers, ...more },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

export async function openSession(
  url: string,
  more: Record<string, string> = {},
): Promise<Record<string, string>> {
  const response = await post(url, initialize, more);
  await response.text();
  const id = response.headers.get('mcp-session-id');
  expect(response.status).toBe(200);
  return { ...more, 'mcp-session-id': String(id), 'mcp-protocol-version': '2025-11-25' };
}
