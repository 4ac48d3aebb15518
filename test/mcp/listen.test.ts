/**
 * One listen, with a simulated SDK: what the client gets and in which order, what is refused, and that
 * everything is released.
 */
import type { JSONRPCMessage, JSONRPCNotification } from '@modelcontextprotocol/server';
import { expect, it } from 'vitest';
import { createListens, type ListenSources } from '../../src/mcp/listen.ts';
import type { Json } from '../support/child.ts';
import { createTestSources, LIST } from '../support/followed.ts';

const [one, two, hidden] = ['test://one', 'test://two', 'test://hidden'];
const [task, gone] = ['task-1', 'task-gone'];
const id = 'listen:1';
const stamp = { 'io.modelcontextprotocol/subscriptionId': id };
const withTasks = { extensions: { 'io.modelcontextprotocol/tasks': {} } };

const told = (method: string, params: Json = {}) => ({
  jsonrpc: '2.0',
  method,
  params: { ...params, _meta: stamp },
});
const acknowledged = (notifications: unknown): JSONRPCNotification => ({
  jsonrpc: '2.0',
  method: 'notifications/subscriptions/acknowledged',
  params: { notifications, _meta: stamp },
});
const updated = (uri: string) => told('notifications/resources/updated', { uri });

/** A listen for the filter, and what it has written. */
function listenTo(
  notifications: unknown,
  {
    capabilities = {} as unknown,
    sources = createTestSources([one, two, task, LIST]) as ListenSources &
      ReturnType<typeof createTestSources>,
  } = {},
) {
  const written: JSONRPCMessage[] = [];
  const _meta = { 'io.modelcontextprotocol/clientCapabilities': capabilities };
  const request = {
    ...{ jsonrpc: '2.0' as const, id, method: 'subscriptions/listen' },
    params: { notifications, _meta } as Json,
  };
  const listen = createListens(sources)(request);
  /** Acknowledges as the SDK does: of what the request asks for, all that it knows. */
  const acknowledge = () => {
    const { taskIds: _, ...known } = (listen.request.params as { notifications: Json }).notifications;
    return listen.acknowledge(acknowledged(known), message => void written.push(message));
  };
  return { listen, request, sources, written, acknowledge };
}

it('first acknowledges exactly the subscriptions that it accepts', async () => {
  const { acknowledge, written, sources } = listenTo({
    toolsListChanged: true,
    resourcesListChanged: true,
    resourceSubscriptions: [one, hidden, two],
  });
  expect(await acknowledge()).toBe(true);
  expect(written).toEqual([
    acknowledged({ toolsListChanged: true, resourcesListChanged: true, resourceSubscriptions: [one, two] }),
  ]);
  sources.change(two);
  sources.change(LIST);
  sources.change(one);
  expect(written.slice(1)).toEqual([
    updated(two),
    told('notifications/resources/list_changed'),
    updated(one),
  ]);
});

it('does not acknowledge a list that the client may not follow', async () => {
  const filter = { resourcesListChanged: true, resourceSubscriptions: [one] };
  const { acknowledge, written } = listenTo(filter, { sources: createTestSources([one]) });
  expect(await acknowledge()).toBe(true);
  expect(written).toEqual([acknowledged({ resourceSubscriptions: [one] })]);
});

it('follows a resource once and sends a change once, even if the request repeats it', async () => {
  const { acknowledge, written, sources } = listenTo({ resourceSubscriptions: [one, one] });
  await acknowledge();
  expect(sources.followers(one)).toBe(1);
  sources.change(one);
  expect(written).toEqual([acknowledged({ resourceSubscriptions: [one] }), updated(one)]);
});

it('follows a bounded number, and acknowledges only those', async () => {
  const names = Array.from({ length: 500 }, (_, index) => `test://${index}`);
  const sources = createTestSources(names);
  const { acknowledge, written } = listenTo({ resourceSubscriptions: names }, { sources });
  expect(await acknowledge()).toBe(true);
  expect(written).toEqual([acknowledged({ resourceSubscriptions: names.slice(0, 200) })]);
});

it('holds back changes during the start, and sends them once after the acknowledgement', async () => {
  const { listen, acknowledge, written, sources } = listenTo({ resourceSubscriptions: [one, two] });
  const go = sources.delay(two);
  const acknowledging = acknowledge();
  sources.change(one);
  sources.change(two);
  sources.change(one);
  const ofTheSdk = { jsonrpc: '2.0' as const, method: 'notifications/tools/list_changed' };
  listen.forward(ofTheSdk);
  expect(written).toEqual([]);
  go();
  await acknowledging;
  expect(written).toEqual([
    acknowledged({ resourceSubscriptions: [one, two] }),
    updated(one),
    updated(two),
    ofTheSdk,
  ]);
});

it('sends no change of a subject that could not be followed', async () => {
  const sources = createTestSources([one]);
  const followResource: ListenSources['followResource'] = (uri, onChange) => {
    onChange();
    return sources.followResource(uri, onChange);
  };
  const filter = { resourceSubscriptions: [one, hidden] };
  const { acknowledge, written } = listenTo(filter, { sources: { ...sources, followResource } });
  await acknowledge();
  expect(written).toEqual([acknowledged({ resourceSubscriptions: [one] }), updated(one)]);
});

it('writes nothing after it is closed, and follows nothing', async () => {
  const { listen, acknowledge, written, sources } = listenTo({
    resourcesListChanged: true,
    resourceSubscriptions: [one],
  });
  await acknowledge();
  expect(sources.total).toBe(2);
  listen.close();
  listen.close();
  expect(sources.total).toBe(0);
  listen.forward(acknowledged({}));
  expect(written).toHaveLength(1);
});

it('releases everything when it is closed before the acknowledgement', async () => {
  const { listen, acknowledge, written, sources } = listenTo({ resourceSubscriptions: [one, two] });
  const go = sources.delay(two);
  const acknowledging = acknowledge();
  await expect.poll(() => sources.total).toBe(2);
  listen.close();
  go();
  expect(await acknowledging).toBe(false);
  expect(sources.total).toBe(0);
  expect(written).toEqual([]);
});

it('ends if nothing can be followed', async () => {
  const { acknowledge, written } = listenTo({ resourceSubscriptions: [hidden] });
  expect(await acknowledge()).toBe(false);
  expect(written).toEqual([
    acknowledged({}),
    { jsonrpc: '2.0', id, result: { resultType: 'complete', _meta: stamp } },
  ]);
});

it('sends whole tasks, and acknowledges the known ones', async () => {
  const { listen, acknowledge, written, sources } = listenTo(
    { taskIds: [task, gone, task] },
    { capabilities: withTasks },
  );
  // The SDK would at once end a stream of which it honors no subscription.
  const { notifications } = listen.request.params as { notifications: Json };
  expect(notifications.resourceSubscriptions).toHaveLength(1);
  expect(await acknowledge()).toBe(true);
  expect(sources.followers(task)).toBe(1);
  const detailed = { taskId: task, status: 'working', pollIntervalMs: 1_000 };
  sources.change(task, detailed);
  expect(written).toEqual([acknowledged({ taskIds: [task] }), told('notifications/tasks', detailed)]);
});

it('sends tasks and resources on one stream', async () => {
  const { acknowledge, written, sources } = listenTo(
    { taskIds: [task], resourceSubscriptions: [one] },
    { capabilities: withTasks },
  );
  await acknowledge();
  sources.change(one);
  sources.change(task, { taskId: task });
  expect(written).toEqual([
    acknowledged({ resourceSubscriptions: [one], taskIds: [task] }),
    updated(one),
    told('notifications/tasks', { taskId: task }),
  ]);
  expect(sources.asked(one)).toBe(1);
});

it('follows only tasks if it listens to tasks alone', async () => {
  const asked: string[] = [];
  const sources = createTestSources([task]);
  const followResource: ListenSources['followResource'] = async uri => {
    asked.push(uri);
    throw new Error('not expected');
  };
  const { acknowledge } = listenTo(
    { taskIds: [task] },
    { capabilities: withTasks, sources: { ...sources, followResource } },
  );
  await acknowledge();
  expect(asked).toEqual([]);
});

it('ends if no task is known', async () => {
  const { acknowledge, written } = listenTo({ taskIds: [gone] }, { capabilities: withTasks });
  expect(await acknowledge()).toBe(false);
  expect(written).toEqual([acknowledged({}), expect.objectContaining({ id, result: expect.anything() })]);
});

it.each([
  {},
  { extensions: {} },
  { extensions: 'io.modelcontextprotocol/tasks' },
  { extensions: null },
  'x',
  null,
])('refuses tasks to a request with the capabilities %j', async capabilities => {
  const { listen, request, acknowledge, written, sources } = listenTo(
    { taskIds: [task], resourceSubscriptions: [one] },
    { capabilities },
  );
  expect(listen.request).toBe(request);
  expect(await acknowledge()).toBe(false);
  expect(written).toEqual([listen.refusal]);
  expect(listen.refusal).toMatchObject({
    id,
    error: { code: -32021, data: { requiredCapabilities: withTasks } },
  });
  expect(sources.total).toBe(0);
});

it.each(['task-1', [1], [task, null], null, {}])('refuses task ids that are %j', async taskIds => {
  const { listen } = listenTo({ taskIds }, { capabilities: withTasks });
  expect(listen.refusal?.error).toMatchObject({ code: -32602, message: expect.stringContaining('taskIds') });
});

it.each([undefined, []])('needs no capability if the task ids are %j', async taskIds => {
  const { listen, acknowledge, written } = listenTo({ taskIds, resourceSubscriptions: [one] });
  expect(listen.refusal).toBeUndefined();
  await acknowledge();
  expect(written).toEqual([acknowledged({ resourceSubscriptions: [one] })]);
});

it('knows no tasks if the server has none', async () => {
  const { followTask: _, ...sources } = createTestSources([one]);
  const filter = { taskIds: [task], resourceSubscriptions: [one] };
  const { listen, request } = listenTo(filter, { sources: sources as never });
  expect(listen.refusal).toBeUndefined();
  expect(listen.request).toBe(request);
});

it.each([undefined, null, 'x', { resourceSubscriptions: 'ab', taskIds: [task] }])(
  'lets the SDK refuse a filter that is %j',
  notifications => {
    const { listen, request } = listenTo(notifications, { capabilities: withTasks });
    expect(listen.request).toBe(request);
    expect(listen.refusal).toBeUndefined();
  },
);
