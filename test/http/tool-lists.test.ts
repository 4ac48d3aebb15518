/** The tool list as text: created once for callers who see the same tools, for plain requests. */
import { McpServer } from '@modelcontextprotocol/server';
import { expect, it, onTestFinished } from 'vitest';
import type { Caller } from '../../src/http/caller.ts';
import { serveOverHttp } from '../../src/http/server.ts';
import { clientShowsPages } from '../../src/mcp/ui-extension.ts';
import { messageIn } from '../support/http.ts';

type Json = Record<string, unknown>;

const media = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const clientInfo = { name: 'test', version: '0.0.0' };
const _meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': clientInfo,
  'io.modelcontextprotocol/clientCapabilities': {},
};
const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
const modern = { ...media, 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' };
const ask = (id: unknown, params: Json = {}) => ({ jsonrpc: '2.0', id, method: 'tools/list', params });

/** How often each caller's list was created. */
const made = new Map<string, number>();

function callerOf(name: string): Caller {
  return {
    ...{ key: name, callerId: name, surface: {} },
    createServer() {
      const mcp = new McpServer(clientInfo, { capabilities: { tools: {} } });
      mcp.server.setRequestHandler('tools/list', (_, ctx) => {
        made.set(name, (made.get(name) ?? 0) + 1);
        const names = [`of_${name}_…`, ...(clientShowsPages(mcp, ctx) ? ['for_pages'] : [])];
        return { tools: names.map(one => ({ name: one, inputSchema: { type: 'object' as const } })) };
      });
      return mcp;
    },
    openListen: () => {
      throw new Error('nothing is listened to here');
    },
  };
}

/** A server with two callers, who name themselves. */
async function serve(more: Partial<Caller> = {}) {
  made.clear();
  const callers = { ann: callerOf('ann'), ben: callerOf('ben') };
  const server = await serveOverHttp({
    ...{ host: '127.0.0.1', port: 0, allowedHosts: ['127.0.0.1'], allowedOrigins: ['127.0.0.1'] },
    // A new object each time, as for callers with tokens.
    admit: async ({ headers }) => ({ ...callers[headers['x-caller'] === 'ben' ? 'ben' : 'ann'], ...more }),
  });
  onTestFinished(() => server.close());
  const send = (body: unknown, headers: Record<string, string>, method = 'POST') =>
    fetch(server.url, { method, headers, body: JSON.stringify(body) });
  const openSession = async (more: Record<string, string> = {}, capabilities: Json = {}) => {
    const opening = { jsonrpc: '2.0', id: 0, method: 'initialize', params: { ...initialize, capabilities } };
    const response = await send(opening, { ...media, ...more });
    await response.text();
    const id = String(response.headers.get('mcp-session-id'));
    return { ...media, ...more, 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' };
  };
  return { send, openSession };
}

const toolsOf = async (response: Response) => {
  const { result } = (await messageIn(response)) as { result: { tools: { name: string }[] } };
  return result.tools.map(({ name }) => name);
};

it('answers each plain request of the 2026 era as the SDK answered the first one', async () => {
  const { send } = await serve();
  const answers: unknown[] = [];
  for (const id of [1, 'a"b', 3]) answers.push(await (await send(ask(id, { _meta }), modern)).json());
  const unusual = await send(ask(4, { _meta: { ..._meta, progressToken: 1 } }), modern);
  const { result } = (await unusual.json()) as { result: Json };
  expect(result).toMatchObject({ resultType: 'complete', tools: [{ name: 'of_ann_…' }] });
  expect(answers).toEqual([1, 'a"b', 3].map(id => ({ jsonrpc: '2.0', id, result })));
  expect(made.get('ann')).toBe(2);
});

it('is created once for all callers who see the same tools', async () => {
  const surface = {};
  const { send } = await serve({ surface });
  for (const name of ['ann', 'ben'])
    expect(await toolsOf(await send(ask(1, { _meta }), { ...modern, 'x-caller': name }))).toEqual([
      'of_ann_…',
    ]);
  expect([made.get('ann'), made.get('ben')]).toEqual([1, undefined]);
});

it('stays cached for common requests, however many variants others send', async () => {
  const { send } = await serve();
  await send(ask(1, { _meta }), modern);
  for (let at = 0; at < 20; at += 1) {
    const strange = { ...modern, 'content-type': `application/json; a=${at}` };
    await (await send(ask(1, { _meta }), strange)).text();
    await (await send(ask(1, { _meta }), modern)).text();
  }
  expect(made.get('ann')).toBe(21);
});

it('gives the same list within a session of the 2025 era and without one, and names the session', async () => {
  const { send, openSession } = await serve();
  const session = await openSession();
  const { 'mcp-session-id': id, ...alone } = session;
  const first = await send(ask(1), session);
  expect([first.status, first.headers.get('mcp-session-id')]).toEqual([200, id]);
  expect(first.headers.get('content-type')).toBe('text/event-stream');
  expect(await messageIn(first)).toMatchObject({ id: 1, result: { tools: [{ name: 'of_ann_…' }] } });
  const second = await send({ ...ask(2), params: undefined }, alone);
  expect([await toolsOf(second), second.headers.get('mcp-session-id')]).toEqual([['of_ann_…'], null]);
  expect(made.get('ann')).toBe(1);
});

it('keeps a separate list for clients that show pages, by request or by session', async () => {
  const { send, openSession } = await serve();
  const pages = { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } };
  const withPages = { ..._meta, 'io.modelcontextprotocol/clientCapabilities': { extensions: pages } };
  const asked = async (meta: Json) => toolsOf(await send(ask(1, { _meta: meta }), modern));
  for (let round = 0; round < 2; round += 1) {
    expect(await asked(withPages)).toEqual(['of_ann_…', 'for_pages']);
    expect(await asked(_meta)).toEqual(['of_ann_…']);
  }
  expect(made.get('ann')).toBe(2);
  const [session, plain] = [await openSession({}, { extensions: pages }), await openSession()];
  for (let round = 0; round < 2; round += 1) {
    expect(await toolsOf(await send(ask(1), session))).toEqual(['of_ann_…', 'for_pages']);
    expect(await toolsOf(await send(ask(1), plain))).toEqual(['of_ann_…']);
  }
});

it('keeps separate lists for each caller and each era', async () => {
  const { send, openSession } = await serve();
  for (const name of ['ann', 'ben', 'ann', 'ben']) {
    const headers = { ...modern, 'x-caller': name };
    expect(await toolsOf(await send(ask(1, { _meta }), headers))).toEqual([`of_${name}_…`]);
  }
  const legacy = (await messageIn(await send(ask(1), await openSession()))) as { result: Json };
  expect(Object.keys(legacy.result)).toEqual(['tools']);
});

it.each<[string, unknown, Record<string, string>, string, number]>([
  ['whose header names another method', ask(1, { _meta }), { ...modern, 'mcp-method': 'ping' }, 'POST', 400],
  [
    'with an unknown protocol version',
    ask(1, { _meta }),
    { ...modern, 'mcp-protocol-version': '2027-01-01' },
    'POST',
    400,
  ],
  ['without the required metadata', ask(1), modern, 'POST', 400],
  [
    'with invalid metadata',
    ask(1, { _meta: { ..._meta, 'io.modelcontextprotocol/clientInfo': 1 } }),
    modern,
    'POST',
    400,
  ],
  ['with null as its id', ask(null, { _meta }), modern, 'POST', 400],
  ['with an unknown member', { ...ask(1, { _meta }), more: 1 }, modern, 'POST', 400],
  ['with another HTTP method', ask(1, { _meta }), modern, 'DELETE', 405],
  ['with another content type', ask(1, { _meta }), { ...modern, 'content-type': 'text/plain' }, 'POST', 415],
])('lets the SDK refuse a request %s', async (_, body, headers, method, status) => {
  const { send } = await serve();
  expect((await send(ask(1, { _meta }), modern)).status).toBe(200);
  expect((await send(body, headers, method)).status).toBe(status);
});

it.each<[string, (session: Record<string, string>) => Record<string, string>, number]>([
  ['that does not accept event streams', session => ({ ...session, accept: 'application/json' }), 406],
  [
    'with an unknown protocol version',
    session => ({ ...session, 'mcp-protocol-version': '2020-01-01' }),
    400,
  ],
  ['in a session that is not open', session => ({ ...session, 'mcp-session-id': 'none' }), 404],
  ["in somebody else's session", session => ({ ...session, 'x-caller': 'ben' }), 404],
])('refuses a request of the 2025 era %s', async (_, spoil, status) => {
  const { send, openSession } = await serve();
  const session = await openSession();
  expect((await send(ask(1), session)).status).toBe(200);
  expect((await send(ask(2), spoil(session))).status).toBe(status);
});

it('lets the SDK answer a request with a cursor', async () => {
  const { send } = await serve();
  for (const id of [1, 2]) expect((await send(ask(id, { _meta, cursor: 'x' }), modern)).status).toBe(200);
  expect(made.get('ann')).toBe(2);
});
