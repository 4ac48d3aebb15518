/**
 * What probes and Prometheus ask for: they name the server by its address, or not at all. The endpoint itself stays
 * closed to names that are not its own.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../../src/cli/config.ts';
import { type HttpServer, serveOverHttp } from '../../src/http/server.ts';
import { openHosted } from '../../src/server/hosted.ts';

/** A server whose readiness the test decides. @param port of health and metrics, where they have their own */
async function serve(port?: number, isReady = () => true): Promise<HttpServer> {
  const server = await serveOverHttp({
    ...{ host: '127.0.0.1', port: 0, allowedHosts: ['127.0.0.1'], allowedOrigins: ['127.0.0.1'] },
    operators: { isReady, readMetrics: async () => ({ type: 'text/plain', text: 'calls 7' }), port },
    routes: app => void app.get('/.well-known/x', async () => ({})),
    admit: async (_, reply) => void (await reply.code(401).send()),
  });
  onTestFinished(() => server.close());
  return server;
}

/** The first line of an answer. `fetch` would send a Host of its own. */
async function statusOf(url: string, path: string, header: string, version = '1.1', method = 'GET') {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end(`${method} ${path} HTTP/${version}\r\n${header}Connection: close\r\n\r\n`);
  const chunks: Buffer[] = [];
  socket.on('data', chunk => chunks.push(chunk));
  await once(socket, 'close');
  return Number(/^HTTP\/1.1 (\d+)/.exec(Buffer.concat(chunks).toString())?.[1]);
}

const kubelet = 'Host: 10.244.0.5:3000\r\n';

it.each([
  ['the address of a pod', kubelet],
  ['an IPv6 address', 'Host: [fd00::7]:3000\r\n'],
  ['a name of the cluster', 'Host: amplify.default.svc.cluster.local\r\n'],
  ['nothing, in HTTP/1.0', '', '1.0'],
])('probes are answered that name %s, and nothing else is', async (_, header, version = '1.1') => {
  const { url } = await serve();
  for (const path of ['/healthz', '/readyz', '/metrics', '/metrics?name=x'])
    expect(await statusOf(url, path, header, version)).toBe(200);
  expect(await statusOf(url, '/healthz', header, version, 'HEAD')).toBe(200);
  for (const path of ['/mcp', '/.well-known/x', '/healthz/../mcp', '/nothing'])
    expect(await statusOf(url, path, header, version)).toBe(403);
  expect(await statusOf(url, '/mcp', header, version, 'POST')).toBe(403);
});

it('a page of another origin reads nothing of it, whatever it calls the server', async () => {
  const { url, metricsUrl = '' } = await serve(0);
  for (const at of [url, metricsUrl])
    expect(await statusOf(at, '/healthz', `${kubelet}Origin: http://10.244.0.5:3000\r\n`)).toBe(403);
});

it('metrics have a port of their own where one is set, and probes may use either', async () => {
  let isReady = true;
  const { url, metricsUrl = '' } = await serve(0, () => isReady);
  expect(metricsUrl).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*\/metrics$/);
  expect(await statusOf(url, '/metrics', 'Host: 127.0.0.1\r\n')).toBe(404);
  expect(await (await fetch(metricsUrl)).text()).toBe('calls 7');
  for (const at of [url, metricsUrl]) {
    expect(await statusOf(at, '/healthz', kubelet)).toBe(200);
    expect(await statusOf(at, '/readyz', kubelet)).toBe(200);
  }
  expect(await statusOf(metricsUrl, '/mcp', 'Host: 127.0.0.1\r\n', '1.1', 'POST')).toBe(404);
  isReady = false;
  for (const at of [url, metricsUrl]) expect(await statusOf(at, '/readyz', kubelet)).toBe(503);
});

it('a port that is taken stops the start, and leaves nothing open', async () => {
  const { metricsUrl = '' } = await serve(0);
  const taken = Number(new URL(metricsUrl).port);
  await expect(serve(taken)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

it('the setting metricsPort gives it, and says where it is; the port of /mcp is refused', async () => {
  const open = async (metricsPort: number, port = 0) => {
    const heard: (string | undefined)[] = [];
    const config = parseConfig({ file: { sandbox: true, metricsPort, logLevel: 'silent' } });
    const server = await openHosted(config, {}, '0.0.0', { host: '127.0.0.1', port }, urls =>
      heard.push(urls.url, urls.metricsUrl),
    );
    onTestFinished(() => server.close());
    return { server, heard };
  };
  const { server, heard } = await open(0);
  expect(heard).toEqual([server.url, server.metricsUrl]);
  expect(await (await fetch(server.metricsUrl ?? '')).text()).toContain('amplify_backend_mcp_');
  expect((await fetch(new URL('/metrics', server.url))).status).toBe(404);
  await expect(open(3999, 3999)).rejects.toThrow(/metricsPort: 3999 is the port of \/mcp/);
});
