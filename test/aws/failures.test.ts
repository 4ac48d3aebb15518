/**
 * What the AWS SDK throws, as registered errors, for reads and writes: the code, the quoted words of AWS, and
 * whether a write may have been done. In doubt it may have been.
 */
import * as sdk from '@aws-sdk/client-amplifybackend';
import { describe, expect, it } from 'vitest';
import { countAttempts, GatewayGaveUp, isThrottle, quoteAws, toAwsFailure } from '../../src/aws/failures.ts';
import { ForeignAnswer } from '../../src/aws/foreign-answer.ts';
import { type ErrorCode, ServerError } from '../../src/errors.ts';
import { WITHHELD } from '../../src/lib/withheld-mark.ts';
import { ConnectTimeout, markFailed } from '../../src/network/connections.ts';
import { operations } from '../../src/operations/index.ts';

function operationOf(toolName: string) {
  const operation = operations.find(candidate => candidate.toolName === toolName);
  if (!operation) throw new Error(`no ${toolName}`);
  return operation;
}

const read = operationOf('get_backend');
const write = operationOf('clone_backend');

const answered = (httpStatusCode: number) => ({ httpStatusCode, requestId: 'r-1' });
const named = (name: string, message = 'words', more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });
const aws = (name: string, status: number, message = 'words') =>
  named(name, message, { $metadata: answered(status) });

/** Thrown by another service of AWS. */
const chain = (name: string, status = 400) => Object.assign(aws(name, status), { $fault: 'client' });

const pending = 'There is already a pending job for the requested appId: d1';

/** What is thrown, and the code of it for a read and for a write. */
const table: [what: string, thrown: unknown, ofRead: ErrorCode, ofWrite?: ErrorCode][] = [
  ['BadRequest', new sdk.BadRequestException({ message: 'x', $metadata: answered(400) }), 'bad_request'],
  [
    'a pending job',
    new sdk.BadRequestException({ message: pending, $metadata: answered(400) }),
    'pending_job',
  ],
  ['NotFound', new sdk.NotFoundException({ message: 'x', $metadata: answered(404) }), 'not_found'],
  [
    'TooManyRequests',
    new sdk.TooManyRequestsException({ message: 'x', $metadata: answered(429) }),
    'throttled',
  ],
  [
    'GatewayTimeout',
    new sdk.GatewayTimeoutException({ message: 'x', $metadata: answered(504) }),
    'service_unavailable',
    'outcome_unknown',
  ],
  ['a 504 of a gateway', aws('Unknown', 504), 'service_unavailable', 'outcome_unknown'],
  [
    'a 504 of the service that gives credentials',
    Object.assign(aws('InternalServerError', 504), { $fault: 'server' }),
    'credentials_refused',
  ],
  ['a text that is no JSON', aws('SyntaxError', 404), 'service_unavailable', 'unreachable'],
  ['a list in place of an object', aws('TypeError', 400), 'service_unavailable', 'unreachable'],
  ['a 404 that says nothing', aws('Unknown', 404, 'UnknownError'), 'service_unavailable', 'unreachable'],
  ['a 500 that is no JSON', aws('SyntaxError', 500), 'service_unavailable', 'outcome_unknown'],
  ['a 408 that is no JSON', aws('SyntaxError', 408), 'service_unavailable', 'outcome_unknown'],
  ['a 400 that says nothing', aws('Unknown', 400, 'UnknownError'), 'bad_request'],
  ['a name that ends in SyntaxError', aws('NotSyntaxError', 400), 'bad_request'],
  ['a name that begins with SyntaxError', aws('SyntaxErrorToo', 400), 'bad_request'],
  ['a 403 that is no JSON', aws('SyntaxError', 403), 'access_denied'],
  ['a 429 that is no JSON', aws('SyntaxError', 429), 'throttled'],
  ['a 500', aws('InternalFailure', 500), 'service_unavailable', 'outcome_unknown'],
  ['a 503', aws('ServiceUnavailable', 503), 'service_unavailable', 'outcome_unknown'],
  ['a 200 that cannot be read', aws('SyntaxError', 200), 'service_unavailable', 'outcome_unknown'],
  ['throttling by the gateway', aws('ThrottlingException', 400), 'throttled'],
  ['an unknown 400', aws('UnknownError', 400), 'bad_request'],
  ['AccessDenied', aws('AccessDeniedException', 403), 'access_denied'],
  ['an unknown 403', aws('UnknownError', 403), 'access_denied'],
  ['an unknown key', aws('UnrecognizedClientException', 403), 'credentials_refused'],
  ['a wrong signature', aws('InvalidSignatureException', 403), 'credentials_refused'],
  ['no signature', aws('MissingAuthenticationTokenException', 403), 'credentials_refused'],
  ['an expired token', aws('ExpiredTokenException', 403), 'credentials_expired'],
  [
    'a clock that is late',
    aws('InvalidSignatureException', 403, 'Signature expired: 1 is earlier than 2'),
    'clock_skew',
  ],
  [
    'a clock that is early',
    aws('InvalidSignatureException', 403, 'Signature not yet current: 2'),
    'clock_skew',
  ],
  ['a skewed time', aws('RequestTimeTooSkewed', 403), 'clock_skew'],
  ['no credentials', named('CredentialsProviderError', 'Could not load credentials'), 'credentials_missing'],
  [
    'a session that ended',
    named('CredentialsProviderError', 'The SSO session has expired'),
    'credentials_expired',
  ],
  ['a token that ended', named('TokenProviderError', 'Token is expired'), 'credentials_expired'],
  ['no region', new Error('Region is missing'), 'region_missing'],
  ['a refused connection', named('Error', 'connect', { code: 'ECONNREFUSED' }), 'not_sent'],
  ['an unknown host', named('Error', 'getaddrinfo', { code: 'ENOTFOUND' }), 'not_sent'],
  [
    'a connection that never came about',
    markFailed(new ConnectTimeout('late'), { host: 'h', port: 1, isSecure: true }),
    'not_sent',
  ],
  ['an abort by the client', named('AbortError', 'Request aborted'), 'cancelled'],
  [
    'an answer that did not come in time',
    named('TimeoutError', 'a request has exceeded the configured 35000 ms requestTimeout.'),
    'service_unavailable',
    'outcome_unknown',
  ],
  [
    'a broken connection',
    named('TimeoutError', 'read', { code: 'ECONNRESET' }),
    'service_unavailable',
    'outcome_unknown',
  ],
  ['a text', 'boom', 'service_unavailable', 'outcome_unknown'],
  // AWS gave up waiting: no refusal.
  ['a 408', aws('RequestTimeoutException', 408), 'service_unavailable', 'outcome_unknown'],
  ['a 304', aws('NotModified', 304), 'service_unavailable', 'outcome_unknown'],
  ['a 499', aws('UnknownError', 499), 'bad_request'],
  ['a 401', aws('UnknownError', 401), 'access_denied'],
  ['AccessDenied with another status', aws('AccessDeniedException', 400), 'access_denied'],
  ['a name that ends in AccessDenied', aws('NotAccessDenied', 400), 'bad_request'],
  ['an unknown 404', aws('UnknownError', 404), 'not_found'],
  ['a signature that expired, in small letters', aws('X', 400, 'signature expired'), 'clock_skew'],
  ['an expired token with another status', aws('ExpiredTokenException', 400), 'credentials_expired'],
  ['a name that ends in ExpiredToken', aws('NotExpiredToken', 403), 'access_denied'],
  ['a name that ends in RequestTimeTooSkewed', aws('NotRequestTimeTooSkewed', 400), 'bad_request'],
  ...[
    'UnrecognizedClient',
    'InvalidSignature',
    'InvalidClientTokenId',
    'IncompleteSignature',
    'MissingAuthenticationToken',
    'SignatureDoesNotMatch',
    'InvalidAccessKeyId',
  ].flatMap((name): typeof table => [
    [name, aws(name, 400), 'credentials_refused'],
    [`a name that ends in ${name}`, aws(`Not${name}`, 400), 'bad_request'],
  ]),
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].map(
    (code): (typeof table)[number] => [code, named('Error', 'connect', { code }), 'not_sent'],
  ),
  ...['NOT_ECONNREFUSED', 'ECONNREFUSED_TOO'].map((code): (typeof table)[number] => [
    code,
    named('Error', 'connect', { code }),
    'service_unavailable',
    'outcome_unknown',
  ]),
  // What AWS answered is never taken for a failure of this machine.
  [
    'an answer whose text speaks of a connection',
    Object.assign(aws('TimeoutError', 500, 'no connection'), { code: 'ECONNREFUSED' }),
    'service_unavailable',
    'outcome_unknown',
  ],
  [
    'another error that speaks of a connection',
    named('Error', 'the connection broke'),
    'service_unavailable',
    'outcome_unknown',
  ],
  ...['CredentialsProviderErrorToo', 'NotTokenProviderError'].map((name): (typeof table)[number] => [
    name,
    named(name, 'words'),
    'service_unavailable',
    'outcome_unknown',
  ]),
  // Asked for credentials by the SDK's chain: the operation itself was never sent.
  ['expired keys of another service', chain('ExpiredTokenException'), 'credentials_expired'],
  ['what another service does not know', chain('NotExpiredToken'), 'credentials_refused'],
  ['another service that fails', chain('InternalFailure', 500), 'credentials_refused'],
  ['nothing', undefined, 'service_unavailable', 'outcome_unknown'],
  // Without a status AWS has refused nothing, whatever the name says.
  ["a refusal's name alone", named('AccessDeniedException'), 'service_unavailable', 'outcome_unknown'],
];

describe.each(table)('%s', (_, thrown, ofRead, ofWrite = ofRead) => {
  it(`is ${ofRead} for a read`, () => {
    expect(toAwsFailure(thrown, read, []).code).toBe(ofRead);
  });

  it(`is ${ofWrite} for a write`, () => {
    expect(toAwsFailure(thrown, write, []).code).toBe(ofWrite);
  });
});

it.each(operations)(
  'a lost answer of $toolName is unknown unless it changes nothing',
  ({ toolName, name }) => {
    const changesNothing = /^(Get|List)/.test(name);
    const { code } = toAwsFailure(aws('InternalFailure', 500), operationOf(toolName), []);
    expect(code).toBe(changesNothing ? 'service_unavailable' : 'outcome_unknown');
  },
);

it('a registered error stays unchanged', () => {
  const failure = new ServerError('cancelled');
  expect(toAwsFailure(failure, write, [])).toBe(failure);
});

it("a service's own answer is not a credentials failure", () => {
  class OtherServiceException extends Error {}
  const thrown = Object.assign(new OtherServiceException('no'), {
    ...{ name: 'ValidationError', $fault: 'client', $metadata: answered(400) },
  });
  expect(toAwsFailure(thrown, { ...read, exception: OtherServiceException }, []).code).toBe('bad_request');
  expect(toAwsFailure(thrown, read, []).code).toBe('credentials_refused');
});

describe('a 504', () => {
  it('of a gateway leaves the work of a write going on, and says so', () => {
    const thrown = aws('Unknown', 504);
    const failure = toAwsFailure(thrown, write, []);
    expect(failure).toBeInstanceOf(GatewayGaveUp);
    expect(failure).toMatchObject({ requestId: 'r-1', cause: thrown });
    expect(failure.message).toMatch(/A gateway .* \(HTTP 504\).* CloneBackend may still be done\.$/);
  });

  it.each([
    [
      'of the service itself',
      new sdk.GatewayTimeoutException({ message: 'x', $metadata: answered(504) }),
      write,
    ],
    ['of a read', aws('Unknown', 504), read],
    ['whose status is another one', aws('Unknown', 503), write],
  ])('%s is no such case', (_, thrown, operation) => {
    expect(toAwsFailure(thrown, operation, [])).not.toBeInstanceOf(GatewayGaveUp);
  });
});

describe('what did not come from the service', () => {
  const advice = /ask the person to check the region, AWS_ENDPOINT_URL/;

  it('is told with its status, whom to ask, and the request id', () => {
    const thrown = aws('SyntaxError', 404);
    expect(toAwsFailure(thrown, write, [])).toMatchObject({
      message: expect.stringMatching(/nothing was done\. What answered was not the service \(HTTP 404\)\.$/),
      hint: expect.stringMatching(advice),
      ...{ requestId: 'r-1', cause: thrown },
    });
  });

  it('is told with the words of a page, without the secrets of the request', () => {
    const headers = { 'x-amzn-requestid': 'r-2' };
    const thrown = new ForeignAnswer({ statusCode: 404, headers }, 'proxy.corp', 'No sesame-open here');
    const failure = toAwsFailure(thrown, write, ['sesame-open']);
    expect(failure).toMatchObject({ code: 'unreachable', requestId: 'r-2' });
    expect(failure.message).toMatch(/What answered at proxy\.corp was not the service \(HTTP 404: "No /);
    expect(failure.message).not.toContain('sesame');
  });

  it('is no answer where there is no status', () => {
    const { message } = toAwsFailure(named('SyntaxError'), read, []);
    expect(message).toBe(new ServerError('service_unavailable').message);
  });
});

it("the attempts before a failure are counted, and what is not the SDK's is one", () => {
  const thrown = named('BadRequestException', 'x', { $metadata: { ...answered(400), attempts: 3 } });
  expect(countAttempts(toAwsFailure(thrown, write, []))).toBe(3);
  expect(countAttempts(toAwsFailure(new Error('socket hang up'), write, []))).toBe(1);
  expect(countAttempts(new ServerError('cancelled'))).toBe(1);
});

it('a request that is too large is to be shortened', () => {
  const { code, hint } = toAwsFailure(aws('RequestEntityTooLarge', 413), write, []);
  expect([code, hint]).toEqual(['bad_request', expect.stringContaining('shorten the longest argument')]);
});

it('only a denial names an IAM action', () => {
  expect(toAwsFailure(aws('BadRequestException', 400), write, []).hint).toBe(
    new ServerError('bad_request').hint,
  );
});

it('a throttle is recognized by its name or its status, from any service', () => {
  expect(isThrottle(aws('ThrottlingException', 400))).toBe(true);
  expect(isThrottle(aws('UnknownError', 429))).toBe(true);
  expect(isThrottle(aws('UnknownError', 400))).toBe(false);
  expect(isThrottle({ name: 'ThrottlingException' })).toBe(false);
  expect(isThrottle(undefined)).toBe(false);
});

describe("AWS's words", () => {
  it('are left out if there are none', () => {
    const { message } = toAwsFailure(aws('BadRequestException', 400, ''), write, []);
    expect(message).toBe(new ServerError('bad_request').message);
    const other = Object.assign(aws('BadRequestException', 400), { ResourceType: 'Job' });
    expect(toAwsFailure(other, read, []).message).not.toContain('Missing');
    expect(toAwsFailure(aws('NotFoundException', 404), read, []).message).not.toContain('Missing');
  });

  it('name a missing thing in the REST spelling, without the secrets of the request', () => {
    const thrown = Object.assign(aws('NotFoundException', 404), { resourceType: 'pool sesame-open' });
    const { message } = toAwsFailure(thrown, read, ['sesame-open']);
    expect(message).toContain(`Missing: "pool ${WITHHELD}".`);
  });

  it('are quoted data, with the request id', () => {
    const { message, requestId } = toAwsFailure(aws('BadRequestException', 400, 'no "shop"'), write, []);
    expect(message).toMatch(/nothing was changed\. AWS says \(quoted data\): "no \\"shop\\""$/);
    expect(requestId).toBe('r-1');
  });

  it('name a missing thing if AWS does', () => {
    const options = { message: 'x', ResourceType: 'Job "7"', $metadata: answered(404) };
    expect(toAwsFailure(new sdk.NotFoundException(options), read, []).message).toContain(
      'Missing: "Job \\"7\\"".',
    );
  });

  it('are one bounded line', () => {
    expect(quoteAws('one\ntwo\r\nthree')).not.toMatch(/[\r\n]/);
    expect(quoteAws('x'.repeat(10_000)).length).toBeLessThan(700);
  });

  it('are redacted before they are cut', () => {
    const secret = 'sesame-open';
    const said = `${'x'.repeat(595)}${secret}`;
    const { message } = toAwsFailure(aws('BadRequestException', 400, said), write, [secret]);
    expect(message).not.toContain('sesame');
    expect(quoteAws(`refused: ${secret}`, [secret])).toContain(WITHHELD);
  });

  it("do not include the SDK's own words", () => {
    const { message } = toAwsFailure(named('CredentialsProviderError', 'local words'), read, []);
    expect(message).not.toContain('local words');
  });
});

it('a denial names the IAM action that is missing', () => {
  expect(toAwsFailure(aws('AccessDeniedException', 403), write, []).hint).toContain(
    'amplifybackend:CloneBackend',
  );
});

it.each([
  [
    'with an explicit deny in a service control policy',
    /service control policy/,
    /runs the AWS organization/,
  ],
  [
    'because no permissions boundary allows the x action',
    /permissions boundary/,
    /set its permissions boundary/,
  ],
])('a denial %s is reported as such, without advice to grant the action', (words, message, hint) => {
  const said = `User: x is not authorized to perform: amplifybackend:CloneBackend ${words}`;
  for (const [name, status] of [
    ['AccessDeniedException', 403],
    ['BadRequestException', 400],
  ] as const) {
    const failure = toAwsFailure(aws(name, status, said), write, []);
    expect(failure).toMatchObject({ code: 'access_denied', hint: expect.stringMatching(hint) });
    expect(failure.message).toMatch(message);
    expect(failure.message).toContain(words);
    expect(failure.hint).not.toContain('grant the IAM action');
    expect(failure.hint).toContain('amplifybackend:CloneBackend');
  }
});

it('the cause is kept for the log, and is not in the facts', () => {
  const thrown = aws('InternalFailure', 500, 'inner-words');
  const failure = toAwsFailure(new Error('inner-words'), write, []);
  expect(toAwsFailure(thrown, write, []).cause).toBe(thrown);
  const lost = new Error('socket hang up');
  expect(toAwsFailure(lost, write, []).cause).toBe(lost);
  expect(JSON.stringify(failure.facts())).not.toContain('inner-words');
});
