/**
 * The tokens of confirmations, which are short because a model copies them. A token holds a random id, its expiry, and
 * a keyed digest (HMAC-SHA256) over both and over what it confirms. It does not reveal what it confirms.
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SealerOptions } from '../../secrets/seal.ts';

/** How the person confirms: by a name typed into a form or on the plan's page, or through the agent, which shows the plan. */
export type ConfirmationMethod = 'typed' | 'page' | 'token';

/** A token that this server sealed for this call. */
export interface OpenedToken {
  /** Identifies the token. */
  readonly id: string;
  readonly isExpired: boolean;
  /** Milliseconds until it expires; negative after that. */
  readonly leftMs: number;
  /** The note that was sealed in. */
  readonly note: Buffer;
}

/** Seals and opens tokens. */
export interface TokenSealer {
  /** @param binding the digest of what is confirmed @param note further bytes to seal in */
  seal(method: ConfirmationMethod, binding: string, note?: Uint8Array): string;
  /** Undefined for a token that is forged, of another method or for another call, and for any other text. */
  open(token: string, method: ConfirmationMethod, binding: string): OpenedToken | undefined;
}

const PURPOSE = 'confirmation token';
const VERSION = 1;
const methodBytes: Readonly<Record<ConfirmationMethod, number>> = { typed: 1, token: 2, page: 3 };
const ID_BYTES = 16;
const TIME_BYTES = 6;
/** Half of the digest: too long to be guessed. */
const MAC_BYTES = 16;
const HEAD_BYTES = 2 + ID_BYTES + TIME_BYTES;
const LEAST_BYTES = HEAD_BYTES + MAC_BYTES;
const MOST_CHARACTERS = 100;

/** Creates a sealer. @param now in milliseconds, on a clock that all who open the tokens share */
export function createTokenSealer(
  { keys }: Pick<SealerOptions, 'keys'>,
  lifeMs: number,
  now: () => number,
): TokenSealer {
  const [sealing, ...older] = keys.map(key => new Uint8Array(hkdfSync('sha256', key, '', PURPOSE, 32)));
  const macOf = (key: Uint8Array, content: Uint8Array, binding: string) =>
    createHmac('sha256', key).update(content).update(binding).digest().subarray(0, MAC_BYTES);

  return {
    seal(method, binding, note = new Uint8Array()) {
      const head = Buffer.alloc(HEAD_BYTES);
      head.set([VERSION, methodBytes[method], ...randomBytes(ID_BYTES)]);
      head.writeUIntBE(Math.round(now() + lifeMs), 2 + ID_BYTES, TIME_BYTES);
      const content = Buffer.concat([head, note]);
      return Buffer.concat([content, macOf(sealing as Uint8Array, content, binding)]).toString('base64url');
    },

    open(token, method, binding) {
      if (token.length > MOST_CHARACTERS || !/^[\w-]+$/.test(token)) return undefined;
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length < LEAST_BYTES || bytes[0] !== VERSION || bytes[1] !== methodBytes[method])
        return undefined;
      const content = bytes.subarray(0, -MAC_BYTES);
      const mac = bytes.subarray(-MAC_BYTES);
      const isOurs = [sealing as Uint8Array, ...older].some(key =>
        timingSafeEqual(macOf(key, content, binding), mac),
      );
      if (!isOurs) return undefined;
      const leftMs = content.readUIntBE(2 + ID_BYTES, TIME_BYTES) - now();
      return {
        id: content.subarray(2, 2 + ID_BYTES).toString('hex'),
        isExpired: leftMs <= 0,
        leftMs,
        note: content.subarray(HEAD_BYTES),
      };
    },
  };
}
