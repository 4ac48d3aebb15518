/**
 * Access for the one browser that opens an address with a token in it. The token is valid once. The browser is redirected to
 * an address without the token. The page there contains a session, which its script sends with each call. The session is not
 * a cookie, because browsers send cookies to every port of this machine. Only the step, by which the browser proves after the
 * redirect that it had the token, is a cookie; it is valid once as well.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const createSecret = () => randomBytes(32).toString('base64url');

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** Whether a text is the secret. The comparison takes the same time however much of the text is right. */
const isSecret = (given: string, secret: string) => timingSafeEqual(sha256(given), sha256(secret));

export class OneTimeAccess {
  /** The token in the address. */
  readonly token = createSecret();
  readonly #session = createSecret();
  #isTokenUsed = false;
  #step: string | undefined;

  /** Uses the token up. @returns the step, which the redirected request must send; undefined for a wrong or used token */
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
