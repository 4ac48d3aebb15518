/**
 * How long a session of the 2025 era lives: by its last use and not by its age, as the documentation says.
 */
import { readFileSync } from 'node:fs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { defaultLimits } from '../../src/http/limits.ts';
import { serveOverHttp } from '../../src/http/server.ts';
import { eras } from '../support/child.ts';
import { noTools } from './no-tools.ts';

const MINUTE = 60_000;
const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: eras[0].first };
const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };

const notes = readFileSync(new URL('../../deploy/README.md', import.meta.url), 'utf8');
const [, minutes] = /ends after (\d+) minutes without use/.exec(notes) ?? [];
const idleMs = Number(minutes) * MINUTE;

/** A server with its default limits, on a monotonic clock that the test moves. */
async function serve() {
  const { now } = performance;
  let passed = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + passed);
  onTestFinished(() => void vi.restoreAllMocks());
  const server = await serveOverHttp({
    ...{ host: '127.0.0.1', port: 0, allowedHosts: ['127.0.0.1'], allowedOrigins: [] },
    admit: async () => ({
      ...{ key: 'ann', callerId: 'ann', surface: {} },
      ...noTools,
    }),
  });
  onTestFinished(() => server.close());
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const post = (body: object, session?: string) =>
    fetch(server.url, {
      method: 'POST',
      headers: { ...headers, ...(session !== undefined && { 'mcp-session-id': session }) },
      body: JSON.stringify(body),
    });
  return {
    url: server.url,
    /** Opens one; whatever has been idle for too long ends then. */
    async open(): Promise<string> {
      const opened = await post(initialize);
      await opened.text();
      return String(opened.headers.get('mcp-session-id'));
    },
    async use(session: string): Promise<number> {
      const used = await post(list, session);
      await used.text();
      return used.status;
    },
    pass(ms: number) {
      passed += ms;
    },
  };
}

it('may be idle for as long as the documentation says', async () => {
  expect(defaultLimits.sessionIdleMs).toBe(idleMs);
  const { open, use, pass } = await serve();
  const session = await open();
  pass(idleMs - 1_000);
  await open();
  expect(await use(session)).toBe(200);
  pass(idleMs + 1_000);
  await open();
  expect(await use(session)).toBe(404);
});

it('does not end by its age', async () => {
  const { open, use, pass } = await serve();
  const session = await open();
  for (let round = 0; round < 5; round++) {
    pass(idleMs * 0.8);
    await open();
    expect(await use(session)).toBe(200);
  }
});

it('does not end while its stream is open', async () => {
  const { url, open, use, pass } = await serve();
  const session = await open();
  const leave = new AbortController();
  onTestFinished(() => leave.abort());
  const stream = await fetch(url, {
    headers: { accept: 'text/event-stream', 'mcp-session-id': session },
    signal: leave.signal,
  });
  expect(stream.status).toBe(200);
  pass(idleMs * 3);
  await open();
  expect(await use(session)).toBe(200);
});
