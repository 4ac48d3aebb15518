/** The lines of the audit: valid by their schema, bounded, and on one line for any content. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Attempt, attemptLine, MAX_LINE_BYTES, resultLine } from '../../../src/call/audit/line.ts';
import { anyText } from '../../support/any-text.ts';
import { attempt as attemptSchema, result as resultSchema } from '../../support/audit.ts';

const head = { time: '2026-01-01T00:00:00.000Z', id: '00000000-0000-4000-8000-000000000001' };
const facts = {
  who: 'ann',
  caller: { key: 'stdio' },
  tool: 'update_backend_api',
  account: '123456789012',
  region: 'us-east-1',
};
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const lineOf = (body: Record<string, unknown>, more: Partial<Attempt> = {}) =>
  attemptLine(head, {
    ...facts,
    request: { operation: 'UpdateBackendAPI', method: 'POST', path: '/backend/d1/api/dev', body },
    decision: 'allowed',
    ...more,
  });
const bodyOf = (line: string) => attemptSchema.parse(JSON.parse(line)).request.body;

describe('a body', () => {
  it('is unchanged if it is short', () => {
    const body = { targetEnvironmentName: 'qa', flags: [true, null, 1], nested: { is: 'ä' } };
    expect(bodyOf(lineOf(body))).toEqual(body);
  });

  it('has digest, length and beginning of long texts, besides the short ones', () => {
    const schema = `type Note @model { id: ID! } # ${'ü'.repeat(500)}`;
    expect(
      bodyOf(lineOf({ resourceName: 'shopapi', resourceConfig: { schema, service: 'AppSync' } })),
    ).toEqual({
      resourceName: 'shopapi',
      resourceConfig: {
        schema: {
          length: schema.length,
          sha256: sha256(schema),
          start: expect.stringMatching(/^type Note @model/),
        },
        service: 'AppSync',
      },
    });
  });

  it('has the digest of a long member with short texts', () => {
    const names = Array.from({ length: 500 }, (_, at) => `name-${at}`);
    expect(bodyOf(lineOf({ resourceName: 'shopapi', names }))).toEqual({
      resourceName: 'shopapi',
      names: {
        length: JSON.stringify(names).length,
        sha256: sha256(JSON.stringify(names)),
        start: expect.any(String),
      },
    });
  });

  it('is one digest if it has too many members', () => {
    const body = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`name-${at}`, at]));
    expect(bodyOf(lineOf(body))).toMatchObject({ sha256: sha256(JSON.stringify(body)) });
  });
});

/** What a stranger writes who wants to be read as something else. */
const hostile = fc.oneof(
  anyText({ maxLength: 2_000 }),
  fc
    .constantFrom(
      '\n',
      '\r\n',
      '\u2028',
      '\u2029',
      '\u0085',
      '\u202e',
      '\u200b',
      '\ufeff',
      '\u{e0041}',
      '"}\n{',
      '\ud800',
    )
    .chain(piece => fc.integer({ min: 1, max: 3_000 }).map(count => piece.repeat(count))),
);

/** What a terminal acts on, or a reader of lines. */
const raw = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

function expectOneLine(line: string): void {
  expect(Buffer.byteLength(line)).toBeLessThanOrEqual(MAX_LINE_BYTES);
  expect(line.indexOf('\n')).toBe(line.length - 1);
  expect(line.slice(0, -1)).not.toMatch(raw);
}

it('is one valid line of at most 4 KB for any names', () => {
  fc.assert(
    fc.property(
      fc.record({
        who: hostile,
        caller: fc.record({ key: hostile, client: hostile, sub: hostile, email: hostile, name: hostile }),
        account: hostile,
        arn: hostile,
        target: hostile,
        serverRequestId: hostile,
        decision: hostile,
      }),
      fc.record({ path: hostile, body: fc.dictionary(hostile, fc.oneof(hostile, fc.jsonValue())) }),
      ({ decision, ...given }, request) => {
        const whole = { ...facts, ...given };
        const line = attemptLine(head, {
          ...whole,
          decision,
          request: { operation: 'CloneBackend', method: 'POST', ...request },
        });
        expectOneLine(line);
        // An empty name is none; nothing else may be amiss.
        const { error } = attemptSchema.safeParse(JSON.parse(line));
        expect(error?.issues.filter(({ code }) => code !== 'too_small') ?? []).toEqual([]);
        expectOneLine(resultLine(head, whole, { outcome: 'ok', requestId: given.arn, jobId: given.account }));
      },
    ),
    { numRuns: 200 },
  );
});

it('parses to the same content', () => {
  const who = 'Ann\n\u2028\u202e{"phase":"result"} \u{1f469}\u200d\u{1f4bb}';
  const line = resultLine(head, { ...facts, who }, { outcome: 'ok' });
  expectOneLine(line);
  expect(resultSchema.parse(JSON.parse(line))).toMatchObject({ who, phase: 'result', outcome: 'ok' });
});
