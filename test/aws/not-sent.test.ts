/**
 * What prevents a request before a byte of it leaves, over real sockets: an unknown CA, a wrong endpoint, a wrong region,
 * a proxy that cannot be reached. A read and a write end as `not_sent`, nothing is looked for, and the text names the
 * cause and the setting.
 */
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { explainConnection } from '../../src/aws/connection-failures.ts';
import { createTargets, type TargetSettings } from '../../src/aws/targets.ts';
import { operationOf as operationNamed } from '../../src/call/reads.ts';
import { createSendOperation } from '../../src/call/send.ts';
import { type ServerError, toServerError } from '../../src/errors.ts';
import { sandboxEnvironment as keys, setSandbox } from '../support/aws-sandbox.ts';
import {
  findClosedPort,
  foundCompany,
  listen,
  startForwardProxy,
  startTlsFront,
} from '../support/company-network.ts';
import { startAwsHome } from './support.ts';

const sandbox = setSandbox();
beforeEach(() => fetch(`${sandbox.url}/_sandbox/requests`, { method: 'DELETE' }));

/** As hosts leave it in an environment that they should have filled in. */
const placeholder = (name: string) => `\${${name}}`;

const targetOf = (settings: TargetSettings = {}) =>
  createTargets({ targets: { one: settings }, fallback: {}, userAgent: 'test/1' }).get('one');

/** Sends a read and a write. @returns both failures, and how often the write's effect was waited for */
async function sendBoth(settings?: TargetSettings) {
  let waits = 0;
  const wait = async () => {
    waits += 1;
  };
  const send = createSendOperation(targetOf(settings).send, { wait });
  const read = await send(operationNamed('get_backend'), { appId: 'd1sandboxshop' }).catch(toServerError);
  const write = await send(operationNamed('create_token'), { appId: 'd1sandboxshop' }).catch(toServerError);
  return { read: read as ServerError, write: write as ServerError, waits };
}

/** Checks that nothing was sent, for the read and for the write, and returns what is said. */
async function expectNotSent(settings?: TargetSettings): Promise<ServerError> {
  const { read, write, waits } = await sendBoth(settings);
  expect(read.code, read.message).toBe('not_sent');
  expect(write).toMatchObject({ code: 'not_sent', message: read.message, hint: read.hint });
  expect(waits).toBe(0);
  expect(read.message).toMatch(/^Nothing was sent to AWS: /);
  return read;
}

async function requests(): Promise<unknown[]> {
  const response = await fetch(`${sandbox.url}/_sandbox/requests`);
  return ((await response.json()) as { requests: unknown[] }).requests;
}

describe('a certificate', () => {
  it('of an unknown CA: the variable to set; with it, the call succeeds', async () => {
    const company = await foundCompany();
    const front = await startTlsFront(company, sandbox.url);
    startAwsHome({ ...keys, AWS_ENDPOINT_URL: front.url });
    const failure = await expectNotSent();
    expect(failure.message).toContain(
      `the certificate of localhost:${front.port} (AWS_ENDPOINT_URL) is from a CA`,
    );
    expect(failure.hint).toContain('AWS_CA_BUNDLE=/path/to/ca.pem');
    expect(failure.retryable).toBe(false);
    expect(front.seen.bytes).toBe(0);
    expect(await requests()).toEqual([]);
    startAwsHome({ ...keys, AWS_ENDPOINT_URL: front.url, AWS_CA_BUNDLE: company.caFile });
    const { read, write } = await sendBoth();
    expect([read.code, write.code]).toEqual([undefined, undefined]);
  });

  it('of an unknown CA, with ca_bundle of the profile: the same', async () => {
    const company = await foundCompany();
    const front = await startTlsFront(company, sandbox.url);
    const home = startAwsHome({ ...keys, AWS_ENDPOINT_URL: front.url });
    home.config(`[profile corp]\nca_bundle = ${company.caFile}\n`);
    const { read, write } = await sendBoth({ profile: 'corp' });
    // The profile has no keys, but the environment has: the SDK prefers a profile that is named.
    expect([read.code, write.code]).toEqual(['credentials_missing', 'credentials_missing']);
    home.config(
      `[profile corp]\nca_bundle = ${company.caFile}\naws_access_key_id = ${keys.AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${keys.AWS_SECRET_ACCESS_KEY}\n`,
    );
    const { read: again } = await sendBoth({ profile: 'corp' });
    expect(again.code).toBeUndefined();
  });

  it('that NODE_EXTRA_CA_CERTS names stays trusted beside AWS_CA_BUNDLE', async () => {
    const [company, other] = [await foundCompany(), await foundCompany()];
    const front = await startTlsFront(company, sandbox.url);
    startAwsHome({
      ...{ ...keys, AWS_ENDPOINT_URL: front.url, AWS_CA_BUNDLE: other.caFile },
      NODE_EXTRA_CA_CERTS: company.caFile,
    });
    expect((await sendBoth()).read.code).toBeUndefined();
  });

  it.each([
    ['that has expired', ['localhost'], true, /has expired by this machine's clock/, /date -u/],
    ['for another name', ['elsewhere.example'], false, /for another name/, /AWS_ENDPOINT_URL/],
  ])('%s', async (_, names, isExpired, message, hint) => {
    const company = await foundCompany(names, isExpired);
    const front = await startTlsFront(company, sandbox.url);
    startAwsHome({ ...keys, AWS_ENDPOINT_URL: front.url, AWS_CA_BUNDLE: company.caFile });
    const failure = await expectNotSent();
    expect(failure.message).toMatch(message);
    expect(failure.hint).toMatch(hint);
  });
});

describe('a file of certificates', () => {
  it.each([
    [
      'that is not there',
      '/nonexistent/ca.pem',
      /"\/nonexistent\/ca.pem" \(AWS_CA_BUNDLE\) cannot be read \(ENOENT\)/,
    ],
    ['that is a folder', '/', /cannot be read \(EISDIR\)/],
    ['that holds none', join(import.meta.dirname, 'support.ts'), /holds no certificate in PEM form/],
  ])('%s', async (_, file, message) => {
    startAwsHome({ ...keys, AWS_ENDPOINT_URL: sandbox.url, AWS_CA_BUNDLE: file });
    expect((await expectNotSent()).message).toMatch(message);
  });
});

describe('a setting', () => {
  const bad: [what: string, env: Record<string, string>, message: RegExp, hint: RegExp][] = [
    [
      'an endpoint without a scheme',
      { AWS_ENDPOINT_URL: 'localhost:4566' },
      /the endpoint "localhost:4566" \(AWS_ENDPOINT_URL\) has no scheme/,
      /export AWS_ENDPOINT_URL=http:\/\/localhost:4566/,
    ],
    [
      'an endpoint of the service without a scheme',
      { AWS_ENDPOINT_URL_AMPLIFYBACKEND: 'vpce.example.com' },
      /\(AWS_ENDPOINT_URL_AMPLIFYBACKEND\) has no scheme/,
      /AWS_ENDPOINT_URL_AMPLIFYBACKEND=https:\/\/vpce\.example\.com/,
    ],
    ['another scheme', { AWS_ENDPOINT_URL: 'ftp://x' }, /is not a URL with http/, /AWS_ENDPOINT_URL/],
    [
      'an endpoint with a blank',
      { AWS_ENDPOINT_URL: 'http://a b' },
      /is not a URL with http/,
      /AWS_ENDPOINT_URL/,
    ],
    ['a placeholder', { AWS_ENDPOINT_URL: placeholder('URL') }, /is still a placeholder/, /AWS_ENDPOINT_URL/],
    [
      'FIPS with an own endpoint',
      { AWS_USE_FIPS_ENDPOINT: 'true', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      /FIPS endpoints \(AWS_USE_FIPS_ENDPOINT\) cannot be combined .* \(AWS_ENDPOINT_URL\)/,
      /unset AWS_USE_FIPS_ENDPOINT/,
    ],
    [
      'dual stack with an own endpoint',
      { AWS_USE_DUALSTACK_ENDPOINT: 'true', AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      /dual-stack endpoints/,
      /unset AWS_USE_DUALSTACK_ENDPOINT/,
    ],
    [
      'neither true nor false',
      { AWS_USE_FIPS_ENDPOINT: 'yes' },
      /neither true nor false/,
      /AWS_USE_FIPS_ENDPOINT/,
    ],
    [
      'a blank in the region',
      { AWS_REGION: 'us east 1' },
      /the region "us east 1" \(AWS_REGION\) cannot be/,
      /export AWS_REGION=us-east-1/,
    ],
    [
      'a line break in the region',
      { AWS_REGION: 'us-east-1\n' },
      /"us-east-1\\n" \(AWS_REGION\)/,
      /AWS_REGION/,
    ],
    [
      'a region that is a placeholder',
      { AWS_REGION: placeholder('AWS_REGION') },
      /is still a placeholder/,
      /AWS_REGION/,
    ],
    [
      "the CLI's region is wrong",
      { AWS_REGION: '', AWS_DEFAULT_REGION: 'us_east_1' },
      /\(AWS_DEFAULT_REGION\)/,
      /AWS_REGION/,
    ],
    [
      'a line break in a key',
      { AWS_SECRET_ACCESS_KEY: 'abc\n' },
      /AWS_SECRET_ACCESS_KEY holds a line break/,
      /export AWS_SECRET_ACCESS_KEY=/,
    ],
    [
      'a blank in a key id',
      { AWS_ACCESS_KEY_ID: 'AKIA X' },
      /AWS_ACCESS_KEY_ID holds a blank/,
      /AWS_ACCESS_KEY_ID/,
    ],
    [
      'a token of other letters',
      { AWS_SESSION_TOKEN: 'tökén' },
      /AWS_SESSION_TOKEN holds a character/,
      /AWS_SESSION/,
    ],
    [
      'a key that is a placeholder',
      { AWS_ACCESS_KEY_ID: placeholder('KEY') },
      /is still a placeholder/,
      /AWS_ACCESS_KEY_ID/,
    ],
  ];

  it.each(bad)('%s', async (_, env, message, hint) => {
    startAwsHome({ ...keys, AWS_ENDPOINT_URL: sandbox.url, ...env });
    if (env.AWS_USE_FIPS_ENDPOINT === 'yes') startAwsHome({ ...keys, ...env });
    const failure = await expectNotSent();
    expect(failure.message).toMatch(message);
    expect(failure.hint).toMatch(hint);
    expect(failure.retryable).toBe(false);
    expect(JSON.stringify([failure.message, failure.hint])).not.toContain('abc');
    expect(await requests()).toEqual([]);
  });

  it('in a profile is named with the profile', async () => {
    const home = startAwsHome({ AWS_REGION: 'us-east-1' });
    const credentials = `aws_access_key_id = ${keys.AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${keys.AWS_SECRET_ACCESS_KEY}\n`;
    home.config(`[profile local]\nendpoint_url = localhost:4566\n${credentials}`);
    const failure = await expectNotSent({ profile: 'local' });
    expect(failure.message).toContain('endpoint_url of the AWS profile "local"');
    expect(failure.hint).toContain('aws configure set endpoint_url http://localhost:4566 --profile local');
    home.config(`[profile local]\nendpoint_url = ${sandbox.url}\n${credentials}`);
    expect((await sendBoth({ profile: 'local' })).read.code).toBeUndefined();
    home.config(
      `[profile local]\nservices = mine\n${credentials}[services mine]\namplifybackend =\n  endpoint_url = ${sandbox.url}\n`,
    );
    expect((await sendBoth({ profile: 'local' })).read.code).toBeUndefined();
  });
});

describe('the network', () => {
  it('nothing listens: which host, by which variable; it may pass', async () => {
    const port = await findClosedPort();
    startAwsHome({ ...keys, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
    const failure = await expectNotSent();
    expect(failure.message).toContain(`nothing listens at 127.0.0.1:${port} (AWS_ENDPOINT_URL)`);
    expect(failure.retryable).toBe(true);
  });

  it('a name that cannot be resolved', async () => {
    startAwsHome({ ...keys, AWS_ENDPOINT_URL: 'http://nobody.invalid' });
    expect((await expectNotSent()).message).toContain(
      'the name of nobody.invalid:80 (AWS_ENDPOINT_URL) cannot be',
    );
  });

  it.each([
    ['us-gov-west-1', 'AWS GovCloud (US)'],
    ['cn-north-1', 'China'],
  ])('a region without the service, %s: where it is', async (region, where) => {
    const proxy = await startForwardProxy({ refuses: 502 });
    startAwsHome({ ...keys, AWS_REGION: region, HTTPS_PROXY: proxy.url });
    const failure = await expectNotSent();
    expect(failure.message).toContain(where);
    expect(failure.message).toContain('it exists in us-east-1, us-east-2');
    expect(proxy.asked[0]).toMatch(
      region === 'cn-north-1' ? /amazonaws\.com\.cn:443$/ : /amazonaws\.com:443$/,
    );
  });

  it.each([
    ['us-east', 'a region "us-east"; close to it are: us-east-1, us-east-2', 'us-east-1'],
    ['us-esat-1', 'a region "us-esat-1"; close to it are: us-east-1, us-west-1', 'us-east-1'],
    ['euwest2', 'close to it are: eu-west-2', 'eu-west-2'],
    ['virginia', 'a region "virginia"; AmplifyBackend exists in us-east-1, us-east-2', 'us-east-1'],
    ['ap-east-1', 'AmplifyBackend is not known to exist in the region "ap-east-1"', 'us-east-1'],
  ])(
    'a host in the region %s that cannot be resolved: the region is at fault',
    async (region, what, meant) => {
      const cause = Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
      const place = { region, profile: undefined };
      startAwsHome(keys);
      for (const service of ['AmplifyBackend', 'Amplify', 'STS', 'CloudFormation']) {
        const host = `${service.toLowerCase()}.${region}.amazonaws.com`;
        const connection = { host, port: 443, isSecure: true };
        const failure = await explainConnection(cause, connection, place, service);
        expect(failure.message).toContain(what);
        expect(failure.hint).toContain(`export AWS_REGION=${meant}`);
        expect(failure.retryable).toBe(false);
      }
    },
  );

  it('a server that speaks no TLS where TLS is asked for', async () => {
    startAwsHome({ ...keys, AWS_ENDPOINT_URL: sandbox.url.replace('http:', 'https:') });
    const failure = await expectNotSent();
    expect(failure.message).toContain('does not speak TLS');
    expect(failure.hint).toContain(`AWS_ENDPOINT_URL=${sandbox.url}`);
  });

  it('a server that hangs up during the handshake', async () => {
    const port = await listen(createTcpServer(socket => socket.destroy()));
    startAwsHome({ ...keys, AWS_ENDPOINT_URL: `https://127.0.0.1:${port}` });
    expect((await expectNotSent()).message).toContain('closed the connection before it was established');
  });

  it('a connection that breaks after the request was sent leaves a write unknown', async () => {
    const server = createHttpServer(request => request.socket.destroy());
    const port = await listen(server);
    startAwsHome({ ...keys, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
    const { read, write } = await sendBoth();
    expect([read.code, write.code]).toEqual(['service_unavailable', 'outcome_unknown']);
  });

  it('the same over TLS', async () => {
    const company = await foundCompany();
    const breaking = await listen(createHttpServer(request => request.socket.destroy()));
    const front = await startTlsFront(company, `http://127.0.0.1:${breaking}`);
    startAwsHome({ ...keys, AWS_ENDPOINT_URL: front.url, AWS_CA_BUNDLE: company.caFile });
    const { read, write } = await sendBoth();
    expect([read.code, write.code]).toEqual(['service_unavailable', 'outcome_unknown']);
  });
});
