/**
 * Seals what replicas store and send in Redis under the server's own key (AES-256-GCM). Somebody else who can write to
 * Redis can neither read, forge nor change such a text, use it for another subject, nor replay it after it has expired.
 * Sealing is synchronous, unlike that of the tokens that clients carry, so that messages keep their order.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { keysFor, type SealerOptions } from '../secrets/seal.ts';

/** The subject of a text: its kind, and its names within that kind. */
export type About = readonly [kind: string, ...names: string[]];

/** Seals and opens texts. */
export interface Envelopes {
  /** @param lifeMs how long the text is valid; the clocks of replicas may differ by up to a minute */
  seal(about: About, text: string, lifeMs: number): string;
  /** The text; undefined if it is forged, expired, about another subject, or absent. */
  open(about: About, sealed: string | null | undefined): string | undefined;
}

const CIPHER = 'aes-256-gcm';
const SALT_BYTES = 16;
const TAG_BYTES = 16;
/** Fixed, because each text has a key of its own: no key is used twice with this nonce. */
const NONCE = Buffer.alloc(12);

const textKey = (key: Uint8Array, salt: Buffer) => createHmac('sha256', key).update(salt).digest();

/** `TIME.BYTES`: the expiry in epoch milliseconds; salt, tag and ciphertext in base64url. */
const SEALED = /^(\d{1,16})\.([\w-]+)$/;

const boundTo = (about: About, until: string) => Buffer.from(JSON.stringify([until, ...about]));

function decrypt(key: Uint8Array, bytes: Buffer, bound: Buffer): string | undefined {
  const salt = bytes.subarray(0, SALT_BYTES);
  const tag = bytes.subarray(SALT_BYTES, SALT_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, textKey(key, salt), NONCE, { authTagLength: TAG_BYTES });
    decipher.setAAD(bound).setAuthTag(tag);
    const start = decipher.update(bytes.subarray(SALT_BYTES + TAG_BYTES));
    return Buffer.concat([start, decipher.final()]).toString();
  } catch {
    // Sealed with another key, or about another subject: callers need no more detail.
    return undefined;
  }
}

/** @param keys the first one seals, all of them open */
export function createEnvelopes(keys: SealerOptions['keys'], now: () => number = Date.now): Envelopes {
  const [sealing, ...older] = keysFor(keys, 'replicas');
  return {
    seal(about, text, lifeMs) {
      const until = String(now() + lifeMs);
      const salt = randomBytes(SALT_BYTES);
      const cipher = createCipheriv(CIPHER, textKey(sealing, salt), NONCE, { authTagLength: TAG_BYTES });
      cipher.setAAD(boundTo(about, until));
      const ciphertext = Buffer.concat([cipher.update(text), cipher.final()]);
      return `${until}.${Buffer.concat([salt, cipher.getAuthTag(), ciphertext]).toString('base64url')}`;
    },

    open(about, sealed) {
      const [, until = '', encoded = ''] = SEALED.exec(sealed ?? '') ?? [];
      const bytes = Buffer.from(encoded, 'base64url');
      if (bytes.length < SALT_BYTES + TAG_BYTES || Number(until) <= now()) return undefined;
      for (const key of [sealing, ...older]) {
        const text = decrypt(key, bytes, boundTo(about, until));
        if (text !== undefined) return text;
      }
      return undefined;
    },
  };
}
