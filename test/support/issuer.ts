/** An issuer of access tokens on the loopback, whose every claim, key and signature the test decides. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';

/** Somebody who signs. */
export type Signer = (payload: JWTPayload, header?: Partial<JWTHeaderParameters>) => Promise<string>;

/** Starts it for one test. */
export async function startIssuer() {
  let asked = 0;
  let isDown = false;
  let held: Promise<unknown> | undefined;
  const keys = new Map<string, object>();
  const http = createServer(async (request, response) => {
    const isKeys = request.url === '/keys';
    if (isKeys) {
      asked += 1;
      await held;
    }
    const isMetadata = request.url === '/.well-known/oauth-authorization-server';
    response.writeHead(isDown ? 503 : isKeys || isMetadata ? 200 : 404, {
      'content-type': 'application/json',
    });
    response.end(
      JSON.stringify(isKeys ? { keys: [...keys.values()] } : { issuer, jwks_uri: `${issuer}/keys` }),
    );
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  onTestFinished(() => void http.close());

  /** A key that the issuer publishes from now on, and its signature. */
  async function addKey(kid: string, alg = 'RS256'): Promise<Signer> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    keys.set(kid, { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' });
    return (payload, header = {}) =>
      new SignJWT(payload)
        .setProtectedHeader({ alg, kid, typ: 'at+jwt', ...header })
        // jose signs no extension that it is not told of.
        .sign(privateKey, { crit: Object.fromEntries((header.crit ?? []).map(name => [name, true])) });
  }

  return {
    issuer,
    addKey,
    /** Answers nothing of use from now on. */
    fail: () => {
      isDown = true;
    },
    /** Answers again. */
    recover: () => {
      isDown = false;
    },
    /** Keeps its keys back until then. */
    hold: (until: Promise<unknown>) => {
      held = until;
    },
    removeKey: (kid: string) => keys.delete(kid),
    publicKey: (kid: string) => keys.get(kid),
    /** How often the keys were fetched. */
    get asked() {
      return asked;
    },
  };
}
