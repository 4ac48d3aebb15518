/** A proxy that answers everything with a page: the error of each other service that is read. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTargets } from '../../src/aws/targets.ts';
import { toServerError } from '../../src/errors.ts';
import { sandboxCredentials, sandboxRegion } from '../../src/sandbox/index.ts';

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

it.each([401, 403])('a page with HTTP %i does not blame the credentials', async answer => {
  const target = targetBehind(answer);
  expect(await target.identity().catch(toServerError)).toMatchObject({ code: 'unreachable' });
  expect((await target.inspect.probe('amplifybackend:GetBackend')).outcome).toBe('unreachable');
});
