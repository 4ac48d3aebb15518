/** The answers of API Gateway and Express that replace the service's, on the wire. */
import { describe, expect, it } from 'vitest';
import { gatewayAnswerNames } from '../../src/sandbox/gateway-answers.ts';
import { sendSigned } from './hand-signer.ts';
import { appId, setTestBed } from './support.ts';

const path = `/backend/${appId}/details`;
const clone = { AppId: appId, BackendEnvironmentName: 'dev', TargetEnvironmentName: 'qa' };

const bed = setTestBed();

const order = (fault: object) =>
  bed.control('POST', 'faults', { operation: 'GetBackend', kind: 'answer-before', ...fault });
const send = () => sendSigned(bed.url, { path, at: bed.now() });
const environments = async () => (await bed.call('GetBackend', { AppId: appId })).BackendEnvironmentList;

/** Name, status, error name, and body where it is JSON. */
const gatewayErrors: [name: string, status: number, error: string, body: object][] = [
  ['gateway-timeout', 504, 'InternalServerErrorException', { message: 'Endpoint request timed out' }],
  ['bad-gateway', 502, 'InternalServerErrorException', { message: 'Internal server error' }],
  ['too-large', 413, 'RequestTooLargeException', { message: 'Request Too Long' }],
  ['too-many-requests', 429, 'TooManyRequestsException', { message: 'Too Many Requests' }],
  ['limit-exceeded', 429, 'LimitExceededException', { message: 'Limit Exceeded' }],
  [
    'denied',
    403,
    'AccessDeniedException',
    { Message: expect.stringMatching(/is not authorized to perform: amplifybackend:GetBackend on resource/) },
  ],
];

it.each(gatewayErrors)('%s is %i %s', async (answer, status, error, body) => {
  await order({ answer });
  const got = await send();
  expect([got.status, got.headers['x-amzn-errortype']]).toEqual([status, error]);
  expect(got.headers['x-amz-apigw-id']).toMatch(/=$/);
  expect(JSON.parse(got.body)).toEqual(body);
  expect((await send()).status).toBe(200);
});

it.each([
  ['page-404', 404, `<pre>Cannot POST ${path}</pre>`],
  ['page-500', 500, '<pre>Internal Server Error</pre>'],
])('%s is an error page of Express', async (answer, status, text) => {
  await order({ answer });
  const got = await send();
  expect([got.status, got.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
  expect(got.body).toMatch(/^<!DOCTYPE html>/);
  expect(got.body).toContain(text);
});

it('every named answer is tested here', () => {
  expect([...gatewayAnswerNames].sort()).toEqual(
    [...gatewayErrors.map(([name]) => name), 'page-404', 'page-500'].sort(),
  );
});

it('the default is the time-out, and an object gives any answer', async () => {
  await order({});
  expect((await send()).status).toBe(504);
  await order({ answer: { status: 200, headers: { 'Content-Type': 'text/html' }, body: 'Sign in {path}' } });
  const got = await send();
  expect([got.status, got.headers['content-type'], got.body]).toEqual([200, 'text/html', `Sign in ${path}`]);
});

it('answer-after executes the request, at once or later', async () => {
  await order({
    operation: 'CloneBackend',
    kind: 'answer-after',
    answer: 'gateway-timeout',
    delayMs: 30_000,
  });
  expect((await bed.refusal('CloneBackend', clone)).message).toBe('Endpoint request timed out');
  bed.advance(29_999);
  expect(await environments()).toEqual(['dev', 'prod', 'partner']);
  bed.advance(1);
  expect(await environments()).toEqual(['dev', 'prod', 'partner', 'qa']);
  await order({ operation: 'CloneBackend', answer: 'gateway-timeout' });
  await bed.refusal('CloneBackend', { ...clone, TargetEnvironmentName: 'uat' });
  expect(await environments()).toEqual(['dev', 'prod', 'partner', 'qa']);
});

it.each([
  'page-418',
  7,
  {},
  { status: 99 },
  { status: '404' },
  { status: 404, body: {} },
  { status: 404, headers: { a: 1 } },
  { status: 404, headers: { 'a\nb': 'c' } },
  { status: 404, headers: { a: 'b\r\nc: d' } },
  { status: 404, headers: 'none' },
  { status: 404, text: '' },
])('refuses the answer %j', async answer => {
  const { status, body } = await order({ answer });
  expect(status).toBe(400);
  expect(body.message).toMatch(/answer .* is neither one of gateway-timeout, .* nor \{"status"/);
});

describe('OPTIONS', () => {
  const ask = (headers: Record<string, string> = {}) =>
    fetch(`${bed.url}/prod/backend/x/job/y/z`, { method: 'OPTIONS', headers });

  it('is answered as in the recording, with the requested headers', async () => {
    const answer = await ask({ 'access-control-request-headers': 'authorization,x-amz-date' });
    expect(answer.status).toBe(204);
    expect(await answer.text()).toBe('');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-powered-by': 'Express',
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE',
      'access-control-allow-headers': 'authorization,x-amz-date',
      'x-amz-apigw-id': expect.stringMatching(/=$/),
      'x-amzn-remapped-content-length': '0',
      'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect((await ask()).headers.has('access-control-allow-headers')).toBe(false);
  });

  it('is answered as in the REST reference, if the setting says so', async () => {
    await bed.control('PUT', 'settings', { preflight: 'documented' });
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, POST, OPTIONS');
    for (const name of ['authorization', 'x-amz-date', 'x-amz-security-token', 'content-type'])
      expect(answer.headers.get('access-control-allow-headers')).toContain(name);
  });
});
