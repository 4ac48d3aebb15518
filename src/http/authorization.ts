/**
 * The server as an OAuth 2.1 resource server: it checks access tokens (JWT) against the keys of the one issuer that it
 * trusts; their audience must be this server. It issues no tokens and passes none on.
 */
import {
  type AuthInfo,
  OAuthError,
  OAuthErrorCode,
  type OAuthTokenVerifier,
} from '@modelcontextprotocol/server';
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { lazy } from '../lib/lazy.ts';

export interface TokenSettings {
  /** The authorization server's issuer identifier, exactly as in the `iss` of its tokens. */
  readonly issuer: string;
  /** The required `aud` of tokens, or one of these. */
  readonly audience: string | string[];
  /** The address of the issuer's keys; by default it is read from the issuer's metadata. */
  readonly jwksUri?: string | undefined;
  /** How soon the keys may be fetched again when a token names an unknown key, in milliseconds. */
  readonly refetchMs?: number;
}

/** How long fetched keys are trusted. For as long, a token under a revoked key may still be accepted. */
export const KEYS_LIFE_MS = 5 * 60_000;

/** Only asymmetric algorithms: with a shared secret, everybody who can check a token could also forge one. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCK_TOLERANCE_S = 5;
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
async function fetchShort(url: string | URL, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
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
export async function fetchMetadata(issuer: string): Promise<Readonly<Record<string, unknown>>> {
  for (const url of metadataUrls(issuer)) {
    const response = await fetchShort(url, { signal: AbortSignal.timeout(FETCH_MS), redirect: 'error' });
    if (!response.ok) continue;
    const metadata = (await response.json()) as Record<string, unknown>;
    if (metadata.issuer === issuer) return metadata;
  }
  throw new Error('the issuer publishes no metadata under its name');
}

/** Whether the issuer's keys could not be had, so that nothing is known about the token. */
const isKeyFailure = (thrown: unknown) =>
  !(thrown instanceof errors.JOSEError) ||
  thrown instanceof errors.JWKSTimeout ||
  thrown instanceof errors.JWKSInvalid ||
  // For an answer that is not a key set, jose throws an error without a class of its own.
  thrown.code === errors.JOSEError.code;

/** The scopes of a token, in either of the two claims that authorization servers use. */
function scopesOf({ scope, scp }: JWTPayload): string[] {
  const given = scope ?? scp;
  if (Array.isArray(given)) return given.filter(one => typeof one === 'string');
  return typeof given === 'string' ? given.split(' ').filter(one => one !== '') : [];
}

/** The keys are fetched for the first token, and again when a token names an unknown key. */
export function createTokenVerifier({
  issuer,
  audience,
  jwksUri,
  refetchMs = REFETCH_MS,
}: TokenSettings): OAuthTokenVerifier {
  async function findKeys(): Promise<JWTVerifyGetKey> {
    const uri = jwksUri ?? (await fetchMetadata(issuer)).jwks_uri;
    return createRemoteJWKSet(new URL(String(uri)), {
      [customFetch]: fetchShort,
      timeoutDuration: FETCH_MS,
      cooldownDuration: refetchMs,
      cacheMaxAge: KEYS_LIFE_MS,
    });
  }

  const keys = lazy(findKeys);

  return {
    async verifyAccessToken(token): Promise<AuthInfo> {
      try {
        const getKey = await keys.get();
        const { payload } = await jwtVerify(token, getKey, {
          ...{ issuer, audience, algorithms, clockTolerance: CLOCK_TOLERANCE_S },
          requiredClaims: ['exp', 'sub'],
        });
        const { sub, exp, client_id, azp } = payload;
        // All callers with an empty name would count as the same caller.
        if (typeof sub !== 'string' || sub === '')
          throw new errors.JWTClaimValidationFailed('no subject', payload);
        return {
          token,
          clientId: String(client_id ?? azp ?? sub),
          scopes: scopesOf(payload),
          ...(exp !== undefined && { expiresAt: exp }),
          extra: { claims: payload },
        };
      } catch (thrown) {
        // "invalid_token" would make the client discard a valid token.
        if (isKeyFailure(thrown))
          throw new OAuthError(
            OAuthErrorCode.TemporarilyUnavailable,
            "The token issuer's keys cannot be fetched. Try again shortly",
          );
        throw new OAuthError(OAuthErrorCode.InvalidToken, 'The access token is not valid for this server');
      }
    },
  };
}
