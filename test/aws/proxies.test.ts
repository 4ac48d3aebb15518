/** Calls to AWS through a forward proxy, as the environment names it, and what is said where it lets nothing through. */
import { describe, expect, it } from 'vitest';
import { createTargets } from '../../src/aws/targets.ts';
import { operationOf } from '../../src/call/reads.ts';
import { createSendOperation } from '../../src/call/send.ts';
import { doctor } from '../../src/cli/doctor.ts';
import type { Io } from '../../src/cli/io.ts';
import { type ServerError, toServerError } from '../../src/errors.ts';
import { createProxyAgent, fetchByProxy } from '../../src/network/index.ts';
import { operations } from '../../src/operations/index.ts';
import { sandboxCredentials } from '../../src/sandbox/index.ts';
import { sandboxEnvironment as keys, setSandbox } from '../support/aws-sandbox.ts';
import {
  findClosedPort,
  foundCompany,
  startForwardProxy,
  startTlsFront,
} from '../support/company-network.ts';
import { share } from '../support/share.ts';
import { startAwsHome } from './support.ts';

const sandbox = setSandbox();

const targets = () => createTargets({ targets: {}, fallback: {}, userAgent: 'amplify-backend-mcp/0' });

/** Calls as a person's set-up has it. @returns the code of the failure, if any */
async function call(tool = 'get_backend'): Promise<ServerError | undefined> {
  const wait = () => Promise.reject(new Error('nothing is to be looked for'));
  const send = createSendOperation(targets().get(undefined).send, { wait });
  const answered = await send(operationOf(tool), { appId: 'd1sandboxshop' }).catch(toServerError);
  return answered instanceof Error ? (answered as ServerError) : undefined;
}

const sharedCompany = share(atEnd => foundCompany(undefined, false, atEnd));

/** AWS's hosts with a company's certificate, behind a proxy that reaches them. */
async function startCompanyProxy() {
  const company = await sharedCompany();
  const front = await startTlsFront(company, sandbox.url);
  const proxy = await startForwardProxy({ tunnelTo: front.port });
  return { company, front, proxy, env: { ...keys, AWS_CA_BUNDLE: company.caFile } };
}

describe.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY'])('%s', variable => {
  it('is asked for the host that AWS has in the region', async () => {
    const { proxy, env } = await startCompanyProxy();
    startAwsHome({ ...env, [variable]: proxy.url });
    expect(await call()).toBeUndefined();
    expect(await call('create_token')).toBeUndefined();
    // Two kinds of traffic have a connection each, which is kept.
    expect(await targets().get(undefined).amplify.listApps()).toHaveLength(1);
    expect(proxy.asked).toEqual([
      'amplifybackend.us-east-1.amazonaws.com:443',
      'amplifybackend.us-east-1.amazonaws.com:443',
      'amplify.us-east-1.amazonaws.com:443',
    ]);
  });
});

it('a proxy without a scheme is an HTTP proxy; its user and password are sent to it alone', async () => {
  const { proxy, env } = await startCompanyProxy();
  startAwsHome({ ...env, HTTPS_PROXY: `me:s%40fe@${proxy.host}` });
  expect(await call()).toBeUndefined();
  expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('me:s@fe').toString('base64')}`]);
});

it.each(['NO_PROXY', 'no_proxy'])('%s leaves hosts out', async variable => {
  const { company, front, proxy, env } = await startCompanyProxy();
  startAwsHome({
    ...env,
    AWS_ENDPOINT_URL: front.url,
    HTTPS_PROXY: proxy.url,
    [variable]: '.example,localhost',
  });
  expect(await call()).toBeUndefined();
  expect(proxy.asked).toEqual([]);
  expect(company.caFile).toBeTruthy();
});

it('HTTP_PROXY forwards plain requests, connection after connection', async () => {
  const proxy = await startForwardProxy();
  startAwsHome({ ...keys, AWS_ENDPOINT_URL: sandbox.url, HTTP_PROXY: proxy.url });
  const send = createSendOperation(targets().get(undefined).send);
  for (let n = 0; n < 3; n++) await send(operationOf('get_backend'), { appId: 'd1sandboxshop' });
  expect(proxy.asked).toEqual(Array(3).fill(`${sandbox.url}/backend/d1sandboxshop/details`));
});

it.each([
  [{ AWS_USE_FIPS_ENDPOINT: 'true' }, 'amplifybackend-fips.us-east-1.amazonaws.com:443'],
  [{ AWS_USE_DUALSTACK_ENDPOINT: 'true' }, 'amplifybackend.us-east-1.api.aws:443'],
  [{ AWS_REGION: 'cn-north-1' }, 'amplifybackend.cn-north-1.amazonaws.com.cn:443'],
  [{ AWS_REGION: 'us-gov-west-1' }, 'amplifybackend.us-gov-west-1.amazonaws.com:443'],
  [{ AWS_ENDPOINT_URL_AMPLIFYBACKEND: 'https://vpce-1.example' }, 'vpce-1.example:443'],
])('doctor with %j asks the host that calls ask, through the proxy', async (env, host) => {
  const proxy = await startForwardProxy({ refuses: 403 });
  startAwsHome({ ...keys, HTTPS_PROXY: proxy.url, ...env });
  const lines: string[] = [];
  const io = { out: (line: string) => void lines.push(line) } as Partial<Io> as Io;
  const served = operations.filter(({ access }) => access === 'read');
  expect(await doctor(io, { targets: targets(), served })).toBe(1);
  expect(proxy.asked).toContain(host);
  expect(lines.join('\n')).toContain(
    `not_sent: Nothing was sent to AWS: the proxy ${proxy.host} (HTTPS_PROXY) did not open a connection to ${host}: it answered 403`,
  );
});

describe('a proxy', () => {
  it.each([
    [407, /wants a user name and a password \(407\)/, /export HTTPS_PROXY=http:\/\/USER:PASSWORD@127/],
    [
      403,
      /did not open a connection to amplifybackend\.us-east-1\.amazonaws\.com:443: it answered 403/,
      /NO_PROXY/,
    ],
  ])('that answers %i: a write was not sent', async (status, message, hint) => {
    const proxy = await startForwardProxy({ refuses: status });
    startAwsHome({ ...keys, HTTPS_PROXY: proxy.url });
    for (const tool of ['get_backend', 'create_token']) {
      const failure = await call(tool);
      expect(failure?.code).toBe('not_sent');
      expect(failure?.message).toMatch(message);
      expect(failure?.hint).toMatch(hint);
    }
  });

  it('that cannot be reached is named with its variable', async () => {
    startAwsHome({ ...keys, https_proxy: `http://user:secret@127.0.0.1:${await findClosedPort()}` });
    const failure = await call('create_token');
    expect(failure).toMatchObject({ code: 'not_sent', retryable: true });
    expect(failure?.message).toMatch(/nothing listens at the proxy 127\.0\.0\.1:\d+ \(https_proxy\)/);
    expect(`${failure?.message}${failure?.hint}`).not.toContain('secret');
  });

  it('of plain requests that cannot be reached leaves a write unsent', async () => {
    const closed = `http://127.0.0.1:${await findClosedPort()}`;
    startAwsHome({ ...keys, AWS_ENDPOINT_URL: 'http://aws.example', HTTP_PROXY: closed });
    expect(await call('create_token')).toMatchObject({ code: 'not_sent' });
  });

  it.each([
    ['socks5://127.0.0.1:1', /the proxy in HTTPS_PROXY cannot be used: socks5:\/\/ is no HTTP proxy/],
    ['http://a b', /the proxy in HTTPS_PROXY cannot be used: it is not a URL/],
  ])('%s is refused by name', async (value, message) => {
    startAwsHome({ ...keys, HTTPS_PROXY: value });
    const failure = await call('create_token');
    expect(failure?.code).toBe('not_sent');
    expect(failure?.message).toMatch(message);
  });

  it('that inspects TLS with an unknown CA: the variable for its certificate', async () => {
    const { proxy } = await startCompanyProxy();
    startAwsHome({ ...keys, HTTPS_PROXY: proxy.url });
    const failure = await call('create_token');
    expect(failure?.code).toBe('not_sent');
    expect(failure?.message).toContain(`asked through the proxy ${proxy.host} (HTTPS_PROXY), is from a CA`);
    expect(failure?.hint).toContain('AWS_CA_BUNDLE');
  });
});

it('the embedded sandbox is asked directly, whatever is set', async () => {
  const proxy = await startForwardProxy({ refuses: 403 });
  startAwsHome({ HTTP_PROXY: proxy.url, AWS_USE_FIPS_ENDPOINT: 'true', AWS_CA_BUNDLE: '/nonexistent' });
  const fallback = { endpoint: sandbox.url, region: 'us-east-1', credentials: sandboxCredentials };
  const { send, amplify, identity } = createTargets({ targets: {}, fallback, userAgent: 'x/1' }).get(
    undefined,
  );
  await createSendOperation(send)(operationOf('get_backend'), { appId: 'd1sandboxshop' });
  await Promise.all([amplify.listApps(), identity()]);
  expect(proxy.asked).toEqual([]);
});

it("an issuer's keys are fetched through the proxy, and those that NO_PROXY names directly", async () => {
  const proxy = await startForwardProxy();
  startAwsHome({ HTTP_PROXY: proxy.url });
  const url = `${sandbox.url}/_sandbox/state`;
  const response = await fetchByProxy(process.env, url, { signal: AbortSignal.timeout(5_000) });
  expect(response.ok).toBe(true);
  expect(await response.json()).toBeTruthy();
  expect(proxy.asked).toHaveLength(1);
  startAwsHome({ HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' });
  expect((await fetchByProxy(process.env, url, {})).ok).toBe(true);
  expect(proxy.asked).toHaveLength(1);
});

it('without a proxy, nothing of an agent for proxies is given out', async () => {
  startAwsHome();
  expect(await createProxyAgent({})).toBeUndefined();
  expect(await createProxyAgent({ HTTPS_PROXY: 'http://127.0.0.1:1' })).toBeDefined();
});
