/** The HTTP endpoint's sessions of the 2025 era, and their streams: resumed, released, and closed where a reader is too slow. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createOpenResponses } from '../../src/http/open-responses.ts';
import { messageIn } from '../support/http.ts';
import { headers, initialize, list, openSession, post, serve, wait, waiting } from './waiting-server.ts';

it('serves the 2025 era with sessions, and without one to clients that use none', async () => {
  const server = await serve();
  const session = await openSession(server.url);
  expect(server.open.sessions).toBe(1);
  expect(await messageIn(await post(server.url, list, session))).toMatchObject({
    result: { tools: [{ name: 'wait' }] },
  });
  const alone = await post(server.url, list, { 'mcp-protocol-version': '2025-11-25' });
  expect(await alone.text()).toContain('"wait"');
  // Some clients send a DELETE with the content type of a body, and no body.
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
