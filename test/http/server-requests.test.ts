/** The HTTP endpoint's requests: who is admitted, what is refused, the limit of calls, and shutdown. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { list, openSession, post, serve, wait, waiting } from './waiting-server.ts';

it.each<[string, number, (own: string) => string[]]>([
  ['a foreign Host header', 403, () => ['host: evil.example']],
  ['a page of another origin', 403, own => [own, 'origin: https://evil.example']],
  ['its own Host header before a foreign one', 400, own => [own, 'host: evil.example']],
  ['a foreign Host header before its own', 400, own => ['Host: evil.example', own]],
  ['its own Host header twice', 400, own => [own, own]],
])('refuses %s before it reads a body', async (_, status, linesOf) => {
  const { url } = await serve();
  const { port, pathname } = new URL(url);
  // `fetch` would set these headers itself.
  const socket = connect(Number(port), '127.0.0.1');
  const lines = linesOf(`host: 127.0.0.1:${port}`);
  socket.write(`POST ${pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\ncontent-length: 2\r\n\r\n`);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  expect(String(chunk)).toContain(`HTTP/1.1 ${status} `);
});

it('answers invalid JSON, long bodies and invalid messages as the protocol requires', async () => {
  const { url } = await serve({ bodyBytes: 1_000 });
  const bad = await post(url, '{');
  expect(bad.status).toBe(400);
  expect(await bad.json()).toMatchObject({ error: { code: -32700 }, id: null });
  const twice = '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"dryRun":true,"dryRun":false}}';
  const refused = await post(url, twice);
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('Name it once')]);
  expect((await post(url, { long: 'x'.repeat(2_000) })).status).toBe(413);
  expect((await fetch(url, { method: 'PUT' })).status).toBe(404);
  expect((await post(url, { hello: 1 })).status).toBe(400);
});

it('refuses calls above its limit, says when to retry, and serves again', async () => {
  const { url } = await serve({ calls: 2 });
  const [one, two] = [await openSession(url), await openSession(url)];
  const calls = [post(url, wait, one), post(url, wait, two)];
  await expect.poll(() => waiting.length).toBe(2);
  const third = await post(url, list, one);
  expect(third.status).toBe(503);
  expect(third.headers.get('retry-after')).toMatch(/^\d+$/);
  for (const end of waiting) end();
  for (const response of await Promise.all(calls)) await response.text();
  await expect.poll(async () => (await post(url, list, one)).status).toBe(200);
});

it('lets calls finish at shutdown, and tells streams when to reconnect', async () => {
  const server = await serve();
  const session = await openSession(server.url);
  const stream = await fetch(server.url, { headers: { ...session, accept: 'text/event-stream' } });
  const call = post(server.url, wait, session);
  await expect.poll(() => waiting.length).toBe(1);
  const closing = server.close();
  await expect
    .poll(async () => (await post(server.url, list, session).catch(() => ({ status: 503 }))).status)
    .toBe(503);
  waiting[0]?.();
  expect(await (await call).text()).toContain('"done"');
  expect(await stream.text()).toMatch(/^retry: \d+$/m);
  await closing;
});

it('waits for calls at shutdown only for a bounded time', async () => {
  const server = await serve({ drainMs: 50 });
  const session = await openSession(server.url);
  const call = post(server.url, wait, session);
  await expect.poll(() => waiting.length).toBe(1);
  await server.close();
  await expect(call.then(response => response.text())).resolves.not.toContain('"done"');
});
