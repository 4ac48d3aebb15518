/**
 * Following changes with the clients of both SDKs in both eras, over streams and HTTP: updates reach
 * subscribers until they stop or disconnect; then nothing is followed any more.
 */
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createListens } from '../../src/mcp/listen.ts';
import { serveOverStdio } from '../../src/mcp/stdio.ts';
import { httpGenerations, lineGenerations, type McpClient } from '../support/clients.ts';
import { createFollowedServer, createTestSources, LIST, type TestSources } from '../support/followed.ts';
import { serveHttp } from '../support/http.ts';

const [one, two, hidden] = ['test://one', 'test://two', 'test://hidden'];

const ways = [
  ...lineGenerations.map(({ name, connect, protocol }) => ({
    name: `stdio, ${name}`,
    protocol,
    async start(sources: TestSources): Promise<McpClient> {
      const [input, output] = [new PassThrough(), new PassThrough()];
      const served = serveOverStdio(
        era => createFollowedServer(sources, era),
        ...([input, output, createListens(sources)] as const),
      );
      onTestFinished(() => {
        input.end();
        return served;
      });
      return connect(output, input);
    },
  })),
  ...httpGenerations.map(({ name, connect, protocol }) => ({
    name: `http, ${name}`,
    protocol,
    async start(sources: TestSources): Promise<McpClient> {
      const server = await serveHttp(era => createFollowedServer(sources, era), createListens(sources));
      onTestFinished(() => server.close());
      return connect(server.url);
    },
  })),
];

describe.each(ways)('$name', ({ protocol, start }) => {
  async function connect() {
    const sources = createTestSources([one, two, LIST]);
    const client = await start(sources);
    expect(client.protocol).toBe(protocol);
    return { sources, client };
  }

  it('sends each change of what was subscribed to, and of nothing else', async () => {
    const { sources, client } = await connect();
    const [first, second] = [await client.subscribe(one), await client.subscribe(two)];
    for (let change = 0; change < 3; change++) {
      sources.change(one);
      await first.next();
    }
    expect([first.updates(), second.updates()]).toEqual([3, 0]);
    sources.change(two);
    await second.next();
    expect([first.updates(), second.updates()]).toEqual([3, 1]);
    await client.close();
  });

  it('sends nothing after the end of a subscription, and releases it', async () => {
    const { sources, client } = await connect();
    const [first, second] = [await client.subscribe(one), await client.subscribe(two)];
    await first.stop();
    await expect.poll(() => sources.followers(one)).toBe(0);
    sources.change(one);
    sources.change(two);
    await second.next();
    expect(first.updates()).toBe(0);
    const again = await client.subscribe(one);
    sources.change(one);
    await again.next();
    await client.close();
  });

  it('sends changes of the list', async () => {
    const { sources, client } = await connect();
    const watch = await client.watchList();
    await expect.poll(() => sources.followers(LIST)).toBe(1);
    sources.change(LIST);
    await watch.next();
    expect(watch.updates()).toBe(1);
    await client.close();
  });

  it('loses no change while following starts', async () => {
    const { sources, client } = await connect();
    const go = sources.delay(one);
    const subscribing = client.subscribe(one);
    await expect.poll(() => sources.followers(one)).toBe(1);
    sources.change(one);
    // Meanwhile other requests are served.
    await client.listTools();
    go();
    await (await subscribing).next();
    await client.close();
  });

  it('refuses what cannot be followed', async () => {
    const { sources, client } = await connect();
    await expect(client.subscribe(hidden)).rejects.toThrow(
      protocol === '2026-07-28' ? 'cannot be followed' : hidden,
    );
    expect(sources.asked(hidden)).toBe(1);
    await client.close();
  });

  it('releases everything when the client closes', async () => {
    const { sources, client } = await connect();
    await client.watchList();
    await client.subscribe(one);
    const go = sources.delay(two);
    const late = client.subscribe(two).catch(() => undefined);
    await expect.poll(() => sources.total).toBe(3);
    await client.close();
    go();
    await late;
    await expect.poll(() => sources.total).toBe(0);
  });
});
