/**
 * The event ids on the streams of the 2025 era: a client that lost a stream resumes it by them, and one
 * that has its answer does not. Clients of an older SDK, such as Gemini CLI's, come back after every stream with an id.
 */
import { McpServer } from '@modelcontextprotocol/server';
import { expect, it, onTestFinished } from 'vitest';
import { eras } from '../support/child.ts';
import { serveHttp } from '../support/http.ts';

const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: eras[0].first };
const call = (name: string) => ({
  jsonrpc: '2.0',
  id: 2,
  method: 'tools/call',
  params: { name, arguments: {} },
});
const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** A server with a tool that answers at once, and one that answers when the test lets it. */
async function serve() {
  const waiting: (() => void)[] = [];
  const createServer = () => {
    const server = new McpServer({ name: 'test', version: '0.0.0' });
    server.registerTool('now', {}, async () => ({ content: [{ type: 'text', text: 'id: done' }] }));
    server.registerTool('away', {}, async ({ http }) => {
      http?.closeSSE?.();
      return { content: [{ type: 'text', text: 'done' }] };
    });
    server.registerTool('later', {}, async () => {
      await new Promise<void>(resolve => waiting.push(resolve));
      return { content: [{ type: 'text', text: 'done' }] };
    });
    return server;
  };
  const { url, close } = await serveHttp(createServer, () => {
    throw new Error('not expected to be called');
  });
  onTestFinished(close);
  const post = (body: object, more: Record<string, string> = {}) =>
    fetch(url, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) });
  const opened = await post(initialize);
  const session = {
    'mcp-session-id': String(opened.headers.get('mcp-session-id')),
    'mcp-protocol-version': '2025-11-25',
  };
  const resume = (lastEventId: string) =>
    fetch(url, { headers: { ...session, accept: 'text/event-stream', 'last-event-id': lastEventId } });
  return { opened: await opened.text(), waiting, ask: (name: string) => post(call(name), session), resume };
}

/** The ids of the events in a stream. */
const idsIn = (stream: string) => [...stream.matchAll(/^id: (.*)$/gm)].map(([, id]) => String(id));

it('sends no id with an answer that comes at once', async () => {
  const { opened, ask } = await serve();
  const text = await (await ask('now')).text();
  expect(text).toContain('id: done');
  for (const stream of [opened, text]) expect(stream).toMatch(/^event: message\ndata: \{.*\}\n\n$/);
});

it('starts a longer stream with an event id for resumption, and sends the answer without one', async () => {
  const { ask, waiting } = await serve();
  const response = await ask('later');
  await expect.poll(() => waiting.length).toBe(1);
  waiting[0]?.();
  const text = await response.text();
  expect(idsIn(text)).toHaveLength(1);
  expect(text.indexOf('id: ')).toBe(0);
  expect(text).toMatch(/\n\nevent: message\ndata: \{.*\}\n\n$/);
});

it('gives the answer to a client that resumes, and ends the stream of one that already has it', async () => {
  const { ask, waiting, resume } = await serve();
  const response = await ask('later');
  await expect.poll(() => waiting.length).toBe(1);
  waiting[0]?.();
  const [opening = ''] = idsIn(await response.text());
  const missed = await (await resume(opening)).text();
  expect(missed).toContain('"done"');
  const [last = ''] = idsIn(missed);
  const again = await resume(last);
  // To clients this status means that the server has no such streams, so they do not ask again.
  expect(again.status).toBe(405);
  expect(await again.json()).toMatchObject({
    jsonrpc: '2.0',
    error: { message: expect.stringContaining('nothing more') },
  });
});

it('opens a stream with an id if it ends before its answer', async () => {
  const { ask, resume } = await serve();
  const [opening = ''] = idsIn(await (await ask('away')).text());
  expect(opening).not.toBe('');
  expect(await (await resume(opening)).text()).toContain('"done"');
});
