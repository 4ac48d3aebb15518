/**
 * From Node's requests to the SDK's `fetch` and back: the head of a request, and an answer in one piece or as a
 * stream.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AuthInfo } from '@modelcontextprotocol/server';
import { expect, it, onTestFinished, vi } from 'vitest';
import { exchange } from '../../src/http/exchange.ts';
import type { Fetch } from '../../src/http/listen-fetch.ts';

const authInfo: AuthInfo = { token: 't', clientId: 'c', scopes: [] };

/** Serves requests by that `fetch`, with a body that counts as parsed. */
async function serve(fetch: Fetch, body: unknown = { a: 1 }) {
  const thrown: unknown[] = [];
  const responses: ServerResponse[] = [];
  const server = createServer((req, res) => {
    responses.push(res);
    req.resume();
    exchange(fetch, req, res, { body, authInfo }).catch(error => {
      thrown.push(error);
      res.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp?x=1`, thrown, responses };
}

const post = { method: 'POST', headers: { 'mcp-method': 'ping', 'x-many': 'é' }, body: 'text' };

it("passes the head, the parsed body and the caller, but not the body's text", async () => {
  let seen: unknown[] = [];
  const { url } = await serve(async (request, options) => {
    const { method, headers } = request;
    const names = ['mcp-method', 'x-many', 'content-length'].map(name => headers.get(name));
    seen = [method, request.url, ...names, request.body, options?.parsedBody, options?.authInfo];
    return new Response(null, { status: 202 });
  });
  const response = await fetch(url, post);
  expect([response.status, await response.text()]).toEqual([202, '']);
  expect(seen).toEqual(['POST', url, 'ping', 'é', null, null, { a: 1 }, authInfo]);
});

it('sends an answer that is not a stream in one piece, with its length', async () => {
  const { url } = await serve(async () => Response.json({ said: '…' }, { status: 404 }));
  const response = await fetch(url, post);
  expect(response.status).toBe(404);
  expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength('{"said":"…"}')));
  expect(await response.json()).toEqual({ said: '…' });
});

/** A stream of text that the test continues and ends. */
function startStream() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
    },
  });
  return {
    answer: async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    say: (text: string) => controller?.enqueue(Buffer.from(text)),
    end: () => controller?.close(),
    fail: () => controller?.error(new Error('it broke')),
  };
}

/** Holds back every `setTimeout` until the test runs it. */
function holdTimers() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}

it('sends a stream that ends soon in one piece', async () => {
  const { answer, say, end } = startStream();
  const { url } = await serve(answer);
  say('data: …\n\n');
  say('data: 2\n\n');
  end();
  const response = await fetch(url, post);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength('data: …\n\ndata: 2\n\n')));
  expect(await response.text()).toBe('data: …\n\ndata: 2\n\n');
});

it('sends the beginning of a longer stream before its end', async () => {
  const { answer, say, end } = startStream();
  const { url } = await serve(answer);
  say('data: 1\n\n');
  const response = await fetch(url, post);
  const reader = response.body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: 1\n\n');
  say('data: 2\n\n');
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: 2\n\n');
  end();
  expect((await reader?.read())?.done).toBe(true);
});

it('holds back no more than its buffer, and loses nothing', async () => {
  holdTimers();
  const { answer, say, end } = startStream();
  const { url } = await serve(answer);
  for (let part = 0; part < 70; part += 1) say('x'.repeat(1_000));
  const response = await fetch(url, post);
  for (let part = 0; part < 30; part += 1) say('x'.repeat(1_000));
  end();
  expect(await response.text()).toBe('x'.repeat(100_000));
});

it('sends each message of a listen at once', async () => {
  holdTimers();
  const { answer, say } = startStream();
  const { url } = await serve(answer, { method: 'subscriptions/listen' });
  say('data: 1\n\n');
  const response = await fetch(url, post);
  const first = await response.body?.getReader().read();
  expect(Buffer.from(first?.value ?? []).toString()).toBe('data: 1\n\n');
});

it('throws when a stream breaks, and has sent nothing of one that broke at once', async () => {
  const soon = startStream();
  const broken = await serve(soon.answer);
  soon.say('data: 1\n\n');
  soon.fail();
  expect(await fetch(broken.url, post).catch(() => 'closed')).toBe('closed');
  expect([broken.thrown.length, broken.responses[0]?.headersSent]).toEqual([1, false]);

  const late = startStream();
  const breaking = await serve(late.answer);
  late.say('data: 1\n\n');
  const response = await fetch(breaking.url, post);
  late.fail();
  await expect(response.text()).rejects.toThrow();
  expect([breaking.thrown.length, breaking.responses[0]?.headersSent]).toEqual([1, true]);
});

it('distinguishes a client that disconnected from one that got its answer', async () => {
  let left: AbortSignal | undefined;
  const answered = await serve(async ({ signal }) => {
    left = signal;
    return Response.json({});
  });
  await (await fetch(answered.url, { ...post, headers: { connection: 'close' } })).text();
  await expect.poll(() => answered.responses[0]?.closed).toBe(true);
  expect(left?.aborted).toBe(false);
  left = undefined;

  const waiting = await serve(({ signal }) => {
    left = signal;
    return new Promise((_, reject) => signal.addEventListener('abort', reject));
  });
  const leave = new AbortController();
  const asking = fetch(waiting.url, { ...post, signal: leave.signal }).catch(() => 'left');
  await expect.poll(() => left?.aborted).toBe(false);
  leave.abort();
  expect(await asking).toBe('left');
  await expect.poll(() => left?.aborted).toBe(true);
  await expect.poll(() => waiting.thrown.length).toBe(1);
});

it("streams at the reader's pace, and stops when the reader disconnects", async () => {
  let made = 0;
  let isCancelled = false;
  const { url, responses } = await serve(async () => {
    const body = new ReadableStream({
      async pull(controller) {
        made += 1;
        await new Promise(resolve => setImmediate(resolve));
        controller.enqueue(new Uint8Array(100_000));
      },
      cancel() {
        isCancelled = true;
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  });
  const leave = new AbortController();
  const response = await fetch(url, { ...post, signal: leave.signal });
  const reader = response.body?.getReader();
  await reader?.read();
  await expect.poll(() => responses[0]?.writableNeedDrain).toBe(true);
  const before = made;
  // Each round is time enough to make one more chunk; one may already have been under way.
  for (let turn = 0; turn < 50; turn += 1) await new Promise(resolve => setImmediate(resolve));
  expect(made).toBeLessThanOrEqual(before + 2);
  leave.abort();
  await expect.poll(() => isCancelled).toBe(true);
});
