/**
 * What replicas leave for each other in Redis, sealed under the server's own key (AES-256-GCM): whoever else can write
 * there can make none of it, change none, read none, and pass none off as being about something else, or as new when it
 * is old. Not asynchronous, unlike the tokens that clients carry: what is told one after the other stays in its order.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { keysFor, type SealerOptions } from '../secrets/seal.ts';

/** What a text is about: its kind, and what names it among those of its kind. */
export type About = readonly [kind: string, ...names: string[]];

/** Seals and opens texts. */
export interface Envelopes {
  /** @param lifeMs for how long it is good, by clocks that replicas agree on to the minute */
  seal(about: About, text: string, lifeMs: number): string;
  /** The text; undefined where it is forged, about something else or too old, or where there is none. */
  open(about: About, sealed: string | null | undefined): string | undefined;
}

const CIPHER = 'aes-256-gcm';
const SALT_BYTES = 16;
const TAG_BYTES = 16;
/** A key of its own for each text, so that one fixed nonce is used once with each. */
const NONCE = Buffer.alloc(12);

const textKey = (key: Uint8Array, salt: Buffer) => createHmac('sha256', key).update(salt).digest();

/** `TIME.BYTES`: when it ends, in epoch milliseconds, and salt, tag and ciphertext in base64url. */
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
    // Not sealed with this key, or not about this: whoever asks is told no more than that.
    return undefined;
  }
}

/** Makes envelopes. @param keys the first seals, all open */
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
