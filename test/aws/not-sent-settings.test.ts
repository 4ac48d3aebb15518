/**
 * Settings that prevent a request before a byte of it leaves: a wrong endpoint, region or key, a file of certificates that
 * cannot be read. A read and a write end as `not_sent`, nothing is looked for, and the text names the cause and the setting.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sandboxEnvironment as keys } from '../support/aws-sandbox.ts';
import { expectNotSent, sendBoth, setCountingSandbox } from './sends.ts';
import { startAwsHome } from './support.ts';

const sandbox = setCountingSandbox();

/** As hosts leave it in an environment that they should have filled in. */
const placeholder = (name: string) => `\${${name}}`;

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
    expect(await sandbox.requests()).toEqual([]);
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
