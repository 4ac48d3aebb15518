/**
 * Tokens of confirmations: short, since a model copies them. A token holds a random id, when it ends, and a keyed
 * digest (HMAC-SHA256) over both and over what it confirms; it tells nobody what that is, and is good for nothing else.
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SealerOptions } from '../../secrets/seal.ts';

/** How the person was asked: by a form in which a name is typed, or by the agent that shows the plan. */
export type ConfirmationMethod = 'typed' | 'token';

/** A token that is ours and for this. */
export interface OpenedToken {
  /** Names this one token. */
  readonly id: string;
  readonly isExpired: boolean;
  /** What was put in. */
  readonly note: Buffer;
}

/** Makes and checks tokens. */
export interface TokenSealer {
  /** @param bond what is confirmed, as a digest @param note what the server wants to know of it again, sealed too */
  seal(way: ConfirmationMethod, bond: string, note?: Uint8Array): string;
  /** Undefined for one that is forged, of another way, for something else, or no token. */
  open(token: string, way: ConfirmationMethod, bond: string): OpenedToken | undefined;
}

const PURPOSE = 'confirmation token';
const VERSION = 1;
const methodBytes: Readonly<Record<ConfirmationMethod, number>> = { typed: 1, token: 2 };
const ID_BYTES = 16;
const TIME_BYTES = 6;
/** Half of the digest: nobody can try that many. */
const MAC_BYTES = 16;
const HEAD_BYTES = 2 + ID_BYTES + TIME_BYTES;
const LEAST_BYTES = HEAD_BYTES + MAC_BYTES;
const MOST_CHARACTERS = 100;

/** Makes them. @param now in milliseconds, on the clock of all who open them */
export function createTokenSealer(
  { keys }: Pick<SealerOptions, 'keys'>,
  lifeMs: number,
  now: () => number,
): TokenSealer {
  const [sealing, ...older] = keys.map(key => new Uint8Array(hkdfSync('sha256', key, '', PURPOSE, 32)));
  const macOf = (key: Uint8Array, content: Uint8Array, bond: string) =>
    createHmac('sha256', key).update(content).update(bond).digest().subarray(0, MAC_BYTES);

  return {
    seal(way, bond, note = new Uint8Array()) {
      const head = Buffer.alloc(HEAD_BYTES);
      head.set([VERSION, methodBytes[way], ...randomBytes(ID_BYTES)]);
      head.writeUIntBE(Math.round(now() + lifeMs), 2 + ID_BYTES, TIME_BYTES);
      const content = Buffer.concat([head, note]);
      return Buffer.concat([content, macOf(sealing as Uint8Array, content, bond)]).toString('base64url');
    },

    open(token, way, bond) {
      if (token.length > MOST_CHARACTERS || !/^[\w-]+$/.test(token)) return undefined;
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length < LEAST_BYTES || bytes[0] !== VERSION || bytes[1] !== methodBytes[way])
        return undefined;
      const content = bytes.subarray(0, -MAC_BYTES);
      const mac = bytes.subarray(-MAC_BYTES);
      const isOurs = [sealing as Uint8Array, ...older].some(key =>
        timingSafeEqual(macOf(key, content, bond), mac),
      );
      if (!isOurs) return undefined;
      return {
        id: content.subarray(2, 2 + ID_BYTES).toString('hex'),
        isExpired: content.readUIntBE(2 + ID_BYTES, TIME_BYTES) <= now(),
        note: content.subarray(HEAD_BYTES),
      };
    },
  };
}
