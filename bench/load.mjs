/**
 * Load on one MCP endpoint: so many connections, each of which asks again as soon as it is answered. Latencies are
 * kept one by one, since the load generator's own are whole milliseconds; CPU is what the served process spent.
 */
import { readFile } from 'node:fs/promises';
import autocannon from 'autocannon';

/** Clock ticks of Linux: `/proc` counts in them, whatever the kernel does. */
const TICK_MS = 10;

const clientInfo = { name: 'bench', version: '1' };
const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': clientInfo,
  'io.modelcontextprotocol/clientCapabilities': {},
};
const media = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const message = (method, params) => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });

/** How each era asks: a request that stands for itself, or one in a session. */
export const eras = {
  2025: {
    headers: { ...media, 'mcp-protocol-version': '2025-11-25' },
    headersOf: () => ({}),
    body: message,
    async open(url) {
      const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
      const post = (headers, body) => fetch(url, { method: 'POST', headers: { ...media, ...headers }, body });
      const response = await post({}, message('initialize', params));
      if (!response.ok) throw new Error(`${url} opens no session: ${response.status}`);
      const session = { 'mcp-session-id': response.headers.get('mcp-session-id') };
      await response.text();
      const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
      await (await post(session, JSON.stringify(initialized))).text();
      return session;
    },
    close: (url, session) => fetch(url, { method: 'DELETE', headers: session }),
  },
  2026: {
    headers: { ...media, 'mcp-protocol-version': '2026-07-28' },
    headersOf: (method, { name }) => ({ 'mcp-method': method, ...(name && { 'mcp-name': name }) }),
    body: (method, params) => message(method, { ...params, _meta: envelope }),
    open: async () => ({}),
    close: async () => undefined,
  },
};

/** Milliseconds of CPU that a process has spent; undefined where the system does not tell. */
async function cpuMs(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const [user, system] =
    stat
      ?.slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number) ?? [];
  return user === undefined ? undefined : (user + system) * TICK_MS;
}

/** The text of one answer, so that what is timed is known to work. @throws where it does not */
async function probe(url, { headers, body }, session) {
  const response = await fetch(url, { method: 'POST', headers: { ...headers, ...session }, body });
  const text = await response.text();
  if (response.ok && text.includes('"result"') && !text.includes('"isError":true')) return text;
  throw new Error(`${url} answers ${response.status}: ${text.slice(0, 500)}`);
}

/** Asks for so long. @throws where an answer is not what it was before */
export async function load({ url, pid, era, method, params = {}, connections, ms }) {
  const { headers, headersOf, body, open, close } = eras[era];
  const asked = { headers: { ...headers, ...headersOf(method, params) }, body: body(method, params) };
  // A session of its own for each connection, as for each client.
  const sessions = await Promise.all(Array.from({ length: connections }, () => open(url)));
  const { length } = await probe(url, asked, sessions[0]);
  const free = [...sessions];
  const latencies = [];
  const before = await cpuMs(pid);
  const startedAt = performance.now();
  let lastAt = startedAt;
  const running = autocannon({
    ...{ url, method: 'POST', connections, duration: ms / 1000, ...asked },
    setupClient: client => client.setHeaders({ ...asked.headers, ...free.pop() }),
  });
  let strange = 0;
  running.on('response', (_, status, bytes, latency) => {
    lastAt = performance.now();
    latencies.push(latency);
    // The head adds to the text; a failure is far shorter than what was asked for.
    if (status !== 200 || bytes < length) strange += 1;
  });
  const { errors } = await running;
  const after = await cpuMs(pid);
  await Promise.all(sessions.map(session => close(url, session)));
  if (strange + errors > 0 || latencies.length === 0)
    throw new Error(`${url}: ${strange} strange answers, ${errors} errors`);
  return {
    latencies,
    perSecond: (latencies.length * 1000) / (lastAt - startedAt),
    cpuMs: after === undefined ? undefined : (after - before) / latencies.length,
  };
}
