/**
 * The server as an OAuth 2.1 resource server: access tokens (JWT) are checked against the keys of the one issuer
 * that it trusts, and must be for this very server. It issues none, and passes none on.
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

/** Whom it trusts, and for what. */
export interface TokenSettings {
  /** The authorization server's issuer identifier, exactly as tokens have it in `iss`. */
  readonly issuer: string;
  /** What tokens must name in `aud`. */
  readonly audience: string;
  /** Where its keys are; found in its metadata otherwise. */
  readonly jwksUri?: string | undefined;
  /** How soon the keys may be fetched again for a key that is unknown, in milliseconds. */
  readonly refetchMs?: number;
}

/** How long fetched keys are believed: so long may one that the issuer took back still open the door. */
export const KEYS_LIFE_MS = 5 * 60_000;

/** Asymmetric ones only: with a shared secret, whoever can check a token could make one. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCK_TOLERANCE_S = 5;
const FETCH_MS = 5_000;
const REFETCH_MS = 30_000;

/** Where an issuer says where its keys are: RFC 8414, then OpenID Connect Discovery. */
function metadataUrls(issuer: string): URL[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  return [
    new URL(`/.well-known/oauth-authorization-server${path}`, origin),
    new URL(`${path}/.well-known/openid-configuration`, origin),
  ];
}

/** What an issuer answers, in bytes; metadata and keys are a hundredth of it. */
const MOST_BYTES = 262_144;

/** Fetches what is short. @throws where it is not, or cannot be had */
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

/** The authorization server's own metadata. @throws where it cannot be had, or is another's */
export async function fetchMetadata(issuer: string): Promise<Readonly<Record<string, unknown>>> {
  for (const url of metadataUrls(issuer)) {
    const response = await fetchShort(url, { signal: AbortSignal.timeout(FETCH_MS), redirect: 'error' });
    if (!response.ok) continue;
    const metadata = (await response.json()) as Record<string, unknown>;
    if (metadata.issuer === issuer) return metadata;
  }
  throw new Error('the issuer publishes no metadata under its name');
}

/** Whether it was the issuer's keys that failed, not the token: it answered nothing, or nothing of use. */
const isOfKeys = (thrown: unknown) =>
  !(thrown instanceof errors.JOSEError) ||
  thrown instanceof errors.JWKSTimeout ||
  thrown instanceof errors.JWKSInvalid ||
  // What jose throws for an answer that is no key set has no class of its own.
  thrown.code === errors.JOSEError.code;

/** The scopes of a token, in either of the two spellings that authorization servers use. */
function scopesOf({ scope, scp }: JWTPayload): string[] {
  const given = scope ?? scp;
  if (Array.isArray(given)) return given.filter(one => typeof one === 'string');
  return typeof given === 'string' ? given.split(' ').filter(one => one !== '') : [];
}

/** Makes the verifier; keys are fetched by the first token, kept, and fetched anew for a key that is unknown. */
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
        // What is nobody's name would be one name for many.
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
        // A client that is told "invalid" throws a good token away.
        if (isOfKeys(thrown))
          throw new OAuthError(OAuthErrorCode.TemporarilyUnavailable, 'The issuer of tokens gives no keys');
        throw new OAuthError(OAuthErrorCode.InvalidToken, 'The access token is not valid here');
      }
    },
  };
}
