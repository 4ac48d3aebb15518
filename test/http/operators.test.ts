/**
 * Health probes and metrics. Kubernetes and Prometheus name the server by its address, or not at all. The endpoint itself stays
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

/** The status of an answer. `fetch` would send its own Host header. */
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
  ['no name, in HTTP/1.0', '', '1.0'],
])('answers only health and metrics for a Host header with %s', async (_, header, version = '1.1') => {
  const { url } = await serve();
  for (const path of ['/healthz', '/readyz', '/metrics', '/metrics?name=x'])
    expect(await statusOf(url, path, header, version)).toBe(200);
  expect(await statusOf(url, '/healthz', header, version, 'HEAD')).toBe(200);
  for (const path of ['/mcp', '/.well-known/x', '/healthz/../mcp', '/nothing'])
    expect(await statusOf(url, path, header, version)).toBe(403);
  expect(await statusOf(url, '/mcp', header, version, 'POST')).toBe(403);
});

it('refuses a page of another origin, whatever its Host header says', async () => {
  const { url, metricsUrl = '' } = await serve(0);
  for (const at of [url, metricsUrl])
    expect(await statusOf(at, '/healthz', `${kubelet}Origin: http://10.244.0.5:3000\r\n`)).toBe(403);
});

it('serves metrics only at their own port if one is set, and health at both', async () => {
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

it('does not start if the port for metrics is taken, and leaves nothing open', async () => {
  const { metricsUrl = '' } = await serve(0);
  const taken = Number(new URL(metricsUrl).port);
  await expect(serve(taken)).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

it('takes the port from the setting metricsPort, reports its URL, and refuses the port of /mcp', async () => {
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
