/** Signature verification, with requests that the hand-written signer signs. */
import { describe, expect, it } from 'vitest';
import { type Signing, sendSigned } from './hand-signer.ts';
import { appId, clientFor, send, setTestBed, startTestBed } from './support.ts';

const path = `/backend/${appId}/details`;
const minutes = 60_000;
const wrongSignature = /^The request signature we calculated does not match/;

describe('SigV4', () => {
  const bed = setTestBed();
  const signed = (signing: Partial<Signing>) =>
    sendSigned(bed.url, { path, at: bed.now(), body: '{}', ...signing });

  const accepted: [string, Partial<Signing>][] = [
    ['host and x-amz-date alone, no payload header', {}],
    ['a payload hash', { contentHash: true }],
    ['a payload hash that is not signed', { contentHash: true, signed: [] }],
    ['an unsigned payload', { contentHash: 'UNSIGNED-PAYLOAD' }],
    [
      'the headers of the JavaScript SDK',
      {
        headers: {
          'amz-sdk-invocation-id': 'a',
          'amz-sdk-request': 'attempt=1; max=3',
          'x-amz-user-agent': 'aws-sdk-js/3',
          'content-type': 'application/json',
        },
        contentHash: true,
      },
    ],
    [
      'the headers of botocore',
      {
        headers: { 'content-type': 'application/json', 'user-agent': 'Boto3/1.26' },
        signed: ['content-type'],
      },
    ],
    ['a session token', { headers: { 'x-amz-security-token': 'FwoGZXIvYXdzE//session==' } }],
    ['a date header instead of x-amz-date', { plainDate: true }],
    ['values with inner and outer spaces', { headers: { 'x-amz-meta-note': '  a   b  c ' } }],
    ['a header that is repeated', { headers: { 'x-amz-meta-list': ['one', 'two'] } }],
    ['parts that no space separates', { separator: ',' }],
    ['parts that much space separates', { separator: ' ,  ' }],
    ['the stage /prod', { path: `/prod${path}` }],
    ['a trailing slash', { path: `${path}/` }],
    ['repeated slashes and dots', { path: `/backend//./${appId}/x/../details` }],
    [
      'a query, sorted and encoded',
      { query: 'b=2&a=%7e1&a=&B=x%2fy', canonicalQuery: 'B=x%2Fy&a=&a=~1&b=2' },
    ],
    ['a clock that is 14 minutes late', { at: Date.now() - 14 * minutes }],
    ['a clock that is 14 minutes early', { at: Date.now() + 14 * minutes }],
  ];
  it.each(accepted)('accepts %s', async (_what, signing) => {
    const answer = await signed(signing);
    expect(answer).toMatchObject({ status: 200, type: '' });
    expect(JSON.parse(answer.body)).toMatchObject({ appName: 'shop' });
  });

  it('verifies %2F in a segment as signed double-encoded, and routes it as one segment', async () => {
    const answer = await signed({ path: '/backend/a%2Fb/details' });
    expect(answer).toMatchObject({ status: 404, type: 'NotFoundException' });
    expect(JSON.parse(answer.body)).toMatchObject({ message: 'App a/b does not exist', resourceType: 'App' });
  });

  it('routes an environment named .. to another operation, as the service does', async () => {
    await bed.control('DELETE', 'requests');
    await signed({ path: `/backend/${appId}/environments/../details` });
    expect(await bed.log()).toMatchObject([
      { operation: 'GetBackend', path: `/backend/${appId}/environments/../details` },
    ]);
  });

  it('verifies header bytes, not characters: a value that ends in the byte 0xA0', async () => {
    // Node sends a header text as Latin-1, so these are the UTF-8 bytes of 'à'; the signer signs the same bytes.
    const answer = await signed({ headers: { 'x-amz-meta-name': '\u00c3\u00a0' }, latin1: true });
    expect(answer).toMatchObject({ status: 200 });
  });

  const refused: [string, Partial<Signing>, string, RegExp][] = [
    ['a wrong secret', { secret: 'wrong' }, 'InvalidSignatureException', wrongSignature],
    ['a tampered body', { body: '{"a":1}', signedBody: '{}' }, 'InvalidSignatureException', wrongSignature],
    [
      'a tampered body under a signed hash',
      { body: '{"a":1}', signedBody: '{}', contentHash: true },
      'InvalidSignatureException',
      /x-amz-content-sha256/,
    ],
    [
      'a tampered path',
      { signedPath: '/backend/other/details' },
      'InvalidSignatureException',
      wrongSignature,
    ],
    [
      'a path that was signed encoded once',
      { path: '/backend/a%2Fb/details', signedPath: '/backend/a/b/details' },
      'InvalidSignatureException',
      wrongSignature,
    ],
    [
      'a stage that was not signed',
      { path: `/prod${path}`, signedPath: path },
      'InvalidSignatureException',
      wrongSignature,
    ],
    ['a query that was not signed', { query: 'a=1' }, 'InvalidSignatureException', wrongSignature],
    [
      'an unknown key',
      { accessKeyId: 'AKIAUNKNOWN000000000' },
      'UnrecognizedClientException',
      /^The security token included in the request is invalid\.$/,
    ],
    ['another region', { region: 'eu-west-1' }, 'InvalidSignatureException', /valid region/],
    [
      'another service',
      { service: 'amplify' },
      'InvalidSignatureException',
      /correct service: 'amplifybackend'/,
    ],
    [
      'a scope of another day',
      { scopeDate: '20200101' },
      'InvalidSignatureException',
      /^Date in Credential scope/,
    ],
    [
      'a clock 16 minutes late',
      { at: Date.now() - 16 * minutes },
      'InvalidSignatureException',
      /^Signature expired: \d{8}T\d{6}Z is now earlier than/,
    ],
    [
      'a clock 16 minutes early',
      { at: Date.now() + 16 * minutes },
      'InvalidSignatureException',
      /^Signature not yet current: \d{8}T\d{6}Z/,
    ],
    [
      'a session token that is not signed',
      { headers: { 'x-amz-security-token': 't' }, signed: [] },
      'IncompleteSignatureException',
      /Security-Token/,
    ],
    [
      'a signed header that was not sent',
      { signed: ['x-amz-ghost'] },
      'InvalidSignatureException',
      /x-amz-ghost/,
    ],
    [
      'a host that is not signed',
      { mangle: text => text.replace('host;', '') },
      'IncompleteSignatureException',
      /'Host' must be/,
    ],
    [
      'a date that is not signed',
      { mangle: text => text.replace(';x-amz-date', '') },
      'IncompleteSignatureException',
      /'X-Amz-Date' or 'Date'/,
    ],
    [
      'no signature',
      { mangle: text => text.replace(/, Signature=.*/, '') },
      'IncompleteSignatureException',
      /'Signature' parameter/,
    ],
    ['half a signature', { mangle: text => text.slice(0, -1) }, 'IncompleteSignatureException', /64 /],
    [
      'another algorithm',
      { mangle: text => text.replace('HMAC-SHA256', 'ECDSA-P256-SHA256') },
      'IncompleteSignatureException',
      /AWS4-HMAC-SHA256/,
    ],
    [
      'a scope without terminator',
      { mangle: text => text.replace('/aws4_request', '') },
      'IncompleteSignatureException',
      /Credential must be/,
    ],
    ['an empty header', { mangle: () => '' }, 'IncompleteSignatureException', /AWS4-HMAC-SHA256/],
  ];
  it.each(refused)('refuses %s', async (_what, signing, type, message) => {
    const answer = await signed(signing);
    expect(answer).toMatchObject({ status: 403, type });
    expect(JSON.parse(answer.body).message).toMatch(message);
    expect(answer.body).not.toContain('sandbox-secret');
    expect(answer.body).not.toMatch(/[0-9a-f]{64}/);
  });

  it('refuses unsigned requests and presigned queries', async () => {
    const plain = await fetch(bed.url + path, { method: 'POST', body: '{}' });
    expect(plain.status).toBe(403);
    expect(plain.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    const presigned = await fetch(`${bed.url}${path}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0`, {
      method: 'POST',
    });
    expect(presigned.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    expect(await presigned.json()).toMatchObject({ message: expect.stringContaining('Presigned') });
  });

  it('sends its time, so that the SDK corrects its clock and succeeds', async () => {
    const client = clientFor(bed.url, { systemClockOffset: -60 * minutes, maxAttempts: 3 });
    expect(await send(client, 'GetBackend', { AppId: appId })).toMatchObject({ AppName: 'shop' });
    client.destroy();
  });
});

describe('SigV4 with any credentials', () => {
  it('accepts any unknown key and region, but still checks the sandbox key', async () => {
    const bed = await startTestBed({ anyCredentials: true });
    const any: Partial<Signing> = { accessKeyId: 'AKIAOTHER', secret: 'whatever', region: 'eu-west-1' };
    const signed = (signing: Partial<Signing>) =>
      sendSigned(bed.url, { path, at: bed.now(), body: '{}', ...signing });
    expect(await signed(any)).toMatchObject({ status: 200 });
    expect(await signed({ secret: 'wrong' })).toMatchObject({
      status: 403,
      type: 'InvalidSignatureException',
    });
    expect(await signed({ ...any, service: 'sts' })).toMatchObject({
      status: 403,
      type: 'InvalidSignatureException',
    });
    expect(await bed.log()).toMatchObject([{ accessKeyId: 'AKIAOTHER' }, {}, { accessKeyId: 'AKIAOTHER' }]);
    await bed.close();
  });
});
