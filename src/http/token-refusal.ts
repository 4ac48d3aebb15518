/** Why a token is refused: a code for operators to count, and a sentence that says what to change. For the log only. */
import { OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import { errors, type JWTPayload } from 'jose';
import { quoteName } from '../lib/quote.ts';

/** What each reason means to the operator. */
export const refusalReasons = {
  audience: 'The token is for another server, or names no audience.',
  expired: 'The token expired more than 30 s ago.',
  not_yet_valid: 'The token becomes valid in more than 30 s (`nbf`). Compare the clocks.',
  no_expiry: 'The token has no `exp`, or one that is not a number.',
  issuer: 'The token is of another issuer. A slash at the end counts.',
  issuer_keys:
    'The issuer cannot be reached, or its metadata has another name (logged at `warn`). Nothing is known about the token: the client gets 503 and may try again.',
  key: 'The issuer does not publish the key that the token names.',
  signature: 'The signature was not made with that key.',
  algorithm: 'The token is signed by a shared secret (`HS256`) or not at all.',
  opaque: 'The token is not a JWT.',
  encrypted: 'The token is encrypted (JWE).',
  malformed: 'The token has a part that cannot be used.',
  token_type:
    'The token says that it is an ID token, a refresh token or another token that no server accepts.',
  no_subject: 'The token has no `sub`, or an empty one. Keycloak writes it with the client scope `basic`.',
  two_headers: 'The request has two `Authorization` headers.',
  scope: 'The token lacks the scope that the call needs. The client gets 403 and learns which.',
  no_rule: 'No rule in the setting `callers` fits the claims. The client gets 403.',
} as const;

export type RefusalReason = keyof typeof refusalReasons;

/**
 * What the client is told about reasons that its user can correct, and that anyone can read in the token itself or in the
 * published metadata. All other reasons have one text, so that nobody learns about the keys by sending forged tokens.
 */
const clientTexts: Partial<Record<RefusalReason, string>> = {
  expired: 'The access token has expired: get a new one',
  not_yet_valid: 'The access token is not valid yet',
  audience: 'The access token is for another server: ask for one for the resource that the metadata names',
  issuer: 'The access token is of another issuer than the metadata names',
  token_type: 'This is not an access token',
};

/**
 * The refusal of a token. The client learns the OAuth error and at most one sentence of `clientTexts`; the log gets the
 * reason.
 */
export class TokenRefusal extends OAuthError {
  readonly reason: RefusalReason;
  /** A sentence for the operator. It quotes claims, and never the token. */
  readonly why: string;

  constructor(
    reason: RefusalReason,
    why: string,
    code = OAuthErrorCode.InvalidToken,
    message = clientTexts[reason] ?? 'The access token is not valid for this server',
  ) {
    super(code, message);
    this.reason = reason;
    this.why = why;
  }
}

const now = () => Date.now() / 1000;

/** The refusal for a claim that jose found wrong. */
function claimRefusal({ claim, reason, payload }: errors.JWTClaimValidationFailed): TokenRefusal {
  const isMissing = reason === 'missing';
  if (claim === 'exp')
    return new TokenRefusal('no_expiry', `the claim exp is ${isMissing ? 'missing' : 'no number'}`);
  if (claim === 'sub') return new TokenRefusal('no_subject', 'the claim sub is missing');
  if (claim === 'nbf') {
    const early = Math.ceil((payload.nbf ?? 0) - now());
    return new TokenRefusal('not_yet_valid', `the token is valid in ${early} s (nbf): compare the clocks`);
  }
  return new TokenRefusal('malformed', `the claim ${quoteName(claim)} is ${quoteName(reason)}`);
}

/** The refusal for what jose threw. @param kid the key that the token names */
export function refusalOf(thrown: errors.JOSEError, kid: unknown): TokenRefusal {
  if (thrown instanceof errors.JWTExpired) {
    const late = Math.floor(now() - (thrown.payload.exp ?? 0));
    return new TokenRefusal('expired', `the token expired ${late} s ago (exp)`);
  }
  if (thrown instanceof errors.JWTClaimValidationFailed) return claimRefusal(thrown);
  if (thrown instanceof errors.JWSSignatureVerificationFailed)
    return new TokenRefusal('signature', 'the signature is not by the key that the token names');
  if (thrown instanceof errors.JWKSNoMatchingKey || thrown instanceof errors.JWKSMultipleMatchingKeys) {
    const named = kid === undefined ? 'one key that fits it' : `the key ${quoteName(String(kid))}`;
    return new TokenRefusal('key', `the issuer does not publish ${named}`);
  }
  return new TokenRefusal('malformed', `the token is malformed: ${quoteName(thrown.message)}`);
}

/** Claims that only ID tokens have, unless the token says that it is an access token. */
const idTokenClaims = ['nonce', 'at_hash', 'c_hash'];
/** What Keycloak calls the tokens that are not for resource servers, in the claim `typ`. */
const otherTokenTypes = ['ID', 'Refresh', 'Offline', 'Logout'];

/**
 * Refuses a token that says that it is no access token: by `token_use` (Cognito), the claim `typ` (Keycloak), the type
 * in its header (`logout+jwt`), or claims of ID tokens only. @throws TokenRefusal
 */
export function refuseOtherTypes(header: { readonly typ?: string | undefined }, claims: JWTPayload): void {
  const refuse = (what: string): never => {
    throw new TokenRefusal('token_type', `${what}: send the access token`);
  };
  const { token_use: use, typ } = claims;
  if (use !== undefined && use !== 'access') refuse(`token_use is ${quoteName(String(use))}`);
  if (otherTokenTypes.includes(String(typ))) refuse(`the claim typ is ${quoteName(String(typ))}`);
  const headerType = (header.typ ?? '').toLowerCase();
  const isNamedAccess = headerType.endsWith('at+jwt');
  if (headerType.endsWith('+jwt') && !isNamedAccess) refuse(`its type is ${quoteName(headerType)}`);
  const saysAccess = isNamedAccess || use === 'access' || typ === 'Bearer';
  const [first] = idTokenClaims.filter(name => Object.hasOwn(claims, name));
  if (first !== undefined && !saysAccess) refuse(`it is an ID token (it has ${first})`);
}
