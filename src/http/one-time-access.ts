/**
 * Access for the one browser that opens an address with a token in it. The token is good once. The browser is led on to an
 * address without it and gets a session there, which the page's script sends with each call. A session in a cookie would
 * also reach every other port of this machine, since cookies do not tell ports apart; only the step in between is one, and
 * it is good once as well.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const createSecret = () => randomBytes(32).toString('base64url');

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** Whether a text is the secret, in a time that does not tell how much of it is right. */
const isSecret = (given: string, secret: string) => timingSafeEqual(sha256(given), sha256(secret));

export class OneTimeAccess {
  /** What the address has. */
  readonly token = createSecret();
  readonly #session = createSecret();
  #isTokenUsed = false;
  #step: string | undefined;

  /** Takes the token of an address. @returns what the next request has to show; undefined for a wrong or a used token */
  useToken(given: string): string | undefined {
    if (this.#isTokenUsed || !isSecret(given, this.token)) return undefined;
    this.#isTokenUsed = true;
    this.#step = createSecret();
    return this.#step;
  }

  /** @returns the session; undefined unless the step is the one that is open */
  useStep(given: string): string | undefined {
    if (this.#step === undefined || !isSecret(given, this.#step)) return undefined;
    this.#step = undefined;
    return this.#session;
  }

  /** Whether it is the token of the address, used or not. */
  isToken(given: string): boolean {
    return isSecret(given, this.token);
  }

  /** Whether a request has the session that was given out. */
  admits(authorization: string | undefined): boolean {
    const [, given] = /^Bearer ([\w-]+)$/i.exec(authorization ?? '') ?? [];
    return (
      given !== undefined && this.#isTokenUsed && this.#step === undefined && isSecret(given, this.#session)
    );
  }
}
