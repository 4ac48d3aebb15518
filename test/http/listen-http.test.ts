/** `subscriptions/listen` over HTTP, message by message: one stream each, how each ends, and what is refused first. */
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { type AuthInfo, createMcpHandler, type JSONRPCRequest } from '@modelcontextprotocol/server';
import { expect, it, onTestFinished } from 'vitest';
import { createListenFetch } from '../../src/http/listen-fetch.ts';
import { createListens } from '../../src/mcp/listen.ts';
import type { Json } from '../support/child.ts';
import { createFollowedServer, createTestSources, LIST } from '../support/followed.ts';
import { serveHttp } from '../support/http.ts';
import { acknowledged, frames, listen, STAMP, stamped, TASKS, updated } from '../support/wire.ts';

const [one, two, hidden, task] = ['test://one', 'test://two', 'test://hidden', 'task-1'];
const tasks = { [TASKS]: {} };

const headers = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'subscriptions/listen',
};
const post = (message: unknown) => ({ method: 'POST', headers, body: JSON.stringify(message) });

async function serve() {
  const sources = createTestSources([one, two, task, LIST]);
  const server = await serveHttp(era => createFollowedServer(sources, era), createListens(sources));
  onTestFinished(() => server.close());
  return { sources, ...server };
}

/** The handler without a server. @param maxSubscriptions how many listens it allows */
function handle(maxSubscriptions = 1) {
  const sources = createTestSources([one, two, task, LIST]);
  const handler = createMcpHandler(() => createFollowedServer(sources, 'modern'), { maxSubscriptions });
  onTestFinished(() => handler.close());
  const callers: (AuthInfo | undefined)[] = [];
  const open = (request: JSONRPCRequest, authInfo: AuthInfo | undefined) => {
    callers.push(authInfo);
    return createListens(sources)(request);
  };
  const fetch = createListenFetch(handler.fetch, open);
  const send = (message: unknown, more: RequestInit = {}) =>
    fetch(new Request('http://127.0.0.1/mcp', { ...post(message), ...more }));
  return { sources, handler, callers, fetch, send };
}

const next = async (stream: AsyncGenerator<Json>) => (await stream.next()).value as Json | undefined;

it('streams the acknowledgement, then each change', async () => {
  const { sources, url } = await serve();
  const filter = { resourceSubscriptions: [one, hidden], resourcesListChanged: true };
  const response = await fetch(url, post(listen('a', filter)));
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  const stream = frames(response);
  expect(await next(stream)).toEqual(
    acknowledged('a', { resourceSubscriptions: [one], resourcesListChanged: true }),
  );
  sources.change(one);
  expect(await next(stream)).toEqual(updated('a', one));
  sources.change(LIST);
  expect(await next(stream)).toEqual(stamped('a', 'notifications/resources/list_changed'));
  await stream.return(undefined);
});

it('sends a change once on each stream, although their ids are equal', async () => {
  const { sources, url } = await serve();
  const filters = [{ resourceSubscriptions: [one] }, { resourceSubscriptions: [one, two] }];
  const streams = await Promise.all(
    filters.map(async filter => frames(await fetch(url, post(listen(1, filter))))),
  );
  await Promise.all(streams.map(next));
  sources.change(one);
  sources.change(two);
  const [first, second] = streams as [AsyncGenerator<Json>, AsyncGenerator<Json>];
  expect(await next(second)).toEqual(updated(1, one));
  expect(await next(second)).toEqual(updated(1, two));
  expect(await next(first)).toEqual(updated(1, one));
  await first.return(undefined);
  await expect.poll(() => sources.followers(one)).toBe(1);
  sources.change(one);
  expect(await next(second)).toEqual(updated(1, one));
  await second.return(undefined);
});

it('sends changes during the start after the acknowledgement', async () => {
  const { sources, url } = await serve();
  const go = sources.delay(one);
  const responding = fetch(url, post(listen('a', { resourceSubscriptions: [one] })));
  await expect.poll(() => sources.followers(one)).toBe(1);
  sources.change(one);
  go();
  const stream = frames(await responding);
  expect(await next(stream)).toEqual(acknowledged('a', { resourceSubscriptions: [one] }));
  expect(await next(stream)).toEqual(updated('a', one));
  await stream.return(undefined);
});

it('releases everything when the request is aborted', async () => {
  const { sources, url } = await serve();
  const leave = new AbortController();
  const filter = { resourceSubscriptions: [one, two], resourcesListChanged: true };
  const response = await fetch(url, { ...post(listen('a', filter)), signal: leave.signal });
  await next(frames(response));
  expect(sources.total).toBe(3);
  leave.abort();
  await expect.poll(() => sources.total).toBe(0);
});

it.each(['before', 'after'])(
  'releases everything when the socket breaks %s the acknowledgement',
  async when => {
    const { sources, url } = await serve();
    const go = sources.delay(one);
    const { body, ...options } = post(listen('a', { resourceSubscriptions: [one] }));
    const sent = httpRequest(url, options).on('error', () => undefined);
    sent.end(body);
    await expect.poll(() => sources.followers(one)).toBe(1);
    if (when === 'after') {
      go();
      const [response] = await once(sent, 'response');
      await once(response, 'data');
    }
    sent.destroy();
    go();
    await expect.poll(() => sources.total).toBe(0);
  },
);

it('acknowledges nothing to a disconnected client, and releases everything', async () => {
  const { sources, send } = handle();
  const go = sources.delay(one);
  const leave = new AbortController();
  const filter = { resourceSubscriptions: [one, two] };
  const stream = frames(await send(listen('a', filter), { signal: leave.signal }));
  await expect.poll(() => sources.total).toBe(2);
  leave.abort();
  go();
  expect(await stream.next()).toMatchObject({ done: true });
  await expect.poll(() => sources.total).toBe(0);
});

it('ends an unacknowledged stream when the server ends', async () => {
  const { sources, url, close } = await serve();
  const go = sources.delay(one);
  const responding = fetch(url, post(listen('a', { resourceSubscriptions: [one] })));
  await expect.poll(() => sources.followers(one)).toBe(1);
  const closing = close();
  const stream = frames(await responding);
  expect(await next(stream)).toMatchObject({ id: 'a', result: { resultType: 'complete' } });
  expect(await stream.next()).toMatchObject({ done: true });
  await closing;
  go();
  await expect.poll(() => sources.total).toBe(0);
});

it('holds notifications of the SDK until the listen is acknowledged', async () => {
  const { sources, handler, send } = handle();
  const go = sources.delay(one);
  const stream = frames(
    await send(listen('a', { resourceSubscriptions: [one], resourcesListChanged: true })),
  );
  await expect.poll(() => sources.followers(one)).toBe(1);
  handler.notify.resourcesChanged();
  go();
  expect(await next(stream)).toEqual(
    acknowledged('a', { resourceSubscriptions: [one], resourcesListChanged: true }),
  );
  expect(await next(stream)).toEqual(stamped('a', 'notifications/resources/list_changed'));
  await stream.return(undefined);
});

it('ends every stream properly when the server ends, and sends nothing afterwards', async () => {
  const { sources, url, close } = await serve();
  const stream = frames(await fetch(url, post(listen('a', { resourceSubscriptions: [one] }))));
  await next(stream);
  const closing = close();
  expect(await next(stream)).toMatchObject({ id: 'a', result: { resultType: 'complete' } });
  expect(await stream.next()).toMatchObject({ done: true });
  await closing;
  expect(sources.total).toBe(0);
  sources.change(one);
});

it('sends tasks to clients that declare the extension', async () => {
  const { sources, url } = await serve();
  const stream = frames(await fetch(url, post(listen('a', { taskIds: [task, 'unknown'] }, tasks))));
  expect(await next(stream)).toEqual(acknowledged('a', { taskIds: [task] }));
  const detailed = { taskId: task, status: 'completed', result: { content: [] } };
  sources.change(task, detailed);
  expect(await next(stream)).toEqual(stamped('a', 'notifications/tasks', detailed));
  await stream.return(undefined);
  await expect.poll(() => sources.total).toBe(0);
});

it('refuses tasks to other clients', async () => {
  const { sources, url } = await serve();
  const response = await fetch(url, post(listen('a', { taskIds: [task], resourceSubscriptions: [one] })));
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    id: 'a',
    error: { code: -32021, data: { requiredCapabilities: { extensions: tasks } } },
  });
  expect(sources.total).toBe(0);
});

it('refuses malformed task ids as the SDK does a malformed filter', async () => {
  const { url } = await serve();
  for (const filter of [{ taskIds: task }, { resourceSubscriptions: one }]) {
    const response = await fetch(url, post(listen('a', filter, tasks)));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ id: 'a', error: { code: -32602 } });
  }
});

it('ends a stream that follows nothing', async () => {
  const { url } = await serve();
  const stream = frames(await fetch(url, post(listen('a', { resourceSubscriptions: [hidden] }))));
  expect(await next(stream)).toEqual(acknowledged('a', {}));
  expect(await next(stream)).toMatchObject({ id: 'a', result: { _meta: { [STAMP]: 'a' } } });
  expect(await stream.next()).toMatchObject({ done: true });
});

it.each([
  ['refused', { taskIds: [task], resourceSubscriptions: [one] }],
  ['left with nothing to follow', { resourceSubscriptions: [hidden] }],
])('frees the place of a listen that was %s', async (_, filter) => {
  const { send } = handle();
  await (await send(listen('a', filter))).text();
  const stream = frames(await send(listen('b', { resourceSubscriptions: [two] })));
  expect(await next(stream)).toEqual(acknowledged('b', { resourceSubscriptions: [two] }));
  await stream.return(undefined);
});

it('frees the place of an abandoned listen during a change', async () => {
  const { send, sources } = handle();
  const body = (await send(listen('a', { resourceSubscriptions: [one] }))).body;
  const reader = body?.getReader();
  await reader?.read();
  const leaving = reader?.cancel();
  sources.change(one);
  await leaving;
  expect(sources.total).toBe(0);
  const stream = frames(await send(listen('b', { resourceSubscriptions: [two] })));
  expect(await next(stream)).toEqual(acknowledged('b', { resourceSubscriptions: [two] }));
  await stream.return(undefined);
});

it('follows nothing if the SDK refuses the listen', async () => {
  const { send, sources } = handle();
  const stream = frames(await send(listen('a', { resourceSubscriptions: [one] })));
  await next(stream);
  const refused = await send(listen('b', { resourceSubscriptions: [two] }));
  expect(await refused.json()).toMatchObject({ error: { code: -32603 } });
  expect(sources.asked(two)).toBe(0);
  await stream.return(undefined);
});

it('notices the end of a stream whose client has stopped reading', async () => {
  const { send, sources, handler } = handle();
  const response = await send(listen('a', { resourceSubscriptions: [one] }));
  await expect.poll(() => sources.total).toBe(1);
  for (let change = 0; change < 10; change++) sources.change(one);
  await handler.close();
  await expect.poll(() => sources.total).toBe(0);
  await response.body?.cancel();
});

it('passes the caller on to the sources', async () => {
  const { fetch, callers, send } = handle(2);
  const authInfo = { token: 't', clientId: 'someone', scopes: [] };
  const message = listen('a', { resourceSubscriptions: [one] });
  const bare = new Request('http://127.0.0.1/mcp', { ...post(message), body: null });
  const responses = [await fetch(bare, { authInfo, parsedBody: message }), await send(message)];
  expect(callers).toEqual([authInfo, undefined]);
  for (const response of responses) {
    const stream = frames(response);
    expect(await next(stream)).toEqual(acknowledged('a', { resourceSubscriptions: [one] }));
    await stream.return(undefined);
  }
});

it.each<[string, RequestInit, number, number]>([
  ['a body that is not JSON', { body: '{' }, 400, -32700],
  ['a body of another method', { body: JSON.stringify({ ...listen(1, {}), method: 'ping' }) }, 400, -32020],
  ['a header of another method', { headers: { ...headers, 'mcp-method': 'ping' } }, 400, -32020],
  ['an unknown version', { headers: { ...headers, 'mcp-protocol-version': '2027-01-01' } }, 400, -32020],
])('lets the SDK refuse %s', async (_, more, status, code) => {
  const { send, sources } = handle();
  const response = await send(listen('a', { resourceSubscriptions: [one] }), more);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { code } });
  expect(sources.total).toBe(0);
});
