/**
 * The connection to AmplifyBackend over a real socket: which traffic is sent again, how requests are
 * observed, and AWS's clock in answers.
 */

import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { GetBackendCommand } from '@aws-sdk/client-amplifybackend';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type AwsSettings,
  type ConnectionOptions,
  clientSettings,
  clockLeadOf,
  createConnection,
  isWrite,
  type Sendable,
} from '../../src/aws/client.ts';
import type { ServerError } from '../../src/errors.ts';
import type { SdkCommand } from '../../src/operations/define.ts';
import { operations } from '../../src/operations/index.ts';
import { noBackoff } from '../support/write-outcomes.ts';
import { startAwsHome } from './support.ts';

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };

/** A server that answers with the given statuses in turn, the last one on, and tells no time but the given one. */
async function startService(statuses: readonly number[], date?: string) {
  const sockets = new Set<Socket>();
  const seen: { readonly path: string; readonly userAgent: string }[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    const status = statuses[Math.min(seen.length, statuses.length - 1)] ?? 200;
    seen.push({ path: url, userAgent: String(headers['x-amz-user-agent']) });
    response.sendDate = false;
    response.writeHead(status, date === undefined ? {} : { date });
    response.end(status === 200 ? '{"appId":"d1a"}' : '{"message":"no"}');
  });
  server.on('connection', socket => sockets.add(socket));
  // It closes no connection of its own accord.
  server.keepAliveTimeout = 0;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { seen, sockets, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const connectTo = (
  endpoint: string,
  more: Partial<AwsSettings> = {},
  options: Partial<ConnectionOptions> = {},
) => {
  const connection = createConnection({
    settings: async () => ({
      ...{ endpoint, region: 'us-east-1', credentials, userAgent: 'test/1' },
      retry: { backoff: noBackoff },
      ...more,
    }),
    ...options,
  });
  onTestFinished(connection.release);
  return connection;
};

const command = () => new GetBackendCommand({ AppId: 'd1a' }) as SdkCommand;
const read: Sendable = {
  ...{ name: 'GetBackend', access: 'read', evidence: undefined, iamAction: 'amplifybackend:GetBackend' },
};

it.each<[string, Partial<Sendable>, number]>([
  ['a read three times', {}, 3],
  ['a poll once', { isPoll: true }, 1],
  ['a write once', { evidence: ['job'] }, 1],
  ['a write that leaves no trace once', { evidence: [] }, 1],
  ['a write once, even where it is called a poll', { evidence: [], isPoll: true }, 1],
])('sends %s if the service fails', async (_, more, times) => {
  const { endpoint, seen } = await startService([500]);
  const { send } = connectTo(endpoint);
  await expect(send({ ...read, ...more }, command())).rejects.toMatchObject({ $fault: expect.any(String) });
  expect(seen).toHaveLength(times);
});

it('sends a throttled poll once, because the poller plans the next one', async () => {
  const { endpoint, seen } = await startService([429]);
  const polled = connectTo(endpoint).send({ ...read, isPoll: true }, command());
  await expect(polled).rejects.toMatchObject({ $metadata: { httpStatusCode: 429 } });
  expect(seen).toHaveLength(1);
});

it('separates the kinds of traffic, in any order', async () => {
  const { endpoint, seen } = await startService([500]);
  const { send } = connectTo(endpoint);
  for (const more of [{ evidence: [] }, {}, { isPoll: true }, { evidence: [] }])
    await expect(send({ ...read, ...more }, command())).rejects.toThrow();
  expect(seen).toHaveLength(1 + 3 + 1 + 1);
});

it('has a poll wait until it may be sent, and nothing else', async () => {
  const { endpoint, seen } = await startService([200]);
  const turns: number[] = [];
  const { send } = connectTo(endpoint, {}, { waitForPoll: async () => void turns.push(seen.length) });
  await send(read, command());
  await send({ ...read, evidence: [] }, command());
  expect(turns).toEqual([]);
  await send({ ...read, isPoll: true }, command());
  expect(turns).toEqual([2]);
});

it('tells of a request that fails, and of no other', async () => {
  const { endpoint } = await startService([200, 400]);
  const failures: unknown[] = [];
  const { send } = connectTo(endpoint, {}, { onFailure: thrown => failures.push(thrown) });
  await send(read, command());
  expect(failures).toEqual([]);
  const failure = await send(read, command()).catch((thrown: unknown) => thrown);
  expect(failures).toEqual([failure]);
});

it("tells AWS's time by its last answer", async () => {
  const { endpoint } = await startService([200], new Date(Date.now() + 3_600_000).toUTCString());
  const { send, awsNow } = connectTo(endpoint);
  const leadMinutes = () => Math.round((awsNow() - Date.now()) / 60_000);
  expect(leadMinutes()).toBe(0);
  await send(read, command());
  expect(leadMinutes()).toBe(60);
});

it('every operation that declares evidence, even empty evidence, is a write', () => {
  expect([
    isWrite({ evidence: undefined }),
    isWrite({ evidence: [] }),
    isWrite({ evidence: ['job'] }),
  ]).toEqual([false, true, true]);
  expect(operations.filter(isWrite).every(({ access }) => access !== 'read')).toBe(true);
});

describe('an answer', () => {
  it.each([
    ['that tells a time', 120_000],
    ['that tells the time of this machine', 0],
  ])("%s has the lead of AWS's clock", async (_, aheadMs) => {
    const { endpoint } = await startService([200], new Date(Date.now() + aheadMs).toUTCString());
    const answer = await connectTo(endpoint).send(read, command());
    expect(Math.abs((clockLeadOf(answer) ?? Number.NaN) - aheadMs)).toBeLessThan(60_000);
    expect(clockLeadOf(answer) === 0).toBe(aheadMs === 0);
  });

  it('without a time has no lead', async () => {
    const { endpoint } = await startService([200]);
    expect(clockLeadOf(await connectTo(endpoint).send(read, command()))).toBeUndefined();
    expect(clockLeadOf({})).toBeUndefined();
  });
});

it('names the variable that sends this service alone where nothing answers', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_AMPLIFYBACKEND', 'http://127.0.0.1:1');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { send } = connectTo('', { endpoint: undefined });
  const failure = await send(read, command()).catch((thrown: unknown) => thrown);
  expect(String((failure as ServerError).hint)).toContain('AWS_ENDPOINT_URL_AMPLIFYBACKEND');
});

it('names this program to AWS', async () => {
  const { endpoint, seen } = await startService([200]);
  await connectTo(endpoint).send(read, command());
  expect(seen).toEqual([{ path: '/backend/d1a/details', userAgent: expect.stringContaining('test/1') }]);
});

describe('an observer', () => {
  it('wraps each attempt, with its service and operation', async () => {
    const { endpoint, seen } = await startService([500, 500, 200]);
    const events: string[] = [];
    const { send } = connectTo(endpoint, {
      watch: async ({ service, operation }, run) => {
        events.push(`${service}.${operation} before ${seen.length}`);
        try {
          return await run();
        } finally {
          events.push(`after ${seen.length}`);
        }
      },
    });
    await send(read, command());
    expect(events).toEqual(
      [0, 1, 2].flatMap(count => [`AmplifyBackend.GetBackend before ${count}`, `after ${count + 1}`]),
    );
  });

  it('can keep a request from being sent', async () => {
    const { endpoint, seen } = await startService([200]);
    const { send } = connectTo(endpoint, { watch: () => Promise.reject(new Error('not now')) });
    await expect(send(read, command())).rejects.toThrow('not now');
    expect(seen).toEqual([]);
  });
});

it('an aborted signal ends the request', async () => {
  const { endpoint, seen } = await startService([200]);
  await expect(connectTo(endpoint).send(read, command(), AbortSignal.abort())).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(seen).toEqual([]);
});

it('leaves no listener on the signal of the caller', async () => {
  const { endpoint } = await startService([200]);
  const { send } = connectTo(endpoint);
  const { signal } = new AbortController();
  for (const more of [{}, { evidence: [] }, { isPoll: true }])
    await send({ ...read, ...more }, command(), signal);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('a release closes the connections, and the next request opens another', async () => {
  const { endpoint, sockets } = await startService([200]);
  const { send, release } = connectTo(endpoint);
  await send(read, command());
  await send(read, command());
  expect(sockets.size).toBe(1);
  release();
  await expect.poll(() => [...sockets].every(({ destroyed }) => destroyed)).toBe(true);
  await send(read, command());
  expect(sockets.size).toBe(2);
});

describe('the settings of a client', () => {
  it('leave unset members to the SDK', async () => {
    startAwsHome();
    const { retryStrategy, requestHandler, ...rest } = await clientSettings(
      { userAgent: 'test/1' },
      'reads',
      'AmplifyBackend',
    );
    expect(rest).toEqual({ customUserAgent: 'test/1', cacheMiddleware: true });
    expect(requestHandler).toMatchObject({ requestTimeout: 35_000, throwOnRequestTimeout: true });
    expect(retryStrategy).toBeDefined();
  });

  it('have all set members', async () => {
    const said = {
      region: 'us-east-1',
      profile: 'shop',
      endpoint: 'http://127.0.0.1:1',
      credentials,
    };
    const settings = await clientSettings({ ...said, userAgent: 'test/1' }, 'writes', 'AmplifyBackend');
    expect(settings).toMatchObject(said);
  });
});
