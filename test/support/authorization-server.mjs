/**
 * A real authorization server (oidc-provider) as a process of its own: gives tokens for one resource to one client
 * by its credentials, and to people who sign in to the client `board`: any name and password will do, and who is called
 * `reader` may only read. Its first line says where it is. Arguments: the resource, the tenant of its client, the address to
 * which it leads people back.
 */
import { createServer } from 'node:http';
import Provider from 'oidc-provider';
import { listenOnLoopback } from '../../scripts/listen.mjs';

const [, , resource = '', tenant, redirectUri] = process.argv;
const http = createServer();
const issuer = await listenOnLoopback(http);
const scope = 'amplify:read amplify:write amplify:destroy';
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'agent',
      client_secret: 'agent-secret',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
    ...(redirectUri === undefined
      ? []
      : [
          {
            client_id: 'board',
            token_endpoint_auth_method: /** @type {const} */ ('none'),
            application_type: /** @type {const} */ ('native'),
            redirect_uris: [redirectUri],
          },
        ]),
  ],
  // Pages of other origins may ask for tokens.
  clientBasedCORS: () => true,
  formats: {
    customizers: {
      jwt(_, token, parts) {
        if ('accountId' in token && token.accountId === 'reader') parts.payload.scope = 'amplify:read';
      },
    },
  },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: redirectUri !== undefined },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      getResourceServerInfo: () => ({
        ...{ scope, audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 600 },
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  extraTokenClaims: () => ({ tenant }),
});
http.on('request', provider.callback());
process.stdout.write(`${issuer}\n`);
