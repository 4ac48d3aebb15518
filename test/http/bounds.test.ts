/**
 * The bounds of the HTTP endpoint, set low: slow and large requests, one caller's share of the server, and
 * how the place of a disconnected client becomes free.
 */
import { EventEmitter, once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { McpServer } from '@modelcontextprotocol/server';
import type { FastifyRequest } from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import type { HttpLimits } from '../../src/http/limits.ts';
import { serveOverHttp } from '../../src/http/server.ts';
import { createListens } from '../../src/mcp/listen.ts';
import { eras } from '../support/child.ts';
import { createTestSources, LIST } from '../support/followed.ts';
import { connectAndSend, headOf, statusOf } from '../support/raw-http.ts';
import { listen as listenMessage } from '../support/wire.ts';

const headers = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
};
const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: eras[0].first };
const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
const listening = listenMessage('a', { resourcesListChanged: true });
const headersOfListening = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' };
const wait = { jsonrpc: '2.0', id: 3, method: 'tools/call', params: { name: 'wait', arguments: {} } };

/** A server whose calls last until the test ends, and whose callers name themselves in a header. */
async function serve(
  limits: Partial<HttpLimits> = {},
  meanwhile: (request: FastifyRequest) => Promise<unknown> = async () => undefined,
) {
  const sources = createTestSources([LIST]);
  const ends: (() => void)[] = [];
  const errors: Error[] = [];
  function createServer(): McpServer {
    const capabilities = { tools: {}, resources: { listChanged: true } };
    const mcp = new McpServer({ name: 'test', version: '0.0.0' }, { capabilities });
    mcp.server.setRequestHandler('tools/list', () => ({ tools: [] }));
    mcp.server.setRequestHandler('tools/call', async () => {
      await new Promise<void>(resolve => ends.push(resolve));
      return { content: [] };
    });
    return mcp;
  }
  const server = await serveOverHttp({
    ...{ host: '127.0.0.1', port: 0, limits },
    ...{ allowedHosts: ['127.0.0.1'], allowedOrigins: [] },
    onError: error => errors.push(error),
    async admit(request) {
      await meanwhile(request);
      const key = String(request.headers['x-caller'] ?? 'ann');
      // `ann.1` and `ann.2` stand for two tokens of one caller.
      const [callerId = key] = key.split('.');
      const caller = { key, callerId, surface: {}, openListen: createListens(sources) };
      return { ...caller, createServer: key === 'defect' ? () => fail() : createServer };
    },
  });
  const close = async () => {
    for (const end of ends) end();
    await server.close();
  };
  onTestFinished(close);
  const post = (body: unknown, more: Record<string, string> = {}) =>
    fetch(server.url, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) });
  const listen = (caller: string) => post(listening, { ...headersOfListening, 'x-caller': caller });
  return { server, url: server.url, post, listen, ends, errors, close };
}

function fail(): never {
  throw new Error('a defect');
}

const start = (url: string, more: Record<string, string>) => headOf(url, { ...headers, ...more });

it.each([
  ['a head', (url: string) => start(url, {}).slice(0, -2)],
  ['a body', (url: string) => `${start(url, { 'content-length': '100' })}{`],
  ['a body of no length', (url: string) => `${start(url, { 'transfer-encoding': 'chunked' })}1\r\n{\r\n`],
])('waits for %s only for a bounded time, and serves others meanwhile', async (_, textOf) => {
  const { url, post } = await serve({ receiveMs: 500 });
  const slow = await Promise.all(Array.from({ length: 50 }, () => connectAndSend(url, textOf(url))));
  expect((await post(list)).status).toBe(200);
  expect(new Set(await Promise.all(slow.map(statusOf)))).toEqual(new Set([408]));
});

it('ends while a client is still sending', async () => {
  const { url, post, close } = await serve();
  const slow = await connectAndSend(url, `${start(url, { 'content-length': '100' })}{`);
  expect((await post(list)).status).toBe(200);
  await Promise.all([close(), once(slow, 'close')]);
});

it('bounds the size of all arriving bodies together, lets small ones pass, and has room again afterwards', async () => {
  const { url, post } = await serve({ arrivingBytes: 100_000 });
  const head = start(url, { 'content-length': '90001' });
  const body = ' '.repeat(90_000);
  const held = await connectAndSend(url, head, body);
  const second = await connectAndSend(url, head, body);
  const refused = await Promise.race([
    statusOf(held).then(status => [status, second] as const),
    statusOf(second).then(status => [status, held] as const),
  ]);
  expect(refused[0]).toBe(503);
  expect((await post(list)).status).toBe(200);
  refused[1].write('1');
  expect((await post({ ...list, params: { long: 'x'.repeat(95_000) } })).status).toBe(200);
});

it('frees the room of an abandoned body', async () => {
  const { url, post } = await serve({ arrivingBytes: 50_000 });
  for (let round = 0; round < 3; round++) {
    const left = await connectAndSend(url, start(url, { 'content-length': '90001' }), ' '.repeat(49_000));
    expect((await post(list)).status).toBe(200);
    await once(left.resetAndDestroy(), 'close');
  }
  const long = { ...list, params: { long: 'x'.repeat(45_000) } };
  await expect.poll(async () => (await post(long)).status).toBe(200);
});

it('keeps its bound while callers are being identified', async () => {
  const news = new EventEmitter();
  const all = once(news, 'all');
  let asked = 0;
  const { post, ends, server } = await serve({ calls: 2 }, async () => {
    asked += 1;
    if (asked === 5) news.emit('all');
    await all;
  });
  const answers = Array.from({ length: 5 }, () => post(wait));
  const refused: number[] = [];
  for (const answer of answers) void answer.then(({ status }) => status === 200 || refused.push(status));
  await expect.poll(() => refused).toEqual([503, 503, 503]);
  await expect.poll(() => ends.length).toBe(2);
  expect(server.open.calls).toBe(2);
});

it('counts the calls of a caller together, for all of their tokens', async () => {
  const { post, ends } = await serve({ callsPerCaller: 2 });
  for (const [at, key] of ['ann.1', 'ann.2'].entries()) {
    void post(wait, { 'x-caller': key });
    await expect.poll(() => ends.length).toBe(at + 1);
  }
  const statuses = ['ann.3', 'ben.1'].map(async key => (await post(list, { 'x-caller': key })).status);
  expect(await Promise.all(statuses)).toEqual([503, 200]);
});

it('lets no caller use all calls', async () => {
  const { post, ends } = await serve({ callsPerCaller: 1 });
  void post(wait);
  await expect.poll(() => ends.length).toBe(1);
  const second = await post(list);
  expect(second.status).toBe(503);
  expect(second.headers.get('retry-after')).toMatch(/^\d+$/);
  expect((await post(list, { 'x-caller': 'ben' })).status).toBe(200);
  ends[0]?.();
  await expect.poll(async () => (await post(list)).status).toBe(200);
});

it('lets no caller use all streams', async () => {
  const { listen, server } = await serve({ streamsPerCaller: 1 });
  const first = await listen('ann');
  const second = await listen('ann');
  expect([first.status, second.status]).toEqual([200, 503]);
  expect(second.headers.get('retry-after')).toMatch(/^\d+$/);
  expect((await listen('ben')).status).toBe(200);
  await first.body?.cancel();
  await expect.poll(() => server.open.streams).toBe(1);
  expect((await listen('ann')).status).toBe(200);
});

it('counts listens as streams', async () => {
  // More than the SDK allows by default.
  const { url, listen, server } = await serve({ streams: 1_050, streamsPerCaller: 1_050 });
  // Node's own client costs a fraction of fetch.
  async function typeOfListening(): Promise<string | undefined> {
    const request = httpRequest(url, { method: 'POST', headers: { ...headers, ...headersOfListening } });
    const [answer] = (await once(request.end(JSON.stringify(listening)), 'response')) as [IncomingMessage];
    return answer.headers['content-type'];
  }
  const types: (string | undefined)[] = [];
  for (let round = 0; round < 21; round++)
    types.push(...(await Promise.all(Array.from({ length: 50 }, typeOfListening))));
  expect(new Set(types)).toEqual(new Set(['text/event-stream']));
  expect(server.open.streams).toBe(1_050);
  expect((await listen('ann')).status).toBe(503);
});

it('counts a call as a call even if its header names a listen', async () => {
  const { post, ends, server } = await serve();
  void post(wait, { 'mcp-method': 'subscriptions/listen' });
  await expect.poll(() => ends.length).toBe(1);
  expect(server.open).toMatchObject({ calls: 1, streams: 0 });
});

it('keeps no place for a client that disconnects while it is identified', async () => {
  const news = new EventEmitter();
  const left = once(news, 'left');
  const { url, post, server } = await serve({ calls: 1 }, async ({ raw, headers: { 'x-caller': who } }) => {
    if (who !== 'eve') return;
    await once(raw.socket, 'close');
    news.emit('left');
  });
  const body = JSON.stringify(list);
  const length = { 'content-length': String(body.length), 'x-caller': 'eve' };
  (await connectAndSend(url, start(url, length), body)).destroy();
  await left;
  expect((await post(list)).status).toBe(200);
  await expect.poll(() => server.open.calls).toBe(0);
});

it('answers 500 and reports the error if a server cannot be created, and keeps no place for it', async () => {
  const { post, errors, server } = await serve();
  const answer = await post(initialize, { 'x-caller': 'defect' });
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('a defect');
  expect(errors.map(({ message }) => message)).toEqual(['a defect']);
  await expect.poll(() => server.open).toMatchObject({ calls: 0, sessions: 0 });
});
