/** Requests over a real socket: abort, observation, credentials, and the middleware that reads share. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { type AwsAttempt, type AwsSettings, clockLeadOf, createConnection } from '../../src/aws/client.ts';
import { operations } from '../../src/operations/index.ts';
import { noBackoff } from '../support/write-outcomes.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const found = (_: IncomingMessage, response: ServerResponse) => void response.end('{"appId":"d1a"}');
const throttled = (_: IncomingMessage, response: ServerResponse) => void response.writeHead(429).end('{}');

/** A service whose answers are the test's, and a sender to it. @returns the requests that came, too */
async function start(answer: Answer, settings: Partial<AwsSettings> = {}) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    request.resume();
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { send, release } = createConnection({
    settings: async () => ({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
      userAgent: 'test/1',
      retry: { backoff: noBackoff },
      ...settings,
    }),
  });
  onTestFinished(() => {
    release();
    server.closeAllConnections();
    server.close();
  });
  const call = (name: string, input: object, signal?: AbortSignal) => {
    const operation = operations.find(one => one.name === name);
    if (!operation) throw new Error(`no ${name}`);
    return send(operation, operation.createCommand({ ...input }), signal);
  };
  return { requests, call };
}

const cases = [
  ['GetBackend', { AppId: 'd1a' }],
  ['DeleteBackend', { AppId: 'd1a', BackendEnvironmentName: 'dev' }],
] as const;
const [[read, input]] = cases;

it.each(cases)('%s is aborted at AWS, and another request continues', async (name, its) => {
  const waiting: ServerResponse[] = [];
  const { call } = await start((_, response) => void waiting.push(response));
  const one = new AbortController();
  const first = call(name, its, one.signal);
  await expect.poll(() => waiting.length).toBe(1);
  const second = call(name, its, new AbortController().signal);
  await expect.poll(() => waiting.length).toBe(2);
  one.abort();
  await expect(first).rejects.toMatchObject({ name: 'AbortError' });
  await expect.poll(() => waiting[0]?.destroyed).toBe(true);
  waiting[1]?.end('{"appId":"d1a"}');
  expect(await second).toMatchObject({ AppId: 'd1a' });
});

it.each(cases)('%s is not sent if it was aborted before', async (name, its) => {
  const { call, requests } = await start(found);
  await call(name, its);
  await expect(call(name, its, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  await call(name, its);
  expect(requests).toHaveLength(2);
});

it.each(cases)('%s that waits for a retry ends when it is aborted', async (name, its) => {
  let waits = 0;
  const wait = () => {
    waits += 1;
    return new Promise(() => undefined);
  };
  const again = (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(429, { 'retry-after': '7' }).end('{}');
  const { call } = await start(again, { retry: { backoff: noBackoff, wait } });
  const stop = new AbortController();
  const answer = call(name, its, stop.signal);
  await expect.poll(() => waits).toBe(1);
  stop.abort();
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
});

it.each(cases)('each attempt of %s is observed', async (name, its) => {
  let count = 0;
  const attempts: AwsAttempt[] = [];
  const answer: Answer = (...pair) => (++count % 2 === 1 ? throttled(...pair) : found(...pair));
  const { call } = await start(answer, {
    async watch(attempt, run) {
      attempts.push(attempt);
      return run();
    },
  });
  const { signal } = new AbortController();
  for (const given of [undefined, signal, undefined]) {
    const result = (await call(name, its, given)) as { $metadata: object };
    expect(result.$metadata).toMatchObject({ attempts: 2 });
    expect(clockLeadOf(result)).toBe(0);
  }
  expect(attempts).toEqual(Array.from({ length: 6 }, () => ({ service: 'AmplifyBackend', operation: name })));
});

it('reads what each request asks for, with the current keys', async () => {
  let accessKeyId = '';
  const credentials = Object.assign(async () => ({ accessKeyId, secretAccessKey: 'secret' }), {
    memoized: true,
  });
  const { call, requests } = await start(found, { credentials });
  for (const AppId of ['d1a', 'd1b']) {
    accessKeyId = `AKIA${AppId}`;
    await call(read, { AppId }, new AbortController().signal);
  }
  expect(requests.map(({ url }) => url)).toEqual(['/backend/d1a/details', '/backend/d1b/details']);
  const keys = requests.map(({ headers }) => /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1]);
  expect(keys).toEqual(['AKIAd1a', 'AKIAd1b']);
});

it('sends the same user agent with each read', async () => {
  const { call, requests } = await start(found);
  for (let count = 0; count < 20; count += 1) await call(read, input);
  expect(requests.at(-1)?.headers['user-agent']).toBe(requests[0]?.headers['user-agent']);
});

it('sends many concurrent reads under one signal without a warning', async () => {
  const warnings: string[] = [];
  const listen = ({ name }: Error) => void warnings.push(name);
  process.on('warning', listen);
  onTestFinished(() => void process.off('warning', listen));
  const { call } = await start(found);
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 30 }, () => call(read, input, signal)));
  await setImmediate();
  expect(warnings).not.toContain('MaxListenersExceededWarning');
});
