/**
 * A clone watched to its end in four ways: polling the tool, reading the resource, subscribing, and as a
 * task; with each generation of clients, over stdio and HTTP, and at bounded cost to AWS.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import { serveApp } from '../support/app-http.ts';
import type { Json } from '../support/child.ts';
import { type Generation, generations, httpGenerations, type McpClient, today } from '../support/clients.ts';
import { setHome } from '../support/home.ts';
import { inProcess, type MessageClient, overHttp, overStdio } from '../support/message-client.ts';
import { on } from './cases/case.ts';

const clone = on('dev', { targetEnvironmentName: 'qa' });

const home = setHome({ jobMs: 30_000 });
const { env } = home;

/** Connects. @param generation replaces the newest one over stdio, which needs a child only once */
type Connect = (generation?: Generation) => Promise<McpClient>;

/** Every client generation over every transport. */
const clients: [name: string, connect: Connect][] = [
  ...generations.map((own, at): [string, Connect] => [
    `${own.name} over stdio`,
    (generation = own) => (at === 0 ? generation : own).connect(env()),
  ]),
  ...httpGenerations.map(({ name, connect }): [string, Connect] => [
    `${name} over HTTP`,
    async () => connect((await serveApp(env())).url),
  ]),
];

async function startClone(client: McpClient): Promise<{ uri: string; jobId: string }> {
  const { structuredContent } = await client.callTool('clone_backend', clone);
  return structuredContent.job as { uri: string; jobId: string };
}

const read = async (client: McpClient, uri: string) =>
  JSON.parse((await client.readResource(uri)).contents[0]?.text ?? '') as Json;

describe.each(clients)('%s', (_, connectTo) => {
  async function connect(generation = today): Promise<McpClient> {
    const client = await connectTo(generation);
    onTestFinished(() => client.close());
    return client;
  }

  it('polls the tool', async () => {
    const client = await connect();
    const { jobId } = await startClone(client);
    const look = async () =>
      (await client.callTool('get_backend_job', on('qa', { jobId }))).structuredContent.job as Json;
    expect(await look()).toMatchObject({ state: 'running' });
    home.sandbox.finishJobs();
    expect(await look()).toMatchObject({ state: 'succeeded', status: 'COMPLETED' });
  });

  it('reads the resource', async () => {
    const client = await connect();
    const { uri } = await startClone(client);
    const first = await read(client, uri);
    expect(first).toMatchObject({ state: 'running', waitingFor: expect.stringContaining('AWS') });
    home.sandbox.finishJobs();
    await expect.poll(() => read(client, uri)).toMatchObject({ state: 'succeeded' });
    const polls = (await home.sandbox.verdicts('GetBackendJob')).length;
    await read(client, uri);
    expect(await home.sandbox.verdicts('GetBackendJob')).toHaveLength(polls);
  });

  it('subscribes to the resource, and to the list', async () => {
    const client = await connect(generations[0]);
    const list = await client.watchList();
    const { uri } = await startClone(client);
    await list.next();
    const { resources } = await client.listResources();
    expect(resources[0]?.uri).toBe(uri);
    const watch = await client.subscribe(uri);
    const before = watch.updates();
    home.sandbox.finishJobs();
    await list.next();
    expect(watch.updates()).toBeGreaterThan(before);
    expect(await read(client, uri)).toMatchObject({ state: 'succeeded' });
    const told = watch.updates();
    const polls = (await home.sandbox.verdicts('GetBackendJob')).length;
    // A read after the end shows the same, without another request to AWS.
    await client.callTool('wait_for_job', on('qa', { jobId: uri.split('/').at(-1) }));
    expect(watch.updates()).toBe(told);
    expect(await home.sandbox.verdicts('GetBackendJob')).toHaveLength(polls);
    await watch.stop();
    await list.stop();
  });

  it('ends a subscription, and sends AWS no more requests', async () => {
    const client = await connect();
    const { uri } = await startClone(client);
    const watch = await client.subscribe(uri);
    await watch.stop();
    const polls = (await home.sandbox.verdicts('GetBackendJob')).length;
    home.sandbox.finishJobs();
    await client.callTool('whoami');
    expect(watch.updates()).toBe(0);
    expect(await home.sandbox.verdicts('GetBackendJob')).toHaveLength(polls);
  });
});

/** The cases that depend on the transport, but not on the client. */
describe.each(clients.filter(([name]) => name.startsWith(String(generations[0]?.name))))(
  'an environment, %s',
  (_, connect) => {
    it('sends updates when it is created', async () => {
      const client = await connect(today);
      onTestFinished(() => client.close());
      const app = await client.subscribe(`amplify-backend://apps/${clone.appId}`);
      const { uri } = await startClone(client);
      await app.next();
      const environment = uri.replace(/\/jobs\/.*/, '');
      expect(await read(client, environment)).toMatchObject({ jobs: [{ uri, state: 'running' }] });
      await app.stop();
    });
  },
);

const wires: [string, () => Promise<MessageClient>][] = [
  // The restarts below use a child process each.
  ['stdio', () => inProcess(env())],
  ['HTTP', async () => overHttp((await serveApp(env())).url)],
];

describe.each(wires)('a task over %s', (_, connectTo) => {
  async function startTask() {
    const client = await connectTo();
    const { result } = await client.ask('tools/call', { name: 'clone_backend', arguments: clone });
    return { client, result, taskId: String(result.taskId) };
  }

  it("is polled to its end, with the tool's result", async () => {
    const { client, result, taskId } = await startTask();
    expect(result).toMatchObject({
      resultType: 'task',
      status: 'working',
      pollIntervalMs: expect.any(Number),
    });
    home.sandbox.finishJobs();
    const get = async () => (await client.ask('tasks/get', { taskId })).result;
    await expect.poll(get).toMatchObject({
      resultType: 'complete',
      status: 'completed',
      result: { structuredContent: { job: { state: 'succeeded', operation: 'CloneBackend' } } },
    });
    expect(await home.sandbox.verdicts('CloneBackend')).toEqual(['ok']);
  });

  it('is sent on a stream, ending with its result', async () => {
    const { client, taskId } = await startTask();
    const stream = client.listen({ taskIds: [taskId] });
    const { value: acknowledged } = await stream.next();
    expect(acknowledged).toMatchObject({ params: { notifications: { taskIds: [taskId] } } });
    home.sandbox.finishJobs();
    for await (const { method, params } of stream) {
      expect(method).toBe('notifications/tasks');
      expect(params).toMatchObject({ taskId });
      if ((params as Json).status === 'working') continue;
      expect(params).toMatchObject({
        status: 'completed',
        result: { structuredContent: { job: { state: 'succeeded' } } },
      });
      break;
    }
  });

  it("of a failed job is completed with the tool's failure", async () => {
    const words = 'Resource is not in the state stackUpdateComplete';
    await home.sandbox.order('CloneBackend', 'job-fails', { error: words });
    const { client, taskId } = await startTask();
    home.sandbox.finishJobs();
    const get = async () => (await client.ask('tasks/get', { taskId })).result;
    await expect.poll(get).toMatchObject({
      status: 'completed',
      result: { isError: true, structuredContent: { error: { code: 'job_failed' }, job: { error: words } } },
    });
  });

  it('says after its cancellation that AWS continues', async () => {
    const { client, taskId } = await startTask();
    expect((await client.ask('tasks/cancel', { taskId })).result).toMatchObject({ resultType: 'complete' });
    const { result } = await client.ask('tasks/get', { taskId });
    expect(result).toMatchObject({ status: 'cancelled', statusMessage: expect.stringContaining('goes on') });
    expect(await home.sandbox.state()).toMatchObject({});
  });

  it('is not created for a failure, a dry run or a read', async () => {
    const client = await connectTo();
    const calls: [string, Json][] = [
      ['clone_backend', { ...clone, targetEnvironmentName: 'prod' }],
      ['clone_backend', { ...clone, dryRun: true }],
      ['get_backend', { appId: clone.appId }],
      ['get_backend_job', on('dev', { jobId: '00000000-0000-4000-8001-000000000001' })],
    ];
    for (const [name, args] of calls) {
      const { result } = await client.ask('tools/call', { name, arguments: args });
      expect(result).toMatchObject({ resultType: 'complete', content: expect.any(Array) });
    }
  });

  it('cannot be read with a forged id', async () => {
    const { client, taskId } = await startTask();
    const forged = `${taskId.slice(0, -8)}AAAAAAAA`;
    expect((await client.ask('tasks/get', { taskId: forged })).error).toMatchObject({ code: -32602 });
    expect((await client.ask('tasks/get', { taskId: 'task-1' })).error).toMatchObject({ code: -32602 });
  });
});

describe('a restart', () => {
  it('keeps tasks and subscriptions', async () => {
    const before = await overStdio(env());
    const { result } = await before.ask('tools/call', { name: 'clone_backend', arguments: clone });
    const taskId = String(result.taskId);
    const { statusMessage } = result as { statusMessage: string };
    const [, jobId] = /job (\S+) under/.exec(statusMessage) ?? [];
    before.kill();

    const after = await overStdio(env());
    expect((await after.ask('tasks/get', { taskId })).result).toMatchObject({ status: 'working' });
    const uri = `amplify-backend://apps/${clone.appId}/environments/qa/jobs/${jobId}`;
    const stream = after.listen({ taskIds: [taskId], resourceSubscriptions: [uri] });
    await stream.next();
    home.sandbox.finishJobs();
    const ends = new Set<unknown>();
    for await (const { method, params } of stream) {
      const { status } = params as Json;
      if (method === 'notifications/resources/updated' || status === 'completed') ends.add(method);
      if (ends.size === 2) break;
    }
    expect(ends).toEqual(new Set(['notifications/resources/updated', 'notifications/tasks']));
  });

  it('reports an end in between to a new subscriber', async () => {
    const before = await overStdio(env());
    const { result } = await before.ask('tools/call', { name: 'clone_backend', arguments: clone });
    before.kill();
    home.sandbox.finishJobs();
    // The second server is another process in any case: the test's own.
    const after = await inProcess(env());
    const stream = after.listen({ taskIds: [String(result.taskId)] });
    expect((await stream.next()).value).toMatchObject({ method: 'notifications/subscriptions/acknowledged' });
    expect((await stream.next()).value).toMatchObject({
      method: 'notifications/tasks',
      params: { status: 'completed' },
    });
  });
});
