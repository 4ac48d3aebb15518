/** A proxy that answers everything with a page: the error of each other service that is read. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTargets } from '../../src/aws/targets.ts';
import { operationOf } from '../../src/call/reads.ts';
import { createSendOperation } from '../../src/call/send.ts';
import { type ServerError, toServerError } from '../../src/errors.ts';
import { sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';
import { listen } from '../support/company-network.ts';

let proxy: Server;
let status = 404;
let arrived = 0;
beforeAll(async () => {
  proxy = createServer((request, response) => {
    arrived += 1;
    request.resume();
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html><h1>Who are you?</h1></html>');
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void proxy.close());

function targetBehind(answer: number) {
  status = answer;
  arrived = 0;
  const endpoint = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const fallback = { endpoint, region: sandboxRegion, credentials: sandboxCredentials };
  return createTargets({ targets: {}, fallback, userAgent: 'test/1' }).get(undefined);
}

describe.each([200, 302, 404, 500])('a page with HTTP %i', answer => {
  it.each([
    ['a stack', (target: ReturnType<typeof targetBehind>) => target.stacks.find('amplify-shop-dev-101530')],
    ['the stacks', (target: ReturnType<typeof targetBehind>) => target.stacks.list()],
    ['the apps', (target: ReturnType<typeof targetBehind>) => target.amplify.listApps()],
  ])('fails the read of %s after three attempts, with the words of the page', async (_, read) => {
    const failure = toServerError(await read(targetBehind(answer)).catch(toServerError));
    expect(failure).toMatchObject({ code: 'service_unavailable', retryable: true });
    expect(failure.message).toContain(`(HTTP ${answer}: "Who are you?")`);
    expect(arrived).toBe(3);
  });

  it('is not an identity, and does not blame the credentials', async () => {
    const failure = await targetBehind(answer).identity().catch(toServerError);
    expect(failure).toMatchObject({ code: 'unreachable' });
  });

  it('does not count as AmplifyBackend or as a permission', async () => {
    const { outcome } = await targetBehind(answer).inspect.probe('amplifybackend:GetBackend');
    expect(outcome).toBe('unreachable');
  });
});

/** Answers as proxies, portals and servers of other things give them, and what a read must say of each. */
const strangers: [
  what: string,
  status: number,
  headers: Record<string, string>,
  body: string,
  said: RegExp,
][] = [
  [
    'a proxy',
    503,
    { 'content-type': 'text/html', server: 'squid/6.1', via: '1.1 proxy.corp (squid)' },
    '<!DOCTYPE html><h1>The requested URL could not be retrieved</h1>',
    /What answered at 127\.0\.0\.1 \(server "squid\/6\.1", via "1\.1 proxy\.corp \(squid\)", content-type "text\/html"\) was not the service \(HTTP 503: "The requested URL could not be retrieved"\)/,
  ],
  [
    'a portal',
    200,
    { 'content-type': 'text/html' },
    '<html>Sign in to the Wi-Fi',
    /HTTP 200: "Sign in to the Wi-Fi"/,
  ],
  [
    'Express',
    404,
    { 'content-type': 'text/html' },
    '<pre>Cannot GET /backend</pre>',
    /HTTP 404: "Cannot GET \/backend"/,
  ],
  [
    'a page that says it is JSON',
    404,
    { 'content-type': 'application/json' },
    '<h1>No</h1>',
    /HTTP 404: "No"/,
  ],
  [
    'XML in place of JSON',
    404,
    { 'content-type': 'text/xml' },
    '<Error><Code>NoSuchKey</Code></Error>',
    /HTTP 404/,
  ],
  [
    'a text',
    404,
    { 'content-type': 'text/plain' },
    'default backend - 404',
    /HTTP 404: "default backend - 404"/,
  ],
  ['half of a JSON', 404, { 'content-type': 'application/json' }, '{"message":', /HTTP 404/],
];

it.each(strangers)('%s is reported as foreign, and never as AWS', async (_, code, headers, body, said) => {
  const stranger = createServer((request, response) => {
    request.resume();
    response.writeHead(code, headers).end(body);
  });
  const port = await listen(stranger);
  const fallback = {
    endpoint: `http://127.0.0.1:${port}`,
    ...{ region: sandboxRegion, credentials: sandboxCredentials },
  };
  const { send } = createTargets({ targets: {}, fallback, userAgent: 'test/1' }).get(undefined);
  const read = createSendOperation(send)(operationOf('get_backend'), { appId: 'd1' });
  const failure = (await read.catch(toServerError)) as ServerError;
  expect(failure.code).toBe('service_unavailable');
  expect(failure.message).toMatch(said);
  expect(failure.message).not.toMatch(/AWS says|Unexpected|hidden field|JSON at/);
});

it.each([401, 403])('a page with HTTP %i does not blame the credentials', async answer => {
  const target = targetBehind(answer);
  expect(await target.identity().catch(toServerError)).toMatchObject({ code: 'unreachable' });
  expect((await target.inspect.probe('amplifybackend:GetBackend')).outcome).toBe('unreachable');
});
