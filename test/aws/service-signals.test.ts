/** Reads of Amplify and CloudFormation over a real socket: their signals, pages and user agent. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createAmplifyReads } from '../../src/aws/amplify.ts';
import { createStackReads } from '../../src/aws/stacks.ts';

const stacksPage = (next: string) =>
  `<ListStacksResponse><ListStacksResult><StackSummaries/>${next}</ListStacksResult></ListStacksResponse>`;

/** Reads of a service whose answers are the test's. @returns the requests that came, with their bodies, too */
async function start(answer: (response: ServerResponse, count: number) => void) {
  const requests: { readonly request: IncomingMessage; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    request.setEncoding('utf8');
    requests.push({ request, body: (await request.toArray()).join('') });
    answer(response, requests.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target = {
    settings: async () => ({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
      userAgent: 'test/1',
    }),
    onFailure: () => {},
    onRelease: (run: () => void) => onTestFinished(run),
  };
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, amplify: createAmplifyReads(target), stacks: createStackReads(target) };
}

type Started = Awaited<ReturnType<typeof start>>;

const reads: Readonly<Record<string, (of: Started, signal: AbortSignal) => Promise<unknown>>> = {
  ListApps: ({ amplify }, signal) => amplify.listApps(signal),
  ListBackendEnvironments: ({ amplify }, signal) => amplify.listEnvironments('d1a', signal),
  ListBranches: ({ amplify }, signal) => amplify.listBranches('d1a', signal),
  GetApp: ({ amplify }, signal) => amplify.getApp('d1a', signal),
  DescribeStacks: ({ stacks }, signal) => stacks.find('one', signal),
  ListStacks: ({ stacks }, signal) => stacks.list(signal),
  DescribeStackEvents: ({ stacks }, signal) => stacks.events('one', 0, signal),
  'DescribeStacks for details': ({ stacks }, signal) => stacks.details('one', signal),
  'DescribeStacks for all': ({ stacks }, signal) => stacks.existing(signal),
  GetTemplate: ({ stacks }, signal) => stacks.template('one', signal),
  ListStackResources: ({ stacks }, signal) => stacks.resources('one', signal),
  GetStackPolicy: ({ stacks }, signal) => stacks.policy('one', signal),
};

it.each(Object.entries(reads))('%s is aborted at AWS by its signal alone', async (_, run) => {
  const waiting: ServerResponse[] = [];
  const started = await start(response => void waiting.push(response));
  const one = new AbortController();
  const aborted = run(started, one.signal);
  await expect.poll(() => waiting.length).toBe(1);
  const other = run(started, new AbortController().signal).catch((thrown: Error) => thrown);
  await expect.poll(() => waiting.length).toBe(2);
  one.abort();
  await expect(aborted).rejects.toMatchObject({ code: 'cancelled' });
  await expect.poll(() => waiting[0]?.destroyed).toBe(true);
  expect(waiting[1]?.destroyed).toBe(false);
  waiting[1]?.end();
  await other;
});

it('each page is asked for with the token of the page before, and none after an abort', async () => {
  const stop = new AbortController();
  const { requests, stacks } = await start((response, count) => {
    if (count === 5) stop.abort();
    response.end(stacksPage(count === 3 ? '' : `<NextToken>page-${count}</NextToken>`));
  });
  expect(await stacks.list(stop.signal)).toEqual([]);
  const tokens = () => requests.map(({ body }) => new URLSearchParams(body).get('NextToken'));
  expect(tokens()).toEqual([null, 'page-1', 'page-2']);
  await expect(stacks.list(stop.signal)).rejects.toMatchObject({ code: 'cancelled' });
  expect(tokens().slice(3)).toEqual([null, 'page-4']);
});

it('each read has the same user agent', async () => {
  const { requests, stacks } = await start(response => response.end(stacksPage('')));
  for (let count = 0; count < 10; count += 1) await stacks.list();
  expect(new Set(requests.map(({ request }) => request.headers['user-agent'])).size).toBe(1);
});
