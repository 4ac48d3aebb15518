/** An issuer of access tokens on the loopback. The test decides every claim, key and signature. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';
import type { AtEnd } from './share.ts';

/** Signs claims as a token. */
export type Signer = (payload: JWTPayload, header?: Partial<JWTHeaderParameters>) => Promise<string>;

/** Sends JSON without end, until the client closes the connection. @returns the number of bytes that the client has read */
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

  /** Adds a key that the issuer publishes, and returns a function that signs with it. An RSA key takes a hundred times as long to generate. */
  async function addKey(kid: string, alg = 'ES256'): Promise<Signer> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    keys.set(kid, { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' });
    return (payload, header = {}) =>
      new SignJWT(payload)
        .setProtectedHeader({ alg, kid, typ: 'at+jwt', ...header })
        // jose refuses to sign a `crit` extension that is not listed here.
        .sign(privateKey, { crit: Object.fromEntries((header.crit ?? []).map(name => [name, true])) });
  }

  return {
    issuer,
    addKey,
    /** From now on, answers with an error. */
    fail: () => {
      isDown = true;
    },
    /** From now on, sends an endless answer at this path. @returns the bytes that the client has read of the first one */
    flood: (path: string | undefined) =>
      new Promise<number>(resolve => {
        flooded = path === undefined ? undefined : { path, stopped: resolve };
      }),
    /** Answers normally again. */
    recover: () => {
      isDown = false;
    },
    /** Delays the answer with the keys until this promise resolves. */
    hold: (until: Promise<unknown>) => {
      held = until;
    },
    removeKey: (kid: string) => keys.delete(kid),
    publicKey: (kid: string) => keys.get(kid),
    /** How often a client has fetched the keys. */
    get asked() {
      return asked;
    },
  };
}
