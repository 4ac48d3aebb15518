/**
 * The default limits on sessions of the 2025 era: abandoned sessions do not block new ones, because the
 * longest idle one ends.
 */
import { McpServer } from '@modelcontextprotocol/server';
import { expect, it, onTestFinished } from 'vitest';
import { createSessionEventStores } from '../../src/http/events.ts';
import { defaultLimits } from '../../src/http/limits.ts';
import type { Owner } from '../../src/http/session.ts';
import { Sessions } from '../../src/http/sessions.ts';
import { eras } from '../support/child.ts';

const { sessions: mostSessions, sessionsPerCaller: mostPerCaller, sessionIdleMs: idleMs } = defaultLimits;
const [legacy] = eras;
const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: legacy.first };

const ownerOf = (callerId: string): Owner => ({
  ...{ callerId, key: callerId },
  createServer: () => new McpServer({ name: 'test', version: '0.0.0' }, { capabilities: {} }),
});

/** Sessions that their clients open and abandon, on a clock that the test moves. */
function setUp() {
  let now = 0;
  const sessions = new Sessions(
    { idleMs, mostSessions, mostPerCaller },
    createSessionEventStores(),
    undefined,
    () => now,
  );
  onTestFinished(() => sessions.close());
  async function open(callerId: string): Promise<string | undefined> {
    now += 1;
    const session = await sessions.open(ownerOf(callerId), initialize);
    if (!session) return undefined;
    const release = session.use(true);
    const response = await session.handleRequest(
      new Request('http://127.0.0.1/mcp', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      }),
      { parsedBody: initialize },
    );
    await response.text();
    release();
    return String(response.headers.get('mcp-session-id'));
  }
  return {
    sessions,
    open,
    async openMany(count: number, nameOf: (at: number) => string) {
      const ids: string[] = [];
      for (let at = 0; at < count; at += 1) ids.push(String(await open(nameOf(at))));
      return ids;
    },
  };
}

it('a new session of a caller with 100 ends the longest idle one of that caller', async () => {
  const { sessions, open, openMany } = setUp();
  await open('somebody else');
  const ids = await openMany(mostPerCaller, () => 'ann');
  sessions.find(String(ids[0]), 'ann')?.use(false)();
  expect(await open('ann')).toBeDefined();
  expect(sessions.size).toBe(mostPerCaller + 1);
  const left = ids.map(id => sessions.find(id, 'ann') !== undefined);
  expect([left[0], left[1], left.filter(one => one).length]).toEqual([true, false, mostPerCaller - 1]);
});

it('a new session beyond 5,000 in all ends the longest idle one of any caller', async () => {
  const { sessions, open, openMany } = setUp();
  const nameOf = (at: number) => `caller-${at % 50}`;
  const ids = await openMany(mostSessions, nameOf);
  expect(sessions.size).toBe(mostSessions);
  expect(await open('newcomer')).toBeDefined();
  expect(sessions.size).toBe(mostSessions);
  expect([0, 1].map(at => sessions.find(String(ids[at]), nameOf(at)) !== undefined)).toEqual([false, true]);
});

it("a caller with all sessions in use is told when to retry, and ends no other caller's session", async () => {
  const { sessions, open, openMany } = setUp();
  await open('ben');
  const ids = await openMany(mostPerCaller, () => 'ann');
  const uses = ids.map(id => sessions.find(id, 'ann')?.use(false));
  expect(await open('ann')).toBeUndefined();
  expect(sessions.size).toBe(mostPerCaller + 1);
  uses[7]?.();
  expect(await open('ann')).toBeDefined();
  expect(sessions.find(String(ids[7]), 'ann')).toBeUndefined();
});

it("limits a caller's sessions together, for all of their tokens", async () => {
  const { sessions } = setUp();
  for (let at = 0; at <= mostPerCaller; at += 1) {
    const session = await sessions.open({ ...ownerOf('ann'), key: `ann.${at}` }, initialize);
    await session?.handleRequest(
      new Request('http://127.0.0.1/mcp', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      }),
      { parsedBody: initialize },
    );
  }
  expect(sessions.size).toBe(mostPerCaller);
});
