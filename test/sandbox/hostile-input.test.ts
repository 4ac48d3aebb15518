/** Any input is answered in the service's error format, and the next client is served normally. */
import { createConnection } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sendSigned } from './hand-signer.ts';
import { head, raw } from './raw-client.ts';
import { appId, setTestBed } from './support.ts';

const details = `/backend/${appId}/details`;

describe('hostile input', () => {
  const bed = setTestBed();
  afterEach(async () => {
    expect(await bed.call('GetBackend', { AppId: appId })).toMatchObject({ AppName: 'shop' });
  });

  const cases: [string, string, number, string][] = [
    ['garbage', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n', 400, 'BadRequestException'],
    ['a header without a colon', 'POST / HTTP/1.1\r\nHost\r\n\r\n', 400, 'BadRequestException'],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`,
      431,
      'RequestHeaderFieldsTooLargeException',
    ],
    ['an unknown path', head('POST /nothing HTTP/1.1', 'Content-Length: 0'), 404, 'NotFoundException'],
    ['the root', head('GET / HTTP/1.1'), 404, 'NotFoundException'],
    ['an asterisk', head('OPTIONS * HTTP/1.1'), 404, 'NotFoundException'],
    ['a path too long by a segment', head(`POST ${details}/more HTTP/1.1`), 404, 'NotFoundException'],
    ['a wrong method', head(`GET ${details} HTTP/1.1`), 405, 'MethodNotAllowedException'],
    ['a method of another world', head(`PROPFIND ${details} HTTP/1.1`), 405, 'MethodNotAllowedException'],
    ['the absolute form', head(`GET http://localhost${details} HTTP/1.1`), 405, 'MethodNotAllowedException'],
    ['CONNECT', head('CONNECT example.com:443 HTTP/1.1'), 405, 'MethodNotAllowedException'],
    ['broken percent-encoding', head('POST /backend/%zz/details HTTP/1.1'), 400, 'BadRequestException'],
    [
      'percent-encoding that is no UTF-8',
      head('POST /backend/%ff/details HTTP/1.1'),
      400,
      'BadRequestException',
    ],
    [
      'an announced body of 2 GB',
      head(`POST ${details} HTTP/1.1`, 'Content-Length: 2147483648'),
      413,
      'RequestEntityTooLargeException',
    ],
    [
      'an unsupported expectation',
      head(`POST ${details} HTTP/1.1`, 'Expect: miracles'),
      417,
      'ExpectationFailedException',
    ],
    [
      'no Host',
      `POST ${details} HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      403,
      'MissingAuthenticationTokenException',
    ],
    ['HTTP/1.0', `POST ${details} HTTP/1.0\r\n\r\n`, 403, 'MissingAuthenticationTokenException'],
    [
      'a body without length that is not signed',
      head(`POST ${details} HTTP/1.1`),
      403,
      'MissingAuthenticationTokenException',
    ],
    [
      'both lengths',
      head(`POST ${details} HTTP/1.1`, 'Content-Length: 3', 'Transfer-Encoding: chunked'),
      400,
      'BadRequestException',
    ],
    [
      'a broken chunk',
      `${head(`POST ${details} HTTP/1.1`, 'Transfer-Encoding: chunked')}nonsense\r\n`,
      400,
      'BadRequestException',
    ],
    [
      'a broken escape in the query',
      head(`POST ${details}?a=%zz HTTP/1.1`),
      403,
      'MissingAuthenticationTokenException',
    ],
    [
      'an upgrade',
      head(`GET ${details} HTTP/1.1`, 'Upgrade: websocket', 'Connection: upgrade'),
      405,
      'MethodNotAllowedException',
    ],
  ];
  it.each(cases)('answers %s', async (_what, bytes, status, type) => {
    const answer = await raw(bed.port, bytes);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('x-amzn-errortype')).toBe(type);
    expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get('content-type')).toBe('application/json');
    const body = JSON.parse(answer.body);
    expect(body.message).toEqual(expect.any(String));
    if (status === 404) expect(body.resourceType).toBe('Path');
    if (status === 405) expect(answer.headers.get('allow')).toMatch(/POST/);
  });

  it.each([
    ['half a request line', 'POST /back'],
    ['half a head', `POST ${details} HTTP/1.1\r\nHost: lo`],
    ['a body shorter than announced', `${head(`POST ${details} HTTP/1.1`, 'Content-Length: 100')}{"a"`],
    ['nothing', ''],
  ])('survives a client that hangs up after %s', async (_what, bytes) => {
    const { status } = await raw(bed.port, bytes, true);
    expect([0, 400]).toContain(status);
  });

  it('survives garbage after a request that it is still answering', async () => {
    const request = `POST ${details} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}`;
    expect([400, 403]).toContain((await raw(bed.port, `${request}\0\0garbage\r\n\r\n`)).status);
  });

  it('stops reading a body beyond 1 MiB that has no content-length', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const answer = await raw(
      bed.port,
      head(`POST ${details} HTTP/1.1`, 'Transfer-Encoding: chunked') + chunk.repeat(17),
    );
    expect(answer.status).toBe(413);
    expect(answer.headers.get('connection')).toBe('close');
  });

  it('reaches a client that reads only after it has written everything', async () => {
    const socket = createConnection(bed.port, '127.0.0.1');
    let received = '';
    const heard = new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', () => resolve(received));
      socket.write(head(`POST ${details} HTTP/1.1`, `Content-Length: ${8 << 20}`));
      socket.write('x'.repeat(8 << 20), () =>
        socket.on('data', chunk => {
          received += chunk;
        }),
      );
    });
    expect(await heard).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('accepts a body of exactly 1 MiB', async () => {
    const body = JSON.stringify({ ignored: 'x'.repeat(1024 * 1024 - 14) });
    expect(body).toHaveLength(1024 * 1024);
    expect(await sendSigned(bed.url, { path: details, at: bed.now(), body })).toMatchObject({ status: 200 });
  });

  const bodies: [string, string, RegExp][] = [
    ['no JSON', '{"a":', /not valid JSON/],
    ['JSON that is nested beyond reason', '['.repeat(500_000), /not valid JSON|JSON object/],
    ['a list', '[]', /must be a JSON object/],
    ['null', 'null', /must be a JSON object/],
    ['a text', '"x"', /must be a JSON object/],
    ['a wrong type', '{"backendEnvironmentName":1}', /^backendEnvironmentName must be a string$/],
  ];
  it.each(bodies)('refuses a signed body that is %s', async (_what, body, message) => {
    const answer = await sendSigned(bed.url, { path: details, at: bed.now(), body });
    expect(answer).toMatchObject({ status: 400, type: 'BadRequestException' });
    expect(JSON.parse(answer.body).message).toMatch(message);
  });

  it.each([
    '{"surprise":true}',
    '{"backendEnvironmentName":null}',
    '{"__proto__":{"backendEnvironmentName":"x"}}',
    '',
  ])('accepts %j as a body without members', async body => {
    const answer = await sendSigned(bed.url, { path: details, at: bed.now(), body });
    expect(answer.status).toBe(200);
    expect(Object.keys(JSON.parse(answer.body)).sort()).toEqual([
      'appId',
      'appName',
      'backendEnvironmentList',
    ]);
  });

  it('names the methods that a path takes', async () => {
    const answer = await fetch(`${bed.url}/backend/x/job/y/z`, { method: 'PUT' });
    expect(answer.headers.get('allow')).toBe('GET, POST, OPTIONS');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });
});
