/**
 * The HTTP endpoint: who is admitted, its limits, the sessions of the 2025 era, resumed streams, and
 * shutdown.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { McpServer } from '@modelcontextprotocol/server';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import type { Caller } from '../../src/http/caller.ts';
import type { HttpLimits } from '../../src/http/limits.ts';
import { createOpenResponses } from '../../src/http/open-responses.ts';
import { type HttpServer, serveOverHttp } from '../../src/http/server.ts';
import { messageIn } from '../support/http.ts';

/** Calls of the tool `wait`, each of which ends when the test says so. */
let waiting: (() => void)[] = [];
afterEach(() => {
  waiting = [];
});

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
async function serve(
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
  });
  return server;
}

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test', version: '0.0.0' },
  },
};
const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
const wait = { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'wait', arguments: {} } };

const headers = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};

const post = (url: string, body: unknown, more: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { ...headers, ...more },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

async function openSession(url: string, more: Record<string, string> = {}): Promise<Record<string, string>> {
  const response = await post(url, initialize, more);
  await response.text();
  const id = response.headers.get('mcp-session-id');
  expect(response.status).toBe(200);
  return { ...more, 'mcp-session-id': String(id), 'mcp-protocol-version': '2025-11-25' };
}

it.each<[string, number, (own: string) => string[]]>([
  ['a name that is not its own', 403, () => ['host: evil.example']],
  ['a page of somebody else', 403, own => [own, 'origin: https://evil.example']],
  ['two names, whichever is its own', 400, own => [own, 'host: evil.example']],
  ['two names, whichever is its own, in the other order', 400, own => ['Host: evil.example', own]],
  ['its own name twice', 400, own => [own, own]],
])('refuses %s before it reads a body', async (_, status, linesOf) => {
  const { url } = await serve();
  const { port, pathname } = new URL(url);
  // fetch sets these headers by itself.
  const socket = connect(Number(port), '127.0.0.1');
  const lines = linesOf(`host: 127.0.0.1:${port}`);
  socket.write(`POST ${pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\ncontent-length: 2\r\n\r\n`);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  expect(String(chunk)).toContain(`HTTP/1.1 ${status} `);
});

it('answers invalid JSON, long bodies and invalid messages as the protocol requires', async () => {
  const { url } = await serve({ bodyBytes: 1_000 });
  const bad = await post(url, '{');
  expect(bad.status).toBe(400);
  expect(await bad.json()).toMatchObject({ error: { code: -32700 }, id: null });
  const twice = '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"dryRun":true,"dryRun":false}}';
  const refused = await post(url, twice);
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('Name it once')]);
  expect((await post(url, { long: 'x'.repeat(2_000) })).status).toBe(413);
  expect((await fetch(url, { method: 'PUT' })).status).toBe(404);
  expect((await post(url, { hello: 1 })).status).toBe(400);
});

it('serves the 2025 era in sessions, and without one to clients that use none', async () => {
  const server = await serve();
  const session = await openSession(server.url);
  expect(server.open.sessions).toBe(1);
  expect(await messageIn(await post(server.url, list, session))).toMatchObject({
    result: { tools: [{ name: 'wait' }] },
  });
  const alone = await post(server.url, list, { 'mcp-protocol-version': '2025-11-25' });
  expect(await alone.text()).toContain('"wait"');
  // As some clients do, with the type of a body that there is not.
  const gone = await fetch(server.url, { method: 'DELETE', headers: { ...headers, ...session } });
  expect(gone.status).toBe(200);
  expect(server.open.sessions).toBe(0);
  expect((await post(server.url, list, session)).status).toBe(404);
});

it("answers for another caller's session as for an unknown one", async () => {
  const { url } = await serve();
  const session = await openSession(url);
  const [other, none] = await Promise.all([
    post(url, list, { ...session, 'x-caller': 'ben' }),
    post(url, list, { ...session, 'mcp-session-id': crypto.randomUUID() }),
  ]);
  expect(other.status).toBe(404);
  expect(await other.text()).toBe(await none.text());
  expect((await post(url, list, session)).status).toBe(200);
});

it('ends no session with an open stream or call, and says when to retry', async () => {
  const { url } = await serve({ sessionsPerCaller: 2 });
  const [streaming, calling] = [await openSession(url), await openSession(url)];
  const leave = new AbortController();
  const stream = await fetch(url, {
    headers: { ...streaming, accept: 'text/event-stream' },
    signal: leave.signal,
  });
  const call = post(url, wait, calling);
  await expect.poll(() => waiting.length).toBe(1);
  const refused = await post(url, initialize);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  await openSession(url, { 'x-caller': 'ben' });
  waiting[0]?.();
  expect(await (await call).text()).toContain('"done"');
  await openSession(url);
  expect((await post(url, list, streaming)).status).toBe(200);
  expect((await post(url, list, calling)).status).toBe(404);
  expect(stream.status).toBe(200);
  leave.abort();
});

it("ends the sessions of a caller with the caller's application", async () => {
  const ends: (() => void)[] = [];
  const server = await serve({}, key => ({
    whenEnded(run) {
      if (key === 'ann') ends.push(run);
      return () => undefined;
    },
  }));
  const { url } = server;
  const [anns, bens] = [await openSession(url), await openSession(url, { 'x-caller': 'ben' })];
  expect(ends).toHaveLength(1);
  for (const end of ends) end();
  const statuses = [anns, bens].map(async session => (await post(url, list, session)).status);
  expect(await Promise.all(statuses)).toEqual([404, 200]);
});

it('ends an idle session, but not one with an open stream', async () => {
  // The clock stands still until the stream is open.
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  onTestFinished(() => void vi.restoreAllMocks());
  const server = await serve({ sessionIdleMs: 100 });
  const idle = await openSession(server.url);
  const used = await openSession(server.url);
  const stream = await fetch(server.url, { headers: { ...used, accept: 'text/event-stream' } });
  expect(stream.status).toBe(200);
  now += 101;
  await expect.poll(() => server.open.sessions).toBe(1);
  expect((await post(server.url, list, idle)).status).toBe(404);
  expect((await post(server.url, list, used)).status).toBe(200);
});

it('keeps the missed messages of a lost stream, and continues from there', async () => {
  const { url } = await serve();
  const session = await openSession(url);
  const leave = new AbortController();
  const call = await fetch(url, {
    method: 'POST',
    headers: { ...headers, ...session },
    body: JSON.stringify(wait),
    signal: leave.signal,
  });
  const reader = call.body?.pipeThrough(new TextDecoderStream()).getReader();
  const { value: first = '' } = (await reader?.read()) ?? {};
  const [, lastEventId] = /^id: (\S+)$/m.exec(String(first)) ?? [];
  leave.abort();
  await expect.poll(() => waiting.length).toBe(1);
  waiting[0]?.();
  const resumed = await fetch(url, {
    headers: { ...session, accept: 'text/event-stream', 'last-event-id': String(lastEventId) },
  });
  expect(resumed.status).toBe(200);
  const missed = resumed.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('"done"')) text += String((await missed?.read())?.value);
  expect(text).toContain('"id":3');
  await missed?.cancel();
});

it('refuses calls above its limit, says when to retry, and serves again', async () => {
  const { url } = await serve({ calls: 2 });
  const [one, two] = [await openSession(url), await openSession(url)];
  const calls = [post(url, wait, one), post(url, wait, two)];
  await expect.poll(() => waiting.length).toBe(2);
  const third = await post(url, list, one);
  expect(third.status).toBe(503);
  expect(third.headers.get('retry-after')).toMatch(/^\d+$/);
  for (const end of waiting) end();
  for (const response of await Promise.all(calls)) await response.text();
  await expect.poll(async () => (await post(url, list, one)).status).toBe(200);
});

it('lets calls finish at shutdown, and tells streams when to reconnect', async () => {
  const server = await serve();
  const session = await openSession(server.url);
  const stream = await fetch(server.url, { headers: { ...session, accept: 'text/event-stream' } });
  const call = post(server.url, wait, session);
  await expect.poll(() => waiting.length).toBe(1);
  const closing = server.close();
  await expect
    .poll(async () => (await post(server.url, list, session).catch(() => ({ status: 503 }))).status)
    .toBe(503);
  waiting[0]?.();
  expect(await (await call).text()).toContain('"done"');
  expect(await stream.text()).toMatch(/^retry: \d+$/m);
  await closing;
});

it('waits for calls at shutdown only for a bounded time', async () => {
  const server = await serve({ drainMs: 50 });
  const session = await openSession(server.url);
  const call = post(server.url, wait, session);
  await expect.poll(() => waiting.length).toBe(1);
  await server.close();
  await expect(call.then(response => response.text())).resolves.not.toContain('"done"');
});

it('releases a stream whose reader has disconnected', async () => {
  const server = await serve();
  const session = await openSession(server.url);
  const leave = new AbortController();
  const stream = await fetch(server.url, {
    headers: { ...session, accept: 'text/event-stream' },
    signal: leave.signal,
  });
  expect([stream.status, server.open.streams]).toEqual([200, 1]);
  leave.abort();
  await expect.poll(() => server.open.streams).toBe(0);
  expect((await post(server.url, list, session)).status).toBe(200);
});

it('closes a stream whose reader is too slow', async () => {
  const open = createOpenResponses(50);
  const http = createServer((_, response) => {
    open.add(response, 'ann');
    // More than a socket's buffers hold.
    response.write('x'.repeat(50_000_000));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => void http.close());
  const socket = connect((http.address() as AddressInfo).port, '127.0.0.1').pause();
  socket.write('GET / HTTP/1.1\r\nhost: test\r\n\r\n');
  await expect.poll(() => open.size).toBe(1);
  await expect.poll(() => open.size).toBe(0);
  socket.destroy();
});
