/**
 * The registry of errors: each code says what happened and what to do next in whole sentences, and clients
 * never see the cause of a failure.
 */
import { describe, expect, it } from 'vitest';
import { type ErrorCode, errorRegistry, ServerError, toServerError } from '../src/errors.ts';

const codes = Object.keys(errorRegistry) as ErrorCode[];

describe.each(codes)('%s', code => {
  const { message, hint, retryable } = errorRegistry[code];

  it('is a snake_case code', () => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  it.each([
    ['message', message],
    ['hint', hint],
  ])('has a %s of whole sentences', (_, text) => {
    expect(text).toMatch(/^[A-Z][^\n]*[A-Za-z)]\.$/);
  });

  it('says in its hint what to do, without repeating what happened', () => {
    expect(hint).not.toBe(message);
    expect(hint).toMatch(
      /\b(Ask|Call|Check|check|Choose|Compare|Correct|Find|Look|look|Show|Read|Send|send|Tell|Wait)\b/,
    );
  });

  it('advises an unchecked retry only if it is harmless', () => {
    if (retryable) expect(hint).toMatch(/send the same call again/i);
    expect(new ServerError(code).retryable).toBe(retryable);
  });

  it('gives its facts, and nothing else, to a client', () => {
    expect(new ServerError(code).facts()).toEqual({ code, message, hint, retryable });
  });
});

it('no two codes say the same', () => {
  expect(new Set(codes.map(code => errorRegistry[code].message)).size).toBe(codes.length);
});

it('no text advises to repeat a write of unknown outcome', () => {
  const { hint, retryable } = errorRegistry.outcome_unknown;
  expect(retryable).toBe(false);
  expect(hint).toMatch(/^Do not send it again yet\./);
});

it('message and hint can be overridden', () => {
  const failure = new ServerError('not_found', {
    message: 'No job j-1.',
    hint: 'Look elsewhere.',
    requestId: 'r-1',
  });
  expect(failure.facts()).toEqual({
    code: 'not_found',
    message: 'No job j-1.',
    hint: 'Look elsewhere.',
    retryable: false,
    requestId: 'r-1',
  });
});

it('the cause is not shown', () => {
  const cause = new Error('secret-of-the-cause');
  const failure = new ServerError('internal', { cause });
  expect(failure.cause).toBe(cause);
  expect(JSON.stringify(failure.facts())).not.toContain('secret-of-the-cause');
  expect(String(failure)).not.toContain('secret-of-the-cause');
});

describe('toServerError', () => {
  it('leaves a registered error unchanged', () => {
    const failure = new ServerError('throttled');
    expect(toServerError(failure)).toBe(failure);
  });

  it.each([new TypeError('secret-text'), 'secret-text', undefined, null, { code: 'not_found' }])(
    'converts %o to an internal failure without its text',
    thrown => {
      const failure = toServerError(thrown);
      expect(failure.facts()).toEqual({ code: 'internal', ...errorRegistry.internal });
      expect(failure.cause).toBe(thrown);
    },
  );
});
