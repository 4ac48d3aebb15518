/**
 * The keys against which signatures are checked: the fixed key pair, and temporary credentials. Expired credentials are
 * kept, because AWS answers "expired" for them and not "invalid".
 */
import { randomBytes } from 'node:crypto';
import { sandboxCredentials } from '../identity.ts';
import { type Principal, sandboxUser } from './roles.ts';

/** An access key and its owner. */
export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly principal: Principal;
  /** Every request signed with this key must carry it; the fixed key pair has none. */
  readonly sessionToken?: string;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
}

/** Temporary credentials. */
export type Session = Required<SigningKeys>;

const capacity = 10_000;
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const fixedKeys: SigningKeys = { ...sandboxCredentials, principal: sandboxUser };

function newAccessKeyId(): string {
  const letters = [...randomBytes(16)].map(byte => base32[byte % base32.length]);
  return `ASIA${letters.join('')}`;
}

/** All keys, the fixed key pair included. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  /** Issues temporary credentials. */
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

  /** The keys of an access key id, expired ones included. */
  find(accessKeyId: string): SigningKeys | undefined {
    return accessKeyId === fixedKeys.accessKeyId ? fixedKeys : this.#sessions.get(accessKeyId);
  }

  clear(): void {
    this.#sessions.clear();
  }
}
