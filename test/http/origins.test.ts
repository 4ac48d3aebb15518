/** Pages in browsers: those of allowed origins may call the endpoint and read its answers, all others may not. */
import { McpServer } from '@modelcontextprotocol/server';
import { expect, it, onTestFinished } from 'vitest';
import { serveOverHttp } from '../../src/http/server.ts';
import { eras } from '../support/child.ts';

const page = 'https://app.example.com';
const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: eras[0].first };

async function serve(browserOrigins: readonly string[], path?: string) {
  const server = await serveOverHttp({
    ...{ host: '127.0.0.1', port: 0, allowedHosts: ['127.0.0.1'], allowedOrigins: ['127.0.0.1'], path },
    browserOrigins,
    async admit({ headers }, reply) {
      if (headers.authorization !== undefined)
        return {
          ...{ key: 'test', callerId: 'test', surface: {} },
          createServer: () => new McpServer({ name: 'test', version: '0.0.0' }, { capabilities: {} }),
          openListen: () => {
            throw new Error('not expected to be called');
          },
        };
      await reply.code(401).header('www-authenticate', 'Bearer').send();
      return undefined;
    },
  });
  onTestFinished(() => server.close());
  const preflight = (origin: string) =>
    fetch(server.url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,mcp-protocol-version,mcp-session-id',
      },
    });
  const post = (origin: string, more: Record<string, string> = {}, url = server.url) =>
    fetch(url, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json', accept: '*/*', ...more },
      body: JSON.stringify(initialize),
    });
  return { url: server.url, preflight, post };
}

const token = { authorization: 'Bearer x' };
const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

it('answers the preflight of a named origin with what its page may send', async () => {
  const { preflight } = await serve([page, 'http://localhost:6274']);
  const response = await preflight(page);
  expect(response.status).toBe(204);
  expect(allowed(response)).toBe(page);
  expect(response.headers.get('access-control-allow-methods')).toContain('DELETE');
  expect(response.headers.get('access-control-allow-headers')).toContain('mcp-session-id');
  expect(response.headers.get('vary')).toContain('Origin');
  expect(allowed(await preflight('http://localhost:6274'))).toBe('http://localhost:6274');
});

it('lets a page of a named origin read the answer, the session and the challenge', async () => {
  const { post } = await serve([page]);
  const [answered, refused] = [await post(page, token), await post(page)];
  expect([answered.status, refused.status]).toEqual([200, 401]);
  for (const response of [answered, refused]) {
    expect(allowed(response)).toBe(page);
    const exposed = response.headers.get('access-control-expose-headers');
    for (const name of ['Mcp-Session-Id', 'WWW-Authenticate']) expect(exposed).toContain(name);
  }
  expect(await answered.text()).toContain('protocolVersion');
});

it.each(['https://evil.example', 'http://app.example.com', `${page}:8443`, `${page}.evil.example`, 'null'])(
  'refuses a page of the origin %s',
  async origin => {
    const { preflight, post } = await serve([page]);
    for (const response of [await preflight(origin), await post(origin, token)]) {
      expect(response.status).toBe(403);
      expect(allowed(response)).toBeNull();
    }
  },
);

it('sends no CORS headers if no origin is named', async () => {
  const { preflight, post } = await serve([]);
  expect((await preflight(page)).status).toBe(403);
  const own = await post('http://127.0.0.1', token);
  expect([own.status, allowed(own)]).toEqual([200, null]);
});

it('answers under the path of its public URL too', async () => {
  const { url, post } = await serve([], '/');
  for (const path of ['/', '/mcp'])
    expect((await post('http://127.0.0.1', token, new URL(path, url).href)).status).toBe(200);
  expect((await post('http://127.0.0.1', token, new URL('/other', url).href)).status).toBe(404);
});
