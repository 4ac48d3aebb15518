/**
 * Sealed tokens, which a client carries between two calls and can neither read nor change (JWE, A256GCM). They expire.
 * With a durable key they outlive the process and hold for every replica. Nothing is stored here, so single use is up
 * to the caller.
 */
import { hkdfSync, randomUUID } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';

const HEADER = { alg: 'dir', enc: 'A256GCM' } as const;
/** No other algorithm is accepted: with some of them the sender decides how much the server computes. */
const ACCEPTED = { keyManagementAlgorithms: [HEADER.alg], contentEncryptionAlgorithms: [HEADER.enc] };
/** The server's own tokens have about a tenth of this length. */
const MAX_LENGTH = 8_192;

/** An opened token. */
export interface Opened<Content> {
  readonly content: Content;
  /** Identifies the token in every spelling: the unused bits of base64 allow several. */
  readonly id: string;
  readonly isExpired: boolean;
}

/** Seals and opens the tokens of one purpose. */
export interface Sealer<Content> {
  seal(content: Content): Promise<string>;
  /**
   * The opened token, expired or not; undefined for a token that is forged or of another purpose, and for any other
   * text.
   */
  open(token: string): Promise<Opened<Content> | undefined>;
}

/** What tokens are sealed with. */
export interface SealerOptions {
  /** 32 bytes each. The first seals and all open, so that a key can be changed while its tokens are in use. */
  readonly keys: readonly [Uint8Array, ...Uint8Array[]];
  /** The purpose of the tokens. A token of another purpose is not opened, even under the same key. */
  readonly purpose: string;
  readonly lifeMs: number;
  /** The longest token that is accepted, in characters. */
  readonly maxLength?: number;
  readonly now?: (() => number) | undefined;
}

/** The keys of one purpose, derived from the server's own, in their order. */
export function keysFor([key, ...older]: SealerOptions['keys'], purpose: string): SealerOptions['keys'] {
  const derive = (whole: Uint8Array) => new Uint8Array(hkdfSync('sha256', whole, '', purpose, 32));
  return [derive(key), ...older.map(derive)];
}

/** Creates a sealer. */
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
        // Not sealed with this key. The caller learns no more than that.
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
