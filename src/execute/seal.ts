/**
 * Sealed tokens: what a client carries for us between two calls, which it can neither read nor change
 * (JWE, A256GCM, under a key of this process), and which expire. Expiry and content are the bearer's
 * business; single use is kept here, for as long as a token could still be shown.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';

const HEADER = { alg: 'dir', enc: 'A256GCM' } as const;

/** Makes and opens the tokens of one process. */
export interface Sealer<Content> {
  seal(content: Content): Promise<string>;
  /** The content, or undefined for a token that is forged, expired, used before, or no token at all. */
  open(token: string): Promise<Content | undefined>;
  /** Uses the token up. @returns whether this was the first use */
  use(token: string): boolean;
}

/** A sealer whose tokens live for the given time. */
export function createSealer<Content>(lifeMs: number, now: () => number = Date.now): Sealer<Content> {
  const key = randomBytes(32);
  const used = new Map<string, number>();
  return {
    async seal(content) {
      const plain = JSON.stringify({ content, expiresAt: now() + lifeMs, id: randomUUID() });
      return new CompactEncrypt(new TextEncoder().encode(plain)).setProtectedHeader(HEADER).encrypt(key);
    },
    async open(token) {
      if (used.has(token)) return undefined;
      try {
        const { plaintext } = await compactDecrypt(token, key);
        const { content, expiresAt } = JSON.parse(new TextDecoder().decode(plaintext));
        return expiresAt > now() ? (content as Content) : undefined;
      } catch {
        // Not ours, whatever the reason: the caller is told no more than that.
        return undefined;
      }
    },
    use(token) {
      for (const [old, usedAt] of used) if (usedAt + lifeMs < now()) used.delete(old);
      if (used.has(token)) return false;
      used.set(token, now());
      return true;
    },
  };
}
