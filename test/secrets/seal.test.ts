/**
 * Sealed tokens. Any process with the key opens them. A token that was altered, was sealed for another purpose, or was
 * sealed with another key is refused. An expired token is reported as expired.
 */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { CompactEncrypt } from 'jose';
import { expect, it } from 'vitest';
import { createSealer } from '../../src/secrets/seal.ts';

const key = randomBytes(32);
const content = { kind: 'job', data: { jobId: 'j-1' } };
const LIFE_MS = 1_000;

const sealer = (more: Partial<Parameters<typeof createSealer>[0]> = {}) =>
  createSealer<typeof content>({ keys: [key], purpose: 'task', lifeMs: LIFE_MS, ...more });

it('opens with the key, and reveals nothing without it', async () => {
  const token = await sealer().seal(content);
  expect(await sealer().open(token)).toMatchObject({ content, isExpired: false });
  expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('j-1');
  expect(token).toMatch(/^[\w.-]+$/);
});

it('differs each time, and has an id', async () => {
  const { seal, open } = sealer();
  const [one, two] = await Promise.all([seal(content), seal(content)]);
  expect(one).not.toBe(two);
  expect((await open(one))?.id).not.toBe((await open(two))?.id);
});

it.each([
  ['another key', { keys: [randomBytes(32)] as [Uint8Array] }],
  ['another purpose', { purpose: 'confirmation' }],
])('does not open under %s', async (_, other) => {
  expect(await sealer(other).open(await sealer().seal(content))).toBeUndefined();
});

it('distinguishes an expired token, whose content it opens, from a foreign one', async () => {
  let now = 0;
  const { seal, open } = sealer({ now: () => now });
  const token = await seal(content);
  now = LIFE_MS - 1;
  expect(await open(token)).toMatchObject({ isExpired: false });
  now = LIFE_MS;
  expect(await open(token)).toMatchObject({ content, isExpired: true });
});

it('opens no altered or forged token', async () => {
  const { seal, open } = sealer();
  const token = await seal(content);
  const bytes = (text: string) => text.split('.').map(part => Buffer.from(part, 'base64url').toString('hex'));
  const bent = fc
    .tuple(fc.nat(token.length - 1), fc.constantFrom(...'ABCDabcd0123-_.'))
    .map(([at, character]) => token.slice(0, at) + character + token.slice(at + 1))
    // The last character of a part has bits that mean nothing.
    .filter(text => `${bytes(text)}` !== `${bytes(token)}`);
  await fc.assert(
    fc.asyncProperty(fc.oneof(bent, fc.string(), fc.constant('x'.repeat(1_000_000))), async shown => {
      expect(await open(shown)).toBeUndefined();
    }),
  );
});

it('accepts no other algorithm, even if the token names one', async () => {
  const plain = new TextEncoder().encode(JSON.stringify({ content, expiresAt: 1e15, id: 'x' }));
  const foreign = await new CompactEncrypt(plain)
    .setProtectedHeader({ alg: 'PBES2-HS256+A128KW', enc: 'A256GCM' })
    .encrypt(key);
  expect(await sealer().open(foreign)).toBeUndefined();
});
