/**
 * What is said of a failure of AWS: in whose words, with which advice, and what is kept for the log.
 */
import * as sdk from '@aws-sdk/client-amplifybackend';
import { describe, expect, it } from 'vitest';
import { countAttempts, GatewayGaveUp, isThrottle, quoteAws, toAwsFailure } from '../../src/aws/failures.ts';
import { ForeignAnswer } from '../../src/aws/foreign-answer.ts';
import { ServerError } from '../../src/errors.ts';
import { WITHHELD } from '../../src/lib/withheld-mark.ts';
import { answered, aws, named, read, write } from './thrown-failures.ts';

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

  it('is reported with its status, whom to ask, and the request id', () => {
    const thrown = aws('SyntaxError', 404);
    expect(toAwsFailure(thrown, write, [])).toMatchObject({
      message: expect.stringMatching(/nothing was done\. What answered was not the service \(HTTP 404\)\.$/),
      hint: expect.stringMatching(advice),
      ...{ requestId: 'r-1', cause: thrown },
    });
  });

  it('is reported with the text of the page, without the secrets of the request', () => {
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
