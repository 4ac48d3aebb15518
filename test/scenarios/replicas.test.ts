/**
 * Two replicas on one Redis: a clone that is started on one is watched, subscribed to, confirmed and finished
 * through the other; one replica or Redis is killed during it; no write is sent twice, no end is lost.
 */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Json } from '../support/child.ts';
import { setHome } from '../support/home.ts';
import { startHosted } from '../support/hosted.ts';
import { type MessageClient, overHttp } from '../support/message-client.ts';
import { hasRedis } from '../support/redis.ts';
import { setReplicas } from '../support/replicas.ts';
import { share } from '../support/share.ts';
import { on } from './cases/case.ts';

const home = setHome({ jobMs: 3_000 });
const cluster = setReplicas(home);

const clone = { name: 'clone_backend', arguments: on('dev', { targetEnvironmentName: 'qa' }) };
const cloneEnvironment = { name: 'clone_environment', arguments: { app: 'shop', from: 'dev', to: 'qa' } };

const sent = async (operation: string) => (await home.sandbox.verdicts(operation)).length;

/** Makes a call that becomes a task. */
async function begin(client: MessageClient, call: Json): Promise<string> {
  const { result } = await client.ask('tools/call', call);
  expect(result).toMatchObject({ resultType: 'task' });
  return String(result.taskId);
}

const taskOf = async (client: MessageClient, taskId: string) =>
  (await client.ask('tasks/get', { taskId })).result;

async function listed(client: MessageClient): Promise<string[]> {
  const { resources } = (await client.ask('resources/list', {})).result as { resources: { uri: string }[] };
  return resources.map(({ uri }) => uri).filter(uri => uri.includes('/jobs/'));
}

/** The final state of a job, as a listening client gets it. */
async function endOf(client: MessageClient, uri: string): Promise<string> {
  for await (const message of client.listen({ resourceSubscriptions: [uri] })) {
    if (message.method !== 'notifications/resources/updated') continue;
    const { contents } = (await client.ask('resources/read', { uri })).result as {
      contents: { text: string }[];
    };
    const { state } = JSON.parse(contents[0]?.text ?? '') as { state: string };
    if (state !== 'running') return state;
  }
  return 'the stream ended';
}

/** Starts two replicas, unless the options say otherwise, with a client for each. */
async function startTwo(options: Parameters<typeof cluster.start>[0] = {}) {
  const replicas = await cluster.start(options);
  const [one, two] = replicas.urls.map(url => overHttp(url)) as [MessageClient, MessageClient];
  return { ...replicas, one, two };
}

describe.runIf(hasRedis)('two replicas (where redis-server is installed)', () => {
  /** The replicas of tests that end none of them and start different jobs. */
  const both = share(atEnd => startTwo({ atEnd }));

  it('share a job and its updates, and poll it once', async () => {
    const { one, two } = await both();
    const answersAfterMs = 1_000;
    await home.sandbox.order('GetBackendJob', 'slow', { times: 50, delayMs: answersAfterMs });
    await begin(one, { name: 'clone_backend', arguments: on('dev', { targetEnvironmentName: 'shared' }) });
    const isOfIt = (uri: string) => uri.includes('/environments/shared/');
    await expect.poll(async () => (await listed(two)).filter(isOfIt)).toHaveLength(1);
    const [uri = ''] = (await listed(two)).filter(isOfIt);
    expect(await Promise.all([endOf(one, uri), endOf(two, uri)])).toEqual(['succeeded', 'succeeded']);
    const polls = (await home.sandbox.requests()).filter(({ operation }) => operation === 'GetBackendJob');
    // A single poller waits for each answer before the next poll, however slow the machine is.
    const times = polls.map(({ time }) => Date.parse(time));
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    // Timers may fire a little early.
    expect(Math.min(...gaps)).toBeGreaterThan(answersAfterMs - 20);
    expect(await sent('CloneBackend')).toBe(1);
  });

  it('accept a confirmation that the other asked for, once', async () => {
    const { one, two } = await both();
    const remove = (confirmationToken?: string) => ({
      name: 'delete_backend',
      arguments: on('dev', confirmationToken === undefined ? {} : { confirmationToken }),
    });
    const asked = (await one.ask('tools/call', remove())).result.structuredContent as Json;
    const token = String(asked.confirmationToken);
    const answers = await Promise.all([one, two].map(client => client.ask('tools/call', remove(token))));
    const codes = answers.map(
      ({ result }) => (result.structuredContent as { error?: { code: string } } | undefined)?.error?.code,
    );
    expect(codes.sort()).toEqual(['confirmation_invalid', undefined]);
    expect(await sent('DeleteBackend')).toBe(1);
  });

  it('recognize a client that answers its own questions, on either replica', async () => {
    const { one, two } = await both();
    const shows = { 'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } } };
    const remove = { name: 'delete_backend', arguments: on('dev'), _meta: shows };
    const { result: asked } = await one.ask('tools/call', remove);
    expect(asked).toMatchObject({ resultType: 'input_required' });
    const inputResponses = { confirmation: { action: 'decline' } };
    const { requestState } = asked;
    const { result } = await two.ask('tools/call', { ...remove, inputResponses, requestState });
    expect(result.structuredContent).toMatchObject({
      error: { code: 'confirmation_required', message: expect.stringContaining('nobody was asked') },
      confirmationToken: expect.any(String),
    });
  });

  it('finish the task of a killed replica, and start nothing twice', async () => {
    const { one, two, kill } = await startTwo();
    const taskId = await begin(one, cloneEnvironment);
    expect(await taskOf(two, taskId)).toMatchObject({ status: 'working' });
    const [uri = ''] = await listed(two);
    const end = endOf(two, uri);
    await kill(0);
    expect(await end).toBe('succeeded');
    await expect
      .poll(() => taskOf(two, taskId), { interval: 500 })
      .toMatchObject({ status: 'completed', result: { structuredContent: { verdict: 'complete' } } });
    expect(await sent('CloneBackend')).toBe(1);
  });

  it('report the end of a task of the other, and cancel it there', async () => {
    const { one, two } = await both();
    const first = await begin(one, cloneEnvironment);
    const ends = two.listen({ taskIds: [first] });
    for await (const { params } of ends) if ((params as Json).status === 'completed') break;
    expect(await taskOf(two, first)).toMatchObject({
      result: { structuredContent: { verdict: 'complete' } },
    });

    const second = await begin(one, {
      ...cloneEnvironment,
      arguments: { app: 'shop', from: 'dev', to: 'qb' },
    });
    await two.ask('tasks/cancel', { taskId: second });
    await expect.poll(() => taskOf(one, second)).toMatchObject({ status: 'cancelled' });
  });

  it('work without Redis, lose no end, and share again when it is back', async () => {
    const { one, two, children } = await startTwo();
    onTestFinished(() => cluster.redis().start());
    await begin(one, clone);
    await expect.poll(() => listed(two)).toHaveLength(1);
    const [uri = ''] = await listed(two);
    const ends = Promise.all([endOf(one, uri), endOf(two, uri)]);
    await cluster.redis().kill();
    expect(await ends).toEqual(['succeeded', 'succeeded']);

    const remove = { name: 'delete_backend', arguments: on('qa') };
    const asked = (await one.ask('tools/call', remove)).result.structuredContent as Json;
    const confirmed = { ...remove, arguments: on('qa', { confirmationToken: asked.confirmationToken }) };
    const refused = (await two.ask('tools/call', confirmed)).result.structuredContent;
    expect(refused).toMatchObject({ error: { code: 'store_unavailable', retryable: true } });
    expect(await sent('DeleteBackend')).toBe(0);

    await cluster.redis().start();
    await expect
      .poll(async () => (await two.ask('tools/call', confirmed)).result, { interval: 500 })
      .toMatchObject({ resultType: 'task' });
    expect(await sent('DeleteBackend')).toBe(1);
    await expect.poll(() => listed(one)).toHaveLength(2);
    children[0]?.kill('SIGTERM');
    const { stderr = '', code } = (await children[0]?.ended) ?? {};
    expect(code).toBe(0);
    expect(stderr.match(/Redis is unavailable/g)).toHaveLength(1);
  });

  it('start and end without Redis', async () => {
    onTestFinished(() => cluster.redis().start());
    await cluster.redis().clear();
    await cluster.redis().kill();
    const env = { ...home.env(), AMPLIFY_BACKEND_MCP_REDIS: cluster.redis().url };
    const { url, child } = await startHosted(env, ['--seal-key', await cluster.key('alone')]);
    expect((await overHttp(url).ask('tools/call', { name: 'whoami', arguments: {} })).result).toMatchObject({
      resultType: 'complete',
    });
    child.kill('SIGTERM');
    const { code, stderr } = await child.ended;
    expect(code).toBe(0);
    expect(stderr).toContain('Redis cannot be reached yet');
  });

  it('read tasks that were sealed with an older key', async () => {
    const [older, newer] = [await cluster.key('older'), await cluster.key('newer')];
    const startOne = async (sealKey: string) => (await startTwo({ sealKey, where: ['in memory'] })).one;
    const taskId = await begin(await startOne(older), clone);
    expect(await taskOf(await startOne(`${newer},${older}`), taskId)).toMatchObject({ taskId });
    const without = await startOne(newer);
    expect((await without.ask('tasks/get', { taskId })).error).toMatchObject({ code: -32602 });
  });
});
