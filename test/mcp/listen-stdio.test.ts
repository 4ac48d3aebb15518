/**
 * `subscriptions/listen` over stdio, message by message: several on one connection, how they end, and that the 2025
 * era has none.
 */
import { PassThrough } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { expect, it, onTestFinished } from 'vitest';
import { createListens } from '../../src/mcp/listen.ts';
import { createListenTransport } from '../../src/mcp/listen-transport.ts';
import { serveOverStdio } from '../../src/mcp/stdio.ts';
import { createFollowedServer, createTestSources, LIST } from '../support/followed.ts';
import {
  acknowledged,
  listen,
  notification,
  request,
  STAMP,
  speakLines,
  stamped,
  TASKS,
  updated,
} from '../support/wire.ts';

const [one, two, hidden, task] = ['test://one', 'test://two', 'test://hidden', 'task-1'];
const cancel = (requestId: string | number) => notification('notifications/cancelled', { requestId });
const tasks = { [TASKS]: {} };

/** A server that the test sends lines to; `end` ends stdin and resolves once the connection is closed. */
function serve() {
  const sources = createTestSources([one, two, task, LIST]);
  const [input, output] = [new PassThrough(), new PassThrough()];
  const served = serveOverStdio(
    era => createFollowedServer(sources, era),
    ...([input, output, createListens(sources)] as const),
  );
  const end = () => {
    input.end();
    return served;
  };
  onTestFinished(end);
  return { sources, end, output, ...speakLines(output, input) };
}

it('sends a change to each listen on the connection, each with its own id', async () => {
  const { sources, send, count } = serve();
  send(listen('a', { resourceSubscriptions: [one, two] }));
  send(listen(7, { resourceSubscriptions: [one], resourcesListChanged: true }));
  await count(2);
  sources.change(one);
  sources.change(LIST);
  sources.change(two);
  expect(await count(6)).toEqual([
    acknowledged('a', { resourceSubscriptions: [one, two] }),
    acknowledged(7, { resourceSubscriptions: [one], resourcesListChanged: true }),
    updated('a', one),
    updated(7, one),
    stamped(7, 'notifications/resources/list_changed'),
    updated('a', two),
  ]);
});

it('sends nothing after a cancel, and releases only that listen', async () => {
  const { sources, send, answer, messages, count } = serve();
  send(listen('a', { resourceSubscriptions: [one] }));
  send(listen('b', { resourceSubscriptions: [one] }));
  await count(2);
  send(cancel('a'));
  send(request(1, 'tools/list'));
  await answer(1);
  expect(sources.followers(one)).toBe(1);
  sources.change(one);
  await count(4);
  expect(messages[3]).toEqual(updated('b', one));
});

it('does not mistake the id 1 for the id "1"', async () => {
  const { sources, send, count } = serve();
  send(listen(1, { resourceSubscriptions: [one] }));
  send(listen('1', { resourceSubscriptions: [two] }));
  await count(2);
  send(cancel('1'));
  await expect.poll(() => sources.followers(two)).toBe(0);
  expect(sources.followers(one)).toBe(1);
});

it('does not acknowledge a cancelled listen, and releases it', async () => {
  const { sources, send, answer, messages } = serve();
  const go = sources.delay(one);
  send(listen('a', { resourceSubscriptions: [one] }));
  await expect.poll(() => sources.followers(one)).toBe(1);
  send(cancel('a'));
  send(request(1, 'tools/list'));
  await answer(1);
  go();
  await expect.poll(() => sources.total).toBe(0);
  expect(messages).toEqual([expect.objectContaining({ id: 1 })]);
});

it('does not acknowledge a listen that is cancelled at once', async () => {
  const { sources, send, answer, messages } = serve();
  send(listen('a', { resourceSubscriptions: [one] }));
  send(cancel('a'));
  send(request(1, 'tools/list'));
  await answer(1);
  expect(messages).toHaveLength(1);
  expect(sources.total).toBe(0);
});

it('sends tasks to clients that declare the extension', async () => {
  const { sources, send, count } = serve();
  send(listen('a', { taskIds: [task, 'unknown'] }, tasks));
  expect(await count(1)).toEqual([acknowledged('a', { taskIds: [task] })]);
  const detailed = { taskId: task, status: 'working' };
  sources.change(task, detailed);
  expect((await count(2))[1]).toEqual(stamped('a', 'notifications/tasks', detailed));
});

it('refuses tasks to other clients, and the connection stays open', async () => {
  const { sources, send, answer, count, messages } = serve();
  send(listen('a', { taskIds: [task], resourceSubscriptions: [one] }));
  expect(await answer('a')).toMatchObject({
    error: { code: -32021, data: { requiredCapabilities: { extensions: tasks } } },
  });
  expect(sources.total).toBe(0);
  // The id is free again.
  send(listen('a', { resourceSubscriptions: [one] }));
  expect((await count(2))[1]).toEqual(acknowledged('a', { resourceSubscriptions: [one] }));
  expect(messages).toHaveLength(2);
});

it('ends a listen that follows nothing', async () => {
  const { send, count } = serve();
  send(listen('a', { resourceSubscriptions: [hidden] }));
  expect(await count(2)).toEqual([
    acknowledged('a', {}),
    { jsonrpc: '2.0', id: 'a', result: { resultType: 'complete', _meta: { [STAMP]: 'a' } } },
  ]);
});

it.each([undefined, { resourceSubscriptions: one }, { resourceSubscriptions: null, taskIds: [task] }])(
  'lets the SDK refuse the filter %j',
  async filter => {
    const { sources, send, answer } = serve();
    send(listen('a', filter, tasks));
    expect(await answer('a')).toMatchObject({ error: { code: -32602 } });
    expect(sources.total).toBe(0);
  },
);

it('replaces a listen whose id is used again', async () => {
  const { sources, send, count } = serve();
  send(listen('a', { resourceSubscriptions: [one] }));
  await count(1);
  send(listen('a', { resourceSubscriptions: [two] }));
  await count(2);
  expect([sources.followers(one), sources.followers(two)]).toEqual([0, 1]);
});

it('distinguishes a listen from a cancelled one with the same id', async () => {
  const { sources, send, count, end } = serve();
  const go = sources.delay(one);
  send(listen('a', { resourceSubscriptions: [one] }));
  await expect.poll(() => sources.followers(one)).toBe(1);
  send(cancel('a'));
  send(listen('a', { resourceSubscriptions: [two] }));
  expect(await count(1)).toEqual([acknowledged('a', { resourceSubscriptions: [two] })]);
  go();
  await expect.poll(() => sources.followers(one)).toBe(0);
  sources.change(two);
  expect((await count(2))[1]).toEqual(updated('a', two));
  await end();
  expect(sources.total).toBe(0);
});

it.each(['stdin ends', 'stdout breaks'])('releases everything when %s', async how => {
  const { sources, send, count, end, output } = serve();
  send(listen('a', { resourceSubscriptions: [one], resourcesListChanged: true }));
  await count(1);
  expect(sources.total).toBe(2);
  if (how === 'stdin ends') await end();
  else output.destroy(new Error('EPIPE'));
  await expect.poll(() => sources.total).toBe(0);
});

/** The listening part alone, so that the server can be the one to end it. */
function serveEntry() {
  const sources = createTestSources([one, hidden, LIST]);
  const [input, output] = [new PassThrough(), new PassThrough()];
  const wire = new StdioServerTransport(input, output);
  const write = wire.send.bind(wire);
  let sent = () => {};
  wire.send = message => {
    const written = write(message);
    sent();
    return written;
  };
  const transport = createListenTransport(wire, createListens(sources));
  const mcp = createFollowedServer(sources, 'modern');
  const handle = serveStdio(() => mcp, { transport });
  onTestFinished(() => handle.close());
  /** Runs something each time that a message goes out, before anything else can happen. */
  const onSend = (run: () => void) => {
    sent = run;
  };
  return { sources, mcp, handle, onSend, ...speakLines(output, input) };
}

it('passes on the end of a listen when the server ends, and sends nothing afterwards', async () => {
  const { sources, handle, send, count, messages, onSend } = serveEntry();
  send(listen('a', { resourceSubscriptions: [one] }));
  await count(1);
  onSend(() => sources.change(one));
  await handle.close();
  expect(sources.total).toBe(0);
  expect(await count(2)).toEqual([
    acknowledged('a', { resourceSubscriptions: [one] }),
    expect.objectContaining({ id: 'a', result: expect.objectContaining({ resultType: 'complete' }) }),
  ]);
  expect(messages).toHaveLength(2);
});

it('does not end a refused listen twice', async () => {
  const { handle, send, answer, messages } = serveEntry();
  send(listen('a', { taskIds: [task] }));
  send(listen('b', { taskIds: ['x'] }, tasks));
  await Promise.all([answer('a'), answer('b')]);
  const before = messages.length;
  await handle.close();
  expect(messages).toHaveLength(before);
});

it('holds notifications of the SDK until the listen is acknowledged', async () => {
  const { sources, mcp, send, count } = serveEntry();
  const go = sources.delay(one);
  send(listen('a', { resourceSubscriptions: [one], resourcesListChanged: true }));
  await expect.poll(() => sources.followers(one)).toBe(1);
  await mcp.server.sendResourceListChanged();
  go();
  expect(await count(2)).toEqual([
    acknowledged('a', { resourceSubscriptions: [one], resourcesListChanged: true }),
    stamped('a', 'notifications/resources/list_changed'),
  ]);
});

it('does not exist for a client of the 2025 era', async () => {
  const { sources, send, answer, messages } = serve();
  const clientInfo = { name: 'wire', version: '1.0.0' };
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
  send({ jsonrpc: '2.0', id: 0, method: 'initialize', params });
  await answer(0);
  send(notification('notifications/initialized'));
  send(listen('a', { resourceSubscriptions: [one], taskIds: [task] }));
  send(listen('b', { taskIds: [task] }, tasks));
  expect(await answer('a')).toMatchObject({ error: { code: -32601 } });
  expect(await answer('b')).toMatchObject({ error: { code: -32601 } });
  expect([sources.followers(one), sources.followers(task)]).toEqual([0, 0]);
  // Cancelling other requests of that era still works.
  send({ jsonrpc: '2.0', id: 'c', method: 'resources/subscribe', params: { uri: one } });
  await answer('c');
  sources.change(one);
  await expect
    .poll(() => messages.at(-1))
    .toEqual(notification('notifications/resources/updated', { uri: one }));
});
