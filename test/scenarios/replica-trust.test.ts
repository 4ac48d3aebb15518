/**
 * Replicas on a Redis to which somebody else writes: they get no caller's token, cannot act or speak in a
 * caller's name, and cannot bypass a limit.
 */
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEnvelopes } from '../../src/replicas/envelopes.ts';
import type { Json } from '../support/child.ts';
import { setHome } from '../support/home.ts';
import { messageIn } from '../support/http.ts';
import { startListener } from '../support/listener.ts';
import { type MessageClient, overHttp } from '../support/message-client.ts';
import { hasRedis } from '../support/redis.ts';
import { share } from '../support/share.ts';
import { claimsOf, openSession, sendLegacy, startTrust } from '../support/token-server.ts';
import {
  callers,
  openOn,
  PREFIX,
  replace,
  rights,
  setTrustingReplicas,
} from '../support/trusting-replicas.ts';
import { appId, on } from './cases/case.ts';

const home = setHome({ jobMs: 60_000 });
const { cluster, startTrusting, enter } = setTrustingReplicas(home);

const list = { id: 1, method: 'tools/list' };
const whoami = { id: 2, method: 'tools/call', params: { name: 'whoami', arguments: {} } };
const clone = { name: 'clone_backend', arguments: on('dev', { targetEnvironmentName: 'qa' }) };
const write = { id: 1, method: 'tools/call', params: { name: 'clone_backend', arguments: clone.arguments } };

describe.runIf(hasRedis)('a writer in the Redis of replicas (where redis-server is installed)', () => {
  // The tests below use a replica in a child process.
  const shared = share(atEnd => startTrusting({ where: ['in memory', 'in memory'], atEnd }));
  const setUp = async () => enter(await shared());

  it.each<[string, (evil: string, key: Uint8Array, owner: string) => string]>([
    ['as it is', evil => evil],
    [
      'sealed with another key',
      (evil, _, owner) => createEnvelopes([new Uint8Array(32)]).seal(['replica', owner], evil, 60_000),
    ],
    [
      'sealed for another replica',
      (evil, key) => createEnvelopes([key]).seal(['replica', 'another'], evil, 60_000),
    ],
    [
      'sealed as something else',
      (evil, key, owner) => createEnvelopes([key]).seal(['fact', owner], evil, 60_000),
    ],
    ['sealed long ago', (evil, key, owner) => createEnvelopes([key]).seal(['replica', owner], evil, -1)],
  ])("gets no token by replacing a replica's address, %s", async (_, forge) => {
    const caller = await setUp();
    const { urls, redis, keysOf, key, token } = caller;
    const evil = await startListener();
    const { session, owner } = await openOn(urls[0], token, caller);
    for (const replica of await keysOf('replica:*'))
      await replace(redis, replica, forge(evil.url, key, owner));
    const answer = await sendLegacy(urls[1], token, 'POST', list, session);
    expect(evil.heard).toEqual([]);
    // The other replica takes the session over, as if its replica were gone.
    expect(answer.status).toBe(200);
    expect(await messageIn(answer)).toHaveProperty('result.tools');
  });

  it('would get a token with an address that is sealed for that replica, which shows that the tests above can fail', async () => {
    const caller = await setUp();
    const { urls, redis, key, token } = caller;
    const evil = await startListener();
    const { session, owner } = await openOn(urls[0], token, caller);
    const sealed = createEnvelopes([key]).seal(['replica', owner], evil.url, 60_000);
    await replace(redis, `${PREFIX}:replica:${owner}`, sealed);
    await sendLegacy(urls[1], token, 'POST', list, session);
    expect(evil.heard).toHaveLength(1);
  });

  it('cannot send anybody states of jobs or tasks, by messages or stored data', async () => {
    const { urls, redis, newKeysOf, token, join } = await setUp();
    const [one, two] = urls.map(url => overHttp(url, token)) as [MessageClient, MessageClient];
    const { taskId } = (await one.ask('tools/call', clone)).result;
    const listed = async (client: MessageClient) => {
      const { resources } = (await client.ask('resources/list', {})).result;
      return (resources as { uri: string; description: string }[]).filter(({ uri }) =>
        uri.includes('/jobs/'),
      );
    };
    await expect.poll(() => listed(two)).toHaveLength(1);

    const [knownKey = ''] = await newKeysOf('known:*');
    const [field = '', kept = ''] = Object.entries(await redis.hgetall(knownKey))[0] ?? [];
    const place = { target: 'shop', region: 'us-east-1', appId };
    const ref = { ...place, backendEnvironmentName: 'prod', jobId: 'forged' };
    const job = {
      ...ref,
      operation: 'DeleteBackend',
      status: 'COMPLETED',
      state: 'succeeded',
      uri: 'amplify-backend://forged',
    };
    const told = { ref, polled: { job }, isLive: true };
    const channel = `${PREFIX}:bus:0`;
    const forged = JSON.stringify({ told, at: Date.now() });
    await redis.hset(knownKey, 'forged', forged, JSON.stringify(['shop', appId, 'prod', 'forged']), kept);
    for (const text of [forged, JSON.stringify({ topic: knownKey, from: 'x', content: told }), kept])
      await redis.publish(channel, text);
    await redis.publish(channel, JSON.stringify({ topic: 'session-taken', from: 'x', content: 'any' }));

    // A replica that starts later reads the stored data.
    const third = overHttp(await join(), token);
    for (const client of [one, two, third]) {
      const resources = await listed(client);
      expect(JSON.stringify(resources)).not.toContain('forged');
      expect(resources.filter(({ uri }) => uri.includes('/jobs/'))).toHaveLength(1);
    }
    expect(await redis.hget(knownKey, field)).toBe(kept);
    const cancelled = (await two.ask('tasks/get', { taskId })).result;
    expect(cancelled).toMatchObject({ status: 'working' });
  });

  it('cannot forge the end of a task', async () => {
    const { urls, redis, newKeysOf, token, join } = await setUp();
    const [one, two] = urls.map(url => overHttp(url, token)) as [MessageClient, MessageClient];
    // This replica reads stored data when it is asked.
    const third = overHttp(await join(), token);
    const call = { name: 'clone_environment', arguments: { app: 'shop', from: 'dev', to: 'qa' } };
    const { taskId } = (await one.ask('tools/call', call)).result;
    const standing = async (client: MessageClient) => (await client.ask('tasks/get', { taskId })).result;
    expect(await standing(two)).toMatchObject({ status: 'working' });
    const state = JSON.stringify({
      status: 'completed',
      result: { content: [{ type: 'text', text: 'forged' }] },
    });
    const facts = await newKeysOf('fact:*');
    expect(facts.length).toBeGreaterThan(0);
    for (const topic of facts) {
      await redis.set(topic, state);
      await redis.publish(`${PREFIX}:bus:0`, JSON.stringify({ topic, from: 'x', content: state }));
    }
    for (const client of [third, one, two]) {
      const told = await standing(client);
      expect(JSON.stringify(told)).not.toContain('forged');
      expect(told).toMatchObject({ status: 'working' });
    }
  });
});

describe.runIf(hasRedis)('a writer in a Redis of their own (where redis-server is installed)', () => {
  it('cannot act in a session that it writes or changes', async () => {
    const caller = await enter(await startTrusting());
    const { urls, redis, keysOf, token, kill } = caller;
    const { session } = await openOn(urls[0], token, caller);
    const sessionKey = `${PREFIX}:session:${session['mcp-session-id']}`;
    const record = await redis.hgetall(sessionKey);
    // A replica that takes a session over repeats the message that opened it. Here that would be a write.
    const initialize = { jsonrpc: '2.0', ...write };
    const { key: callerKey } = rights(token) ?? {};
    const opened = JSON.stringify({ callerKey, initialize });
    const forged = { callerKey: String(callerKey), initialize: JSON.stringify(initialize), opened };
    const [other, another] = [crypto.randomUUID(), crypto.randomUUID()];
    await redis.hset(`${PREFIX}:session:${other}`, { ...forged, ...record });
    await redis.hset(`${PREFIX}:session:${another}`, { ...forged, owner: 'nobody' });
    await redis.rpush(
      `${sessionKey}:events`,
      JSON.stringify({ id: 'x/1', streamId: 'x', message: { ...whoami, jsonrpc: '2.0' } }),
    );
    await redis.hset(`${sessionKey}:subscriptions`, 'x', `amplify-backend://apps/${appId}`);
    await kill(0);
    await expect.poll(() => keysOf('replica:*')).toHaveLength(1);

    const before = (await home.sandbox.requests()).length;
    for (const name of [other, another]) {
      const answer = await sendLegacy(urls[1], token, 'POST', list, { 'mcp-session-id': name });
      expect(answer.status).toBe(404);
    }
    const stream = await sendLegacy(urls[1], token, 'GET', undefined, { ...session, 'last-event-id': 'x/1' });
    expect(stream.ok).toBe(false);
    const whoamiAgain = await messageIn(await sendLegacy(urls[1], token, 'POST', whoami, session));
    expect(whoamiAgain).toHaveProperty('result.structuredContent.account');
    const later = (await home.sandbox.requests()).slice(before).map(({ operation }) => operation);
    expect(later.filter(name => !name?.startsWith('sts:'))).toEqual([]);
  }, 60_000);

  it('cannot trigger a poll: with a forged or old one, or one whose token has expired', async () => {
    const one = await startTrusting({ where: ['in memory'] });
    const { redis, keysOf, key, urls, tokenOf } = await enter(one);
    const short = await tokenOf({}, 2);
    const { ask } = overHttp(urls[0], short);
    const { taskId } = (await ask('tools/call', clone)).result;
    expect(taskId).toBeDefined();
    const [knownKey = ''] = await keysOf('known:*');
    const callerKey = knownKey.replace(`${PREFIX}:known:`, '');
    const [field = ''] = Object.keys(await redis.hgetall(knownKey));
    const [target, app, backendEnvironmentName, jobId] = JSON.parse(field) as string[];
    const ref = { target, region: 'us-east-1', appId: app, backendEnvironmentName, jobId };
    const { iss, sub } = claimsOf(short);
    const scopes = ['amplify:read', 'amplify:write', 'amplify:destroy'];
    const claims = { iss, sub, tenant: ['acme'] };
    const id = `${callerKey};${field}`;
    const envelopes = createEnvelopes([key]);
    const connection = { connection: { url: cluster.redis().url }, prefix: PREFIX };
    const queue = new Queue('polls', connection);
    onTestFinished(() => queue.close());
    /** Sends a poll. @returns what came of it */
    async function poll(
      identity: Json,
      about = id,
      lifeMs = 60_000,
      seals = envelopes,
    ): Promise<string | undefined> {
      const request = seals.seal(['poll', about], JSON.stringify({ identity, key: callerKey, ref }), lifeMs);
      const job = await queue.add('polls', { id, request });
      await expect.poll(() => job.getState(), { interval: 20 }).toBe('completed');
      const { returnvalue } = (await queue.getJob(String(job.id))) ?? {};
      return envelopes.open(['answer', id], returnvalue);
    }
    const polls = async () => (await home.sandbox.verdicts('GetBackendJob')).length;
    const before = await polls();
    const lasting = { claims, scopes, until: Date.now() + 60_000 };
    expect(await poll({ ...lasting, until: Date.now() - 1 })).toBe('{}');
    expect(await poll({ ...lasting, claims: { ...claims, tenant: [] } })).toBe('{}');
    expect(await poll({ ...lasting, claims: { ...claims, sub: 'eve' } })).toBe('{}');
    expect(await poll({ ...lasting, scopes: ['amplify:read'] })).toBe('{}');
    expect(await poll(lasting, 'another job')).toBe('{}');
    expect(await poll(lasting, id, -1)).toBe('{}');
    expect(await poll(lasting, id, 60_000, createEnvelopes([new Uint8Array(32)]))).toBe('{}');
    expect(await polls()).toBe(before);
    expect(await poll(lasting)).toContain('"polled"');
  });

  it('cannot bypass a limit with a forged or copied forwarding mark', async () => {
    const proxy = await startListener();
    const trust = await startTrust(callers);
    const flags = [...trust.flags, '--caller-requests-per-minute', '20'];
    const { urls } = await cluster.start({
      flags: [...flags, '--replica-url', proxy.url],
      sealKey: await cluster.key('limited'),
      where: ['in memory', 'in memory'],
    });
    const token = await trust.tokenOf({ tenant: 'acme' });
    const session = await openSession(String(urls[0]), token);
    await sendLegacy(String(urls[1]), token, 'POST', list, session);
    const name = 'x-amplify-backend-mcp-forwarded';
    const [{ [name]: mark } = {}] = proxy.heard;
    expect(mark).toBeDefined();
    const mine = await trust.tokenOf({ tenant: 'acme', sub: 'eve' });
    const attempts = [
      { [name]: '1' },
      { [name]: String(mark) },
      { [name]: String(mark), ...session },
      { [name]: String(mark), 'mcp-session-id': crypto.randomUUID() },
    ];
    const redis = new Redis(cluster.redis().url);
    onTestFinished(() => redis.disconnect());
    for (const more of attempts) {
      const statuses: number[] = [];
      for (let sent = 0; sent < 25; sent += 1)
        statuses.push((await sendLegacy(String(urls[sent % 2]), mine, 'POST', list, more)).status);
      expect(statuses.at(-1)).toBe(429);
    }
    // The shared count is reset, but each replica still has its own.
    for (const name of await redis.keys(`${PREFIX}:rate*`)) await redis.del(name);
    const answers = Array.from({ length: 50 }, (_, at) =>
      sendLegacy(String(urls[at % 2]), mine, 'POST', list),
    );
    const passed = (await Promise.all(answers)).filter(({ status }) => status !== 429);
    expect(passed.length).toBeLessThan(20);
  });
});
