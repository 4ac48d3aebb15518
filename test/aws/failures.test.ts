/**
 * What the AWS SDK throws, as registered errors, for reads and writes: the code, and whether a write may have been done. In
 * doubt it may have been.
 */
import * as sdk from '@aws-sdk/client-amplifybackend';
import { describe, expect, it } from 'vitest';
import { toAwsFailure } from '../../src/aws/failures.ts';
import { type ErrorCode, ServerError } from '../../src/errors.ts';
import { ConnectTimeout, markFailed } from '../../src/network/connections.ts';
import { operations } from '../../src/operations/index.ts';
import { answered, aws, chain, named, operationOf, read, write } from './thrown-failures.ts';

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
