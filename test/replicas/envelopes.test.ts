/** What replicas store in Redis: it opens only with the key, for its subject, and until it expires. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createEnvelopes } from '../../src/replicas/envelopes.ts';
import { anyText } from '../support/any-text.ts';

const key = randomBytes(32);
const about = ['replica', 'one'] as const;

it('opens sealed texts of any content and subject', () => {
  const envelopes = createEnvelopes([key]);
  fc.assert(
    fc.property(anyText(), fc.array(fc.string(), { minLength: 1 }), (text, names) => {
      const [kind = '', ...rest] = names;
      expect(envelopes.open([kind, ...rest], envelopes.seal([kind, ...rest], text, 1_000))).toBe(
        Buffer.from(text).toString(),
      );
    }),
  );
});

it('opens texts of an older key, and none of another key', () => {
  const [old, other] = [randomBytes(32), randomBytes(32)];
  const sealed = createEnvelopes([old]).seal(about, 'text', 1_000);
  expect(createEnvelopes([key, old]).open(about, sealed)).toBe('text');
  expect(createEnvelopes([key, other]).open(about, sealed)).toBeUndefined();
  expect(createEnvelopes([key, old]).open(about, createEnvelopes([key, old]).seal(about, 'new', 1_000))).toBe(
    'new',
  );
});

it.each([
  [['replica', 'two']],
  [['replica', 'one', '']],
  [['replica']],
  [['session', 'one']],
  [['replicaone']],
] as const)('opens nothing for the subject %j that was sealed for another', other => {
  const envelopes = createEnvelopes([key]);
  expect(envelopes.open(other as never, envelopes.seal(about, 'text', 1_000))).toBeUndefined();
});

it('opens nothing that has expired, even with an altered expiry', () => {
  let now = 1_000_000;
  const envelopes = createEnvelopes([key], () => now);
  const sealed = envelopes.seal(about, 'text', 500);
  now += 499;
  expect(envelopes.open(about, sealed)).toBe('text');
  now += 1;
  expect(envelopes.open(about, sealed)).toBeUndefined();
  expect(envelopes.open(about, sealed.replace(/^\d+/, '9999999999999'))).toBeUndefined();
});

it('opens nothing that was changed, cut or forged', () => {
  const envelopes = createEnvelopes([key]);
  const sealed = envelopes.seal(about, 'http://127.0.0.1:3000/mcp', 60_000);
  const at = fc.integer({ min: 0, max: sealed.length - 2 });
  fc.assert(
    fc.property(at, fc.constantFrom(...'Ab0-.'), (index, letter) => {
      const changed = sealed.slice(0, index) + letter + sealed.slice(index + 1);
      if (changed !== sealed) expect(envelopes.open(about, changed)).toBeUndefined();
      expect(envelopes.open(about, sealed.slice(0, index))).toBeUndefined();
    }),
  );
  fc.assert(fc.property(fc.string(), text => envelopes.open(about, text) === undefined));
  for (const none of [undefined, null, '', 'http://127.0.0.1/', '99999999999999.AAAA'])
    expect(envelopes.open(about, none)).toBeUndefined();
});

it('seals the same text differently each time, and reveals nothing of it', () => {
  const envelopes = createEnvelopes([key]);
  const sealed = Array.from({ length: 50 }, () => envelopes.seal(about, 'secret', 1_000));
  expect(new Set(sealed).size).toBe(50);
  expect(sealed.join()).not.toMatch(/secret|c2VjcmV0/);
});
