/**
 * Sealed tokens: what a client carries for us between two calls, which it can neither read nor change
 * (JWE, A256GCM), and which expire. Whoever has the key opens them, so a durable key makes tokens that outlive
 * a process and serve a replica. Nothing is stored here; single use is the business of whoever wants it.
 */
import { hkdfSync, randomUUID } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';

const HEADER = { alg: 'dir', enc: 'A256GCM' } as const;
/** No other algorithm is even tried: some of them let the sender choose how long we compute. */
const ACCEPTED = { keyManagementAlgorithms: [HEADER.alg], contentEncryptionAlgorithms: [HEADER.enc] };
/** Ours are a tenth of it. */
const MAX_LENGTH = 8_192;

/** A token of ours, opened. */
export interface Opened<Content> {
  readonly content: Content;
  /** Names this one token, however it is spelled: the unused bits of base64 have many spellings. */
  readonly id: string;
  readonly isExpired: boolean;
}

/** Makes and opens the tokens of one purpose. */
export interface Sealer<Content> {
  seal(content: Content): Promise<string>;
  /** The token opened, expired or not; undefined for one that is forged, for another purpose, or no token. */
  open(token: string): Promise<Opened<Content> | undefined>;
}

/** What tokens are sealed with. */
export interface SealerOptions {
  /** 32 bytes each: the first seals, all open, so that a key can be changed while its tokens are about. */
  readonly keys: readonly [Uint8Array, ...Uint8Array[]];
  /** What the tokens are for: those of one purpose open nothing in another, under the same key. */
  readonly purpose: string;
  readonly lifeMs: number;
  /** The longest token that is looked at, in characters. */
  readonly maxLength?: number;
  readonly now?: (() => number) | undefined;
}

/** The keys of one purpose, derived from the server's own, in their order. */
export function keysFor([key, ...older]: SealerOptions['keys'], purpose: string): SealerOptions['keys'] {
  const derive = (whole: Uint8Array) => new Uint8Array(hkdfSync('sha256', whole, '', purpose, 32));
  return [derive(key), ...older.map(derive)];
}

/** Makes a sealer. */
export function createSealer<Content>({
  keys,
  purpose,
  lifeMs,
  maxLength = MAX_LENGTH,
  now = Date.now,
}: SealerOptions): Sealer<Content> {
  const opening = keysFor(keys, purpose);
  const [sealing] = opening;

  async function decrypt(token: string): Promise<string | undefined> {
    for (const one of opening) {
      try {
        const { plaintext } = await compactDecrypt(token, one, ACCEPTED);
        return new TextDecoder().decode(plaintext);
      } catch {
        // Not sealed with this key, whatever the reason: the caller is told no more than that.
      }
    }
    return undefined;
  }

  return {
    async seal(content) {
      const plain = JSON.stringify({ content, expiresAt: now() + lifeMs, id: randomUUID() });
      return new CompactEncrypt(new TextEncoder().encode(plain)).setProtectedHeader(HEADER).encrypt(sealing);
    },
    async open(token) {
      const plain = token.length > maxLength ? undefined : await decrypt(token);
      if (plain === undefined) return undefined;
      const { content, expiresAt, id } = JSON.parse(plain);
      return { content: content as Content, id, isExpired: expiresAt <= now() };
    },
  };
}
