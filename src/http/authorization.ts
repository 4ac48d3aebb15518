/**
 * The server as an OAuth 2.1 resource server: it checks access tokens (JWT) against the keys of the one issuer that it
 * trusts; their audience must be this server. It issues no tokens and passes none on.
 */
import { type AuthInfo, OAuthErrorCode, type OAuthTokenVerifier } from '@modelcontextprotocol/server';
import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { claimAt } from '../lib/claims.ts';
import { lazy } from '../lib/lazy.ts';
import { quoteName, quoteNames } from '../lib/quote.ts';
import { refusalOf, refuseOtherTypes, TokenRefusal } from './token-refusal.ts';

export interface TokenSettings {
  /** The authorization server's issuer identifier, exactly as in the `iss` of its tokens. */
  readonly issuer: string;
  /** Audiences, one of which a token must have in `aud`. */
  readonly audiences: readonly string[];
  /** Client ids that stand for the audience where a token has no `aud`; by default there are none. */
  readonly clientAudiences?: readonly string[] | undefined;
  /** Paths of claims; the first that a token has holds its scopes. */
  readonly scopeClaims?: readonly string[] | undefined;
  /** What the issuer puts before the names of scopes. */
  readonly scopePrefix?: string | undefined;
  /** The address of the issuer's keys; by default it is read from the issuer's metadata. */
  readonly jwksUri?: string | undefined;
  /** How soon the keys may be fetched again when a token names an unknown key, in milliseconds. */
  readonly refetchMs?: number;
  /** Reaches the issuer; by default directly. */
  readonly fetch?: Fetch | undefined;
}

/** The part of `fetch` that is used here. */
export type Fetch = (url: string | URL, init: RequestInit) => Promise<Response>;

/** How long fetched keys are trusted. Until then, a token that is signed by a revoked key may still be accepted. */
export const KEYS_LIFE_MS = 5 * 60_000;

/** Only asymmetric algorithms: with a shared secret, everybody who can check a token could also forge one. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** By how many seconds the clocks of the issuer and of this server may differ, in either direction. */
export const CLOCK_SKEW_S = 30;
const FETCH_MS = 5_000;
const REFETCH_MS = 30_000;

/** The addresses of an issuer's metadata: RFC 8414, then OpenID Connect Discovery. */
function metadataUrls(issuer: string): URL[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    new URL(`/.well-known/oauth-authorization-server${path}`, origin),
    new URL(`${path}/.well-known/openid-configuration`, origin),
  ];
}

/** The longest answer of an issuer that is read, in bytes; metadata and keys take about a hundredth of it. */
const MOST_BYTES = 262_144;

/** Fetches a bounded answer. @throws if it is longer, or cannot be fetched */
async function fetchBounded(fetchFrom: Fetch, url: string | URL, init: RequestInit): Promise<Response> {
  const response = await fetchFrom(url, init);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new Error(`the issuer answers more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new Response(Buffer.concat(chunks), response);
}

/** The authorization server's metadata. @throws if it cannot be fetched, or names another issuer */
export async function fetchMetadata(
  issuer: string,
  fetchFrom: Fetch = fetch,
): Promise<Readonly<Record<string, unknown>>> {
  const found: string[] = [];
  for (const url of metadataUrls(issuer)) {
    const response = await fetchBounded(fetchFrom, url, {
      signal: AbortSignal.timeout(FETCH_MS),
      redirect: 'error',
    });
    found.push(`${url} answers ${response.status}`);
    if (!response.ok) continue;
    const metadata = (await response.json()) as Record<string, unknown>;
    if (metadata.issuer === issuer) return metadata;
    // Often the two names differ only in a slash at the end.
    found.push(`it names the issuer ${metadata.issuer}`);
  }
  throw new Error(`the issuer publishes no metadata under its name ${issuer}: ${found.join('; ')}`);
}

/** The message of a failed fetch, with the system's error code if there is one. */
function describe(thrown: unknown): string {
  const { message = String(thrown), cause } = thrown as { message?: string; cause?: { code?: unknown } };
  return cause?.code === undefined ? message : `${message} (${cause.code})`;
}

/** Whether the issuer's keys could not be fetched. Then it is unknown whether the token is valid. */
const isKeyFailure = (thrown: unknown) =>
  !(thrown instanceof errors.JOSEError) ||
  thrown instanceof errors.JWKSTimeout ||
  thrown instanceof errors.JWKSInvalid ||
  // For an answer that is not a key set, jose throws an error without a class of its own.
  thrown.code === errors.JOSEError.code;

/**
 * The scopes of a token, by their own names. A scope without the issuer's prefix counts too: Entra has clients ask for
 * `api://…/amplify:read` and writes `amplify:read` into the token.
 */
function scopesOf(
  claims: JWTPayload,
  { scopeClaims = ['scope', 'scp'], scopePrefix = '' }: TokenSettings,
): string[] {
  const given = scopeClaims.map(path => claimAt(claims, path)).find(value => value != null);
  const all: unknown[] = Array.isArray(given) ? given : typeof given === 'string' ? given.split(' ') : [];
  return all
    .filter((one): one is string => typeof one === 'string' && one !== '')
    .map(one => (one.startsWith(scopePrefix) ? one.slice(scopePrefix.length) : one));
}

/**
 * The header and the claims of a token, before its signature is checked.
 * @throws TokenRefusal for a token that is refused whatever its key
 */
function decode(token: string, issuer: string) {
  let decoded: { readonly header: ReturnType<typeof decodeProtectedHeader>; readonly claims: JWTPayload };
  try {
    decoded = { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch {
    if (/^[\w-]+(\.[\w-]*){4}$/.test(token))
      throw new TokenRefusal('encrypted', 'the token is encrypted: have the issuer give signed tokens (JWS)');
    const why =
      'the token is opaque, not a JWT: have the issuer give JWTs for this server (some do so only if asked for its audience)';
    throw new TokenRefusal('opaque', why);
  }
  const { header, claims } = decoded;
  if (!algorithms.includes(String(header.alg)))
    throw new TokenRefusal('algorithm', `the token is signed by ${quoteName(String(header.alg))}`);
  // Checked before the key is looked up: for another issuer's token, the refusal would only name an unknown key.
  if (claims.iss !== issuer) {
    const named = claims.iss === undefined ? 'no issuer' : `the issuer ${quoteName(String(claims.iss))}`;
    throw new TokenRefusal('issuer', `the token names ${named}; the setting issuer is ${quoteName(issuer)}`);
  }
  return decoded;
}

/** @throws TokenRefusal if the token is not for this server */
function checkAudience({ aud, client_id: client }: JWTPayload, settings: TokenSettings): void {
  const { audiences, clientAudiences = [] } = settings;
  const given = [aud].flat().map(String);
  if (aud !== undefined) {
    if (given.some(one => audiences.includes(one))) return;
    const accepted = `accepted are ${quoteNames(audiences)}, see the setting tokenAudiences`;
    throw new TokenRefusal('audience', `the token is for ${quoteNames(given)}; ${accepted}`);
  }
  if (typeof client === 'string' && clientAudiences.includes(client)) return;
  const named = client === undefined ? '' : ` Its client is ${quoteName(String(client))}.`;
  throw new TokenRefusal(
    'audience',
    `the token has no aud.${named} The setting clientAudiences names the clients whose tokens are for this server all the same`,
  );
}

/** The keys are fetched for the first token, and again when a token names an unknown key. */
export function createTokenVerifier(settings: TokenSettings): OAuthTokenVerifier {
  const { issuer, jwksUri, refetchMs = REFETCH_MS, fetch: fetchFrom = fetch } = settings;
  async function findKeys(): Promise<JWTVerifyGetKey> {
    const uri = jwksUri ?? (await fetchMetadata(issuer, fetchFrom)).jwks_uri;
    return createRemoteJWKSet(new URL(String(uri)), {
      [customFetch]: (url, init) => fetchBounded(fetchFrom, url, init as RequestInit),
      timeoutDuration: FETCH_MS,
      cooldownDuration: refetchMs,
      cacheMaxAge: KEYS_LIFE_MS,
    });
  }

  const keys = lazy(findKeys);

  /** Checks the signature and the times of a token. @returns its claims */
  async function verify(token: string, kid: unknown): Promise<JWTPayload> {
    try {
      const options = { issuer, algorithms, clockTolerance: CLOCK_SKEW_S, requiredClaims: ['exp', 'sub'] };
      return (await jwtVerify(token, await keys.get(), options)).payload;
    } catch (thrown) {
      if (!isKeyFailure(thrown)) throw refusalOf(thrown as errors.JOSEError, kid);
      // "invalid_token" would make the client discard a valid token.
      throw new TokenRefusal(
        'issuer_keys',
        `the issuer's keys cannot be fetched: ${quoteName(describe(thrown), 1_000)}`,
        OAuthErrorCode.TemporarilyUnavailable,
        "The token issuer's keys cannot be fetched. Try again shortly",
      );
    }
  }

  return {
    async verifyAccessToken(token): Promise<AuthInfo> {
      const { header } = decode(token, issuer);
      const claims = await verify(token, header.kid);
      refuseOtherTypes(header, claims);
      checkAudience(claims, settings);
      const { sub, exp = 0, client_id, azp, cid } = claims;
      // All callers with an empty name would count as the same caller.
      if (typeof sub !== 'string' || sub === '')
        throw new TokenRefusal('no_subject', 'the claim sub is empty, or no text');
      return {
        token,
        clientId: String(client_id ?? azp ?? cid ?? sub),
        scopes: scopesOf(claims, settings),
        // The clock skew is added, because the token is accepted for that much longer.
        expiresAt: exp + CLOCK_SKEW_S,
        extra: { claims },
      };
    },
  };
}
