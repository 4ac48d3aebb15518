/** Subscriptions of the 2025 era on one connection, in memory. */
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { McpServer } from '@modelcontextprotocol/server';
import { expect, it, onTestFinished } from 'vitest';
import { type ErrorCode, ServerError } from '../../src/errors.ts';
import type { ListenSources } from '../../src/mcp/listen.ts';
import { serveSubscriptions } from '../../src/mcp/subscribe.ts';
import { createFollowedServer, createTestSources, LIST } from '../support/followed.ts';

const [one, two, hidden] = ['test://one', 'test://two', 'test://hidden'];

/** A client of the server, and the names of the resources that it was notified of. */
async function link(mcp: McpServer) {
  const [near, far] = InMemoryTransport.createLinkedPair();
  const client = new Client(
    { name: 'in-memory', version: '1.0.0' },
    { versionNegotiation: { mode: 'legacy' } },
  );
  const told: string[] = [];
  client.setNotificationHandler(
    'notifications/resources/updated',
    ({ params }) => void told.push(params.uri),
  );
  client.setNotificationHandler('notifications/resources/list_changed', () => void told.push(LIST));
  await Promise.all([mcp.connect(far), client.connect(near)]);
  onTestFinished(() => client.close());
  return { mcp, client, told };
}

const connect = (sources: ListenSources) => link(createFollowedServer(sources, 'legacy'));

async function start() {
  const sources = createTestSources([one, two, LIST]);
  return { sources, ...(await connect(sources)) };
}

it('follows once for a client that subscribes twice, and stops at one unsubscribe', async () => {
  const { sources, client, told } = await start();
  await client.subscribeResource({ uri: one });
  await client.subscribeResource({ uri: one });
  expect(sources.followers(one)).toBe(1);
  sources.change(one);
  sources.change(two);
  await expect.poll(() => told).toEqual([one]);
  await client.unsubscribeResource({ uri: one });
  expect(sources.followers(one)).toBe(0);
  sources.change(one);
  await client.ping();
  expect(told).toEqual([one]);
});

it('follows once for two subscriptions while the first is still starting', async () => {
  const { sources, client } = await start();
  const go = sources.delay(one);
  const both = Promise.all([client.subscribeResource({ uri: one }), client.subscribeResource({ uri: one })]);
  await expect.poll(() => sources.followers(one)).toBe(1);
  go();
  await both;
  expect(sources.asked(one)).toBe(1);
});

it('releases a subscription that ends before it has started, and sends nothing', async () => {
  const { sources, client, told } = await start();
  const go = sources.delay(one);
  const subscribing = client.subscribeResource({ uri: one });
  await expect.poll(() => sources.followers(one)).toBe(1);
  await client.unsubscribeResource({ uri: one });
  sources.change(one);
  go();
  await subscribing;
  expect(sources.followers(one)).toBe(0);
  expect(told).toEqual([]);
});

it('accepts an unsubscribe without a subscription', async () => {
  const { client } = await start();
  expect(await client.unsubscribeResource({ uri: one })).toEqual({});
});

it('keeps connections apart', async () => {
  const sources = createTestSources([one, LIST]);
  const [first, second] = [await connect(sources), await connect(sources)];
  await first.client.subscribeResource({ uri: one });
  await second.client.subscribeResource({ uri: one });
  await first.client.unsubscribeResource({ uri: one });
  sources.change(one);
  await expect.poll(() => second.told).toEqual([one]);
  expect(first.told).toEqual([]);
});

it('sends changes of the list without a subscription, once the client is initialized', async () => {
  const sources = createTestSources([LIST]);
  createFollowedServer(sources, 'legacy');
  expect(sources.asked(LIST)).toBe(0);
  const { told } = await connect(sources);
  await expect.poll(() => sources.followers(LIST)).toBe(1);
  sources.change(LIST);
  await expect.poll(() => told).toEqual([LIST]);
});

it('serves a client that may not follow the list', async () => {
  const { client, told } = await connect(createTestSources([one]));
  await client.subscribeResource({ uri: one });
  expect(told).toEqual([]);
});

it.each(['client', 'server'] as const)('releases everything when the %s closes', async who => {
  const { sources, ...sides } = await start();
  await sides.client.subscribeResource({ uri: one });
  const go = sources.delay(two);
  const late = sides.client.subscribeResource({ uri: two }).catch(() => undefined);
  await expect.poll(() => sources.total).toBe(3);
  await (who === 'client' ? sides.client : sides.mcp).close();
  go();
  await late;
  await expect.poll(() => sources.total).toBe(0);
});

it('keeps other handlers', async () => {
  const mcp = new McpServer({ name: 'followed', version: '0.0.0' }, { capabilities: { resources: {} } });
  const seen: string[] = [];
  mcp.server.oninitialized = () => void seen.push('initialized');
  mcp.server.onclose = () => void seen.push('closed');
  serveSubscriptions(mcp, createTestSources([LIST]), 'legacy');
  const { client } = await link(mcp);
  await expect.poll(() => seen).toEqual(['initialized']);
  await client.close();
  await expect.poll(() => seen).toEqual(['initialized', 'closed']);
});

it.each<[ErrorCode, number]>([
  ['not_found', -32602],
  ['invalid_arguments', -32602],
  ['throttled', -32603],
])(
  'answers a subscription that fails with %s by %i, and tries again the next time',
  async (code, expected) => {
    const sources = createTestSources([one]);
    let failures = 1;
    const followResource: ListenSources['followResource'] = (uri, onChange) => {
      if (failures-- > 0) {
        onChange();
        return Promise.reject(new ServerError(code));
      }
      return sources.followResource(uri, onChange);
    };
    const { client } = await connect({ ...sources, followResource });
    await expect(client.subscribeResource({ uri: one })).rejects.toMatchObject({ code: expected });
    await client.subscribeResource({ uri: one });
    expect(sources.followers(one)).toBe(1);
  },
);

it('names the URI that it does not know', async () => {
  const { client } = await start();
  await expect(client.subscribeResource({ uri: hidden })).rejects.toThrow(hidden);
});

it('does not exist in the 2026 era', async () => {
  const sources = createTestSources([one, LIST]);
  const { server } = createFollowedServer(sources, 'modern');
  expect(() => server.assertCanSetRequestHandler('resources/subscribe')).not.toThrow();
  expect([server.onclose, server.oninitialized]).toEqual([undefined, undefined]);
});
