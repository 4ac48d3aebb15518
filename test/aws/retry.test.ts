/**
 * What the SDK sends again, and until when: the strategy on the test's own clock, then both clients over a
 * real socket.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { clockAhead, createConnection } from '../../src/aws/client.ts';
import { createRetryStrategy, type Traffic } from '../../src/aws/retry.ts';
import { createSendOperation } from '../../src/call/send.ts';
import { operations } from '../../src/operations/index.ts';
import { noBackoff, outcomeOf } from '../support/write-outcomes.ts';

type ErrorType = Parameters<
  ReturnType<typeof createRetryStrategy>['refreshRetryTokenForRetry']
>[1]['errorType'];

/** A strategy on a clock that only its waits move; `takes` is how long each attempt lasts. */
function strategyOn(traffic: Traffic, { takes = 0 } = {}) {
  let time = Date.now();
  const waits: number[] = [];
  const strategy = createRetryStrategy(traffic, {
    now: () => time,
    machineNow: () => time,
    wait: async ms => {
      waits.push(ms);
      time += ms;
    },
    backoff: noBackoff,
  });
  /** Fails as often as another attempt is granted, at most 50 times, and answers how many attempts were made. */
  const attempts = async (errorType: ErrorType, retryAfterMs?: number) => {
    let token = await strategy.acquireInitialRetryToken('');
    for (let count = 1; count < 50; count++) {
      time += takes;
      const hint = retryAfterMs === undefined ? {} : { retryAfterHint: new Date(time + retryAfterMs) };
      try {
        token = await strategy.refreshRetryTokenForRetry(token, { errorType, ...hint });
      } catch {
        return count;
      }
    }
    return 50;
  };
  return { attempts, waits };
}

describe('the strategy', () => {
  it.each([
    ['reads', 'TRANSIENT', 3],
    ['reads', 'SERVER_ERROR', 3],
    ['reads', 'CLIENT_ERROR', 1],
    ['writes', 'TRANSIENT', 1],
    ['writes', 'SERVER_ERROR', 1],
    ['writes', 'CLIENT_ERROR', 1],
    ['polls', 'TRANSIENT', 1],
    ['polls', 'SERVER_ERROR', 1],
    ['polls', 'THROTTLING', 1],
  ] as const)('of %s allows, after %s, %i attempts', async (traffic, errorType, count) => {
    expect(await strategyOn(traffic).attempts(errorType)).toBe(count);
  });

  it.each(['reads', 'writes'] as const)(
    'of %s continues under throttling until the deadline',
    async traffic => {
      // The backoff before the sixth attempt can take 16 s: with five attempts of 4 s that would pass 30 s.
      expect(await strategyOn(traffic, { takes: 4_000 }).attempts('THROTTLING')).toBe(5);
      expect(await strategyOn(traffic, { takes: 29_001 }).attempts('THROTTLING')).toBe(1);
      expect(await strategyOn(traffic, { takes: 29_000 }).attempts('THROTTLING')).toBe(2);
    },
  );

  it('waits as long as AWS asks for', async () => {
    const { attempts, waits } = strategyOn('writes');
    expect(await attempts('THROTTLING', 12_000)).toBe(3);
    expect(waits).toEqual([12_000, 12_000]);
  });

  it('waits in real time by default', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const strategy = createRetryStrategy('reads', { backoff: noBackoff });
    const token = await strategy.acquireInitialRetryToken('');
    let isOver = false;
    const retryAfterHint = new Date(Date.now() + 20_000);
    const next = strategy
      .refreshRetryTokenForRetry(token, { errorType: 'THROTTLING', retryAfterHint })
      .then(() => {
        isOver = true;
      });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(10_000);
    await next;
  });

  it('gives up at once if AWS asks for a longer wait than is left', async () => {
    const { attempts, waits } = strategyOn('writes');
    expect(await attempts('THROTTLING', 31_000)).toBe(1);
    expect(waits).toEqual([]);
  });
});

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };

/** A server that answers in turn with the given status and headers, and counts. */
async function serverOf(...answers: { status: number; type?: string; headers?: Record<string, string> }[]) {
  let count = 0;
  const server = createServer((_, response) => {
    const { status, type, headers } = answers[Math.min(count, answers.length - 1)] ?? { status: 500 };
    count++;
    response.writeHead(status, { ...(type && { 'x-amzn-ErrorType': type }), ...headers });
    response.end(status === 200 ? '{"appId":"d1a","jobId":"j1","status":"PENDING"}' : '{"message":"no"}');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const waits: number[] = [];
  const { send } = createConnection({
    settings: async () => ({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials,
      userAgent: 'test/1',
      retry: { backoff: noBackoff, wait: async ms => void waits.push(ms) },
    }),
  });
  const call = (name: string, args: Record<string, unknown>) => {
    const operation = operations.find(one => one.name === name);
    if (!operation) throw new Error(`no ${name}`);
    return outcomeOf(createSendOperation(send, { wait: async () => undefined })(operation, args));
  };
  return { count: () => count, waits, call };
}

const dev = { appId: 'd1a', backendEnvironmentName: 'dev' };

describe.each([
  ['CloneBackend', { ...dev, targetEnvironmentName: 'qa' }],
  ['GetBackend', dev],
])('%s over a socket', (name, args) => {
  it.each([
    [429, 'TooManyRequestsException'],
    [400, 'ThrottlingException'],
    [400, 'RequestLimitExceeded'],
    [400, 'SlowDown'],
    [503, 'ThrottledException'],
  ])('is sent again after %i %s', async (status, type) => {
    const server = await serverOf({ status, type }, { status, type }, { status: 200 });
    expect(await server.call(name, args)).toHaveProperty('answer.appId', 'd1a');
    expect(server.count()).toBe(3);
  });

  it('honours Retry-After', async () => {
    const throttled = { status: 429, headers: { 'retry-after': '7' } };
    const server = await serverOf(throttled, { status: 200 });
    await server.call(name, args);
    expect(server.count()).toBe(2);
    expect(server.waits).toHaveLength(1);
    expect(server.waits[0]).toBeGreaterThan(6_500);
    expect(server.waits[0]).toBeLessThanOrEqual(7_000);
  });

  it('reports throttling if the wait would be too long', async () => {
    const server = await serverOf({ status: 429, headers: { 'retry-after': '60' } });
    expect(await server.call(name, args)).toMatchObject({ code: 'throttled', retryable: true });
    expect(server.count()).toBe(1);
  });

  it('is not sent again after an ordinary 400', async () => {
    const server = await serverOf({ status: 400, type: 'BadRequestException' });
    expect(await server.call(name, args)).toMatchObject({ code: 'bad_request' });
    expect(server.count()).toBe(1);
  });
});

it.each([500, 501, 502, 503, 504])(
  'GetToken, which changes nothing, is read again after %i',
  async status => {
    const server = await serverOf({ status });
    const failure = await server.call('GetToken', { appId: 'd1a', sessionId: 's' });
    expect(failure).toMatchObject({ code: 'service_unavailable' });
    expect(server.count()).toBe(3);
  },
);

it.each([
  ['what there is not', 404, 'NotFoundException', 1],
  ['what refuses its signature', 403, 'InvalidSignatureException', 3],
])('a read of %s, with a clock that is minutes off, ends after %i %s', async (_, status, type, count) => {
  const date = new Date(Date.now() + 270_000).toUTCString();
  const server = await serverOf({ status, type, headers: { date } });
  expect(await server.call('GetBackend', dev)).toHaveProperty('code');
  expect(server.count()).toBe(count);
});

describe("AWS's clock", () => {
  const at = Date.parse('2026-01-01T00:00:00.400Z');
  const dated = (date?: string) => ({ headers: date === undefined ? {} : { date } });

  it.each([
    ['the same second', 'Thu, 01 Jan 2026 00:00:00 GMT', 0],
    ['a second more', 'Thu, 01 Jan 2026 00:00:01 GMT', 0],
    ['minutes ahead', 'Thu, 01 Jan 2026 00:02:00 GMT', 120_100],
    ['minutes behind', 'Wed, 31 Dec 2025 23:58:00 GMT', -119_900],
    ['no time', undefined, undefined],
    ['nonsense', 'soon', undefined],
  ])('is read from the answer: %s', (_, date, ahead) => {
    expect(clockAhead(dated(date), at)).toBe(ahead);
  });

  it('is unknown without an answer', () => {
    expect(clockAhead(undefined, at)).toBeUndefined();
  });
});
