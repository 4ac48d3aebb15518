/**
 * What prevents a request before a byte of it leaves, over real sockets: an unknown CA, a host that cannot be reached or
 * that hangs up, a region without the service. A read and a write end as `not_sent`, nothing is looked for, and the text
 * names the cause and the setting.
 */
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { explainConnection } from '../../src/aws/connection-failures.ts';
import { sandboxEnvironment as keys } from '../support/aws-sandbox.ts';
import {
  findClosedPort,
  foundCompany,
  listen,
  startForwardProxy,
  startTlsFront,
} from '../support/company-network.ts';
import { expectNotSent, sendBoth, setCountingSandbox } from './sends.ts';
import { startAwsHome } from './support.ts';

const sandbox = setCountingSandbox();

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
    expect(await sandbox.requests()).toEqual([]);
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
