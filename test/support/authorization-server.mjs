/**
 * A real authorization server (oidc-provider) as a process of its own: gives tokens for one resource to one client
 * by its credentials. Its first line says where it is. Arguments: the resource, the tenant of its client.
 */
import { createServer } from 'node:http';
import Provider from 'oidc-provider';
import { listenOnLoopback } from '../../scripts/listen.mjs';

const [, , resource = '', tenant] = process.argv;
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
  ],
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
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
