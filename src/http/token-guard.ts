/**
 * The guard in front of the endpoint: no request passes without an access token that is for this server and has
 * the scope that its call needs. Refusals say what is missing in the way that clients act on (RFC 6750, RFC 9728).
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
import { createTokenVerifier } from './authorization.ts';

/** Somebody whose token was checked. */
export interface Identified {
  readonly authInfo: AuthInfo;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly scopes: readonly string[];
  /** When the token ends, in epoch milliseconds. */
  readonly expiresAt: number;
}

/** What is guarded, and by whose word. */
export interface GuardSettings {
  readonly issuer: string;
  /** The URL under which clients reach the endpoint; tokens must be for it. */
  readonly resource: string;
  readonly scopes: readonly string[];
  /** What every request needs. */
  readonly leastScope: string;
  readonly refetchMs?: number;
  /** What the call in this body needs besides; undefined for nothing. */
  readonly scopeOf: (body: unknown) => string | undefined;
}

/** The guard. */
export interface Guard {
  /** Who calls; undefined where the reply has refused them. */
  identify(request: FastifyRequest, reply: FastifyReply): Promise<Identified | undefined>;
  /** Serves what tells clients where to get a token. */
  serveMetadata(app: FastifyInstance): void;
}

/** How soon to come back where the issuer does not answer. */
const RETRY_S = '5';

/** The one header that tokens come in. @throws where there are two: those in between may have read the other */
function authorizationOf({ headersDistinct }: FastifyRequest['raw']): string | undefined {
  const { authorization = [] } = headersDistinct;
  if (authorization.length > 1)
    throw new OAuthError(OAuthErrorCode.InvalidToken, 'There is more than one Authorization header');
  return authorization[0];
}

/** Makes it. */
export function createGuard(settings: GuardSettings): Guard {
  const { issuer, resource, scopes, leastScope, scopeOf, refetchMs } = settings;
  const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(new URL(resource));
  const verifier = createTokenVerifier({
    ...{ issuer, audience: resource },
    ...(refetchMs !== undefined && { refetchMs }),
  });

  async function refuse(reply: FastifyReply, thrown: unknown, requiredScopes: string[]): Promise<undefined> {
    if (thrown instanceof OAuthError && thrown.code === OAuthErrorCode.TemporarilyUnavailable) {
      await reply.code(503).header('retry-after', RETRY_S).send(thrown.toResponseObject());
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
        // Who hung up meanwhile is nobody any more: what is kept for a caller is given back when they hang up.
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
        // All that is held and all that is needed: a client asks for exactly these.
        const wanted = [...new Set([...granted.filter(scope => scopes.includes(scope)), ...needed])];
        const missing = new OAuthError(
          OAuthErrorCode.InsufficientScope,
          'The access token has not the scope',
        );
        return refuse(reply, missing, wanted);
      } catch (thrown) {
        return refuse(reply, thrown, needed);
      }
    },

    serveMetadata(app) {
      const document = {
        resource,
        authorization_servers: [issuer],
        scopes_supported: scopes,
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
