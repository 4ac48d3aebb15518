/** An issuer of access tokens on the loopback, whose every claim, key and signature the test decides. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';
import type { AtEnd } from './share.ts';

/** Somebody who signs. */
export type Signer = (payload: JWTPayload, header?: Partial<JWTHeaderParameters>) => Promise<string>;

/** Answers JSON without end, until nobody reads it any more. @returns how many bytes were taken */
function pour(response: ServerResponse): Promise<number> {
  const text = `{"keys":[${'{"kty":"EC"},'.repeat(5_000)}`;
  let taken = 0;
  const more = () => {
    while (!response.destroyed && response.write(text)) taken += text.length;
  };
  response.writeHead(200, { 'content-type': 'application/json' }).on('drain', more);
  more();
  return new Promise(resolve => response.once('close', () => resolve(taken)));
}

/** Starts it for one test. */
export async function startIssuer(atEnd: AtEnd = onTestFinished) {
  let asked = 0;
  let isDown = false;
  let held: Promise<unknown> | undefined;
  let flooded: { readonly path: string; stopped(bytes: number): void } | undefined;
  const keys = new Map<string, object>();
  const metadata = () => ({
    ...{ issuer, jwks_uri: `${issuer}/keys` },
    ...{ authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` },
  });
  const http = createServer(async (request, response) => {
    const isKeys = request.url === '/keys';
    if (isKeys) {
      asked += 1;
      await held;
    }
    if (flooded && request.url === flooded.path) {
      flooded.stopped(await pour(response));
      return;
    }
    const isMetadata = request.url === '/.well-known/oauth-authorization-server';
    response.writeHead(isDown ? 503 : isKeys || isMetadata ? 200 : 404, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify(isKeys ? { keys: [...keys.values()] } : metadata()));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  atEnd(() => void http.close());

  /** A key that the issuer publishes from now on, and its signature; one of RSA takes a hundred times as long to make. */
  async function addKey(kid: string, alg = 'ES256'): Promise<Signer> {
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
    /** Answers without end there, from now on. @returns how much was taken of the first such answer, in bytes */
    flood: (path: string | undefined) =>
      new Promise<number>(resolve => {
        flooded = path === undefined ? undefined : { path, stopped: resolve };
      }),
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
