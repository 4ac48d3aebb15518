/**
 * The temporary credentials that were handed out, and which secret belongs to an access key id: what a signature
 * is checked against. Expired ones are remembered as such, since AWS tells "expired" from "unknown".
 */
import { randomBytes } from 'node:crypto';
import { sandboxCredentials } from '../identity.ts';
import { type Principal, sandboxUser } from './roles.ts';

/** A key that may sign. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly principal: Principal;
  /** Must come with every request signed with this key; the fixed key pair has none. */
  readonly sessionToken?: string;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
}

/** A session's keys, complete. */
export type Session = Required<SigningKeys>;

const capacity = 10_000;
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const fixedKeys: SigningKeys = { ...sandboxCredentials, principal: sandboxUser };

function newAccessKeyId(): string {
  const letters = [...randomBytes(16)].map(byte => base32[byte % base32.length]);
  return `ASIA${letters.join('')}`;
}

/** Who may sign, the fixed key pair among them. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  /** Mints temporary credentials. */
  open(principal: Principal, expiresAt: number): Session {
    const session: Session = {
      accessKeyId: newAccessKeyId(),
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(96).toString('base64'),
      principal,
      expiresAt,
    };
    const [oldest] = this.#sessions.keys();
    if (oldest !== undefined && this.#sessions.size >= capacity) this.#sessions.delete(oldest);
    this.#sessions.set(session.accessKeyId, session);
    return session;
  }

  /** The keys of an access key id, expired ones too. */
  find(accessKeyId: string): SigningKeys | undefined {
    return accessKeyId === fixedKeys.accessKeyId ? fixedKeys : this.#sessions.get(accessKeyId);
  }

  /** Forgets every temporary credential. */
  clear(): void {
    this.#sessions.clear();
  }
}
