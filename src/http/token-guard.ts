/**
 * Checks the access token of each request: its audience must be this server, and it must have the scope that the call
 * needs. Refusals follow RFC 6750 and RFC 9728, so that clients can ask for what is missing.
 */
import {
  type AuthInfo,
  bearerAuthChallengeResponse,
  getOAuthProtectedResourceMetadataUrl,
  OAuthError,
  OAuthErrorCode,
  verifyBearerToken,
} from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { quoteNames } from '../lib/quote.ts';
import { createTokenVerifier, type TokenSettings } from './authorization.ts';
import { type RefusalReason, TokenRefusal } from './token-refusal.ts';

/** A caller whose token was checked. */
export interface Identified {
  readonly authInfo: AuthInfo;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly scopes: readonly string[];
  /** When the token ends, in epoch milliseconds. */
  readonly expiresAt: number;
}

/** Why a token was refused, for the log. Nothing of it is secret. */
export interface TokenRefused {
  readonly reason: RefusalReason;
  readonly why: string;
  readonly serverRequestId: string;
}

export interface GuardSettings extends Omit<TokenSettings, 'audiences' | 'jwksUri'> {
  /** The URL under which clients reach the endpoint. */
  readonly resource: string;
  /** The audiences of accepted tokens; by default the resource is the only one. */
  readonly audiences?: readonly string[] | undefined;
  /** All scopes, without the issuer's prefix. Metadata and refusals add the prefix for clients. */
  readonly scopes: readonly string[];
  /** The scope that every request needs. */
  readonly leastScope: string;
  /** The further scope that the call in this body needs, if any. */
  readonly scopeOf: (body: unknown) => string | undefined;
  /** Called for each token that is refused, but not for a request without a token. */
  readonly onRefusal?: (refused: TokenRefused) => void;
}

export interface Guard {
  /** Identifies the caller; undefined if the request was refused and answered. */
  identify(request: FastifyRequest, reply: FastifyReply): Promise<Identified | undefined>;
  /** Serves the metadata that tells clients where to get a token (RFC 9728). */
  serveMetadata(app: FastifyInstance): void;
}

/** `retry-after` while the issuer does not answer. */
const RETRY_S = '5';

/** The Authorization header. @throws TokenRefusal if there are two: a proxy in front may have checked the other one */
function authorizationOf({ headersDistinct }: FastifyRequest['raw']): string | undefined {
  const { authorization = [] } = headersDistinct;
  if (authorization.length > 1)
    throw new TokenRefusal(
      'two_headers',
      'there is more than one Authorization header',
      OAuthErrorCode.InvalidToken,
      'There is more than one Authorization header. Send one',
    );
  return authorization[0];
}

/** A URL with and without the slash at its end: clients write `https://mcp.example.com/` for `https://mcp.example.com`. */
const spellingsOf = (url: string) => [...new Set([url, new URL(url).href, url.replace(/\/$/, '')])];

/** The refusal of a token without the scopes that a call needs. */
function scopeRefusal(needed: readonly string[], { scopes, extra }: AuthInfo): TokenRefusal {
  const has = scopes.length === 0 ? 'has no scopes' : `has ${quoteNames(scopes)}`;
  const claims = quoteNames(Object.keys(Object(extra?.claims)));
  return new TokenRefusal(
    'scope',
    `the token lacks ${quoteNames(needed.filter(scope => !scopes.includes(scope)))}; it ${has}. Its claims are ${claims}; the setting scopeClaims names those that hold scopes`,
    OAuthErrorCode.InsufficientScope,
    'The access token lacks a scope that this call needs',
  );
}

export function createGuard(settings: GuardSettings): Guard {
  const { issuer, resource, scopes, leastScope, scopeOf, scopePrefix = '' } = settings;
  const { audiences = spellingsOf(resource), onRefusal = () => undefined } = settings;
  const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(new URL(resource));
  const verifier = createTokenVerifier({ ...settings, audiences });

  /** Refuses a request. @param wanted the scopes that the client should request, without the issuer's prefix */
  async function refuse(reply: FastifyReply, thrown: unknown, wanted: readonly string[]): Promise<undefined> {
    if (thrown instanceof TokenRefusal) {
      const { reason, why } = thrown;
      onRefusal({ reason, why, serverRequestId: reply.request.id });
    }
    const requiredScopes = wanted.map(scope => `${scopePrefix}${scope}`);
    if (thrown instanceof OAuthError && thrown.code === OAuthErrorCode.TemporarilyUnavailable) {
      await reply.code(503).header('retry-after', RETRY_S).send(thrown.toResponseObject());
      return undefined;
    }
    // RFC 6750, section 3.1: a request without any authentication gets no error code.
    if (!reply.request.raw.headers.authorization) {
      const challenge = [`scope="${requiredScopes.join(' ')}"`, `resource_metadata="${resourceMetadataUrl}"`];
      await reply
        .code(401)
        .header('www-authenticate', `Bearer ${challenge.join(', ')}`)
        .send({ error_description: 'The request has no access token' });
      return undefined;
    }
    const { status, headers, body } = bearerAuthChallengeResponse(thrown, {
      requiredScopes,
      resourceMetadataUrl,
    });
    await reply
      .code(status)
      .headers(Object.fromEntries(headers))
      .send(body && (await new Response(body).text()));
    return undefined;
  }

  return {
    async identify(request, reply) {
      const needed = [...new Set([leastScope, scopeOf(request.body)])].filter(scope => scope !== undefined);
      try {
        const authorization = authorizationOf(request.raw);
        const authInfo = await verifyBearerToken(authorization, { verifier, resourceMetadataUrl });
        // The client may have disconnected meanwhile. Its `close` event, on which resources of a caller are released, does
        // not come again, so no more resources may be taken.
        if (reply.raw.destroyed) {
          reply.hijack();
          return undefined;
        }
        const granted = authInfo.scopes;
        if (needed.every(scope => granted.includes(scope)))
          return {
            ...{ authInfo, claims: authInfo.extra?.claims as Identified['claims'], scopes: granted },
            expiresAt: (authInfo.expiresAt ?? 0) * 1000,
          };
        // The scopes that the token has and those that the call needs: a client asks for exactly these.
        const wanted = [...new Set([...granted.filter(scope => scopes.includes(scope)), ...needed])];
        return refuse(reply, scopeRefusal(needed, authInfo), wanted);
      } catch (thrown) {
        return refuse(reply, thrown, needed);
      }
    },

    serveMetadata(app) {
      const document = {
        resource,
        authorization_servers: [issuer],
        scopes_supported: scopes.map(scope => `${scopePrefix}${scope}`),
        bearer_methods_supported: ['header'],
        resource_name: 'AWS Amplify backends (Gen 1)',
      };
      const serve = async (_: FastifyRequest, reply: FastifyReply) =>
        reply.header('access-control-allow-origin', '*').send(document);
      app.get(new URL(resourceMetadataUrl).pathname, serve);
      if (new URL(resourceMetadataUrl).pathname !== '/.well-known/oauth-protected-resource')
        app.get('/.well-known/oauth-protected-resource', serve);
    },
  };
}
