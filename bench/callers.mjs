/**
 * Measures the memory that a hosted server keeps for each caller. 2,000 callers, each with its own token, list the tools,
 * search and read; the heap is limited to 400 MB. The growth of the heap is divided by the number of callers.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { listenOnLoopback } from '../scripts/listen.mjs';
import { appId, bin, sandboxEnv, start, startSandbox } from './child.mjs';
import { ask, eras } from './requests.mjs';

/** @typedef {Awaited<ReturnType<typeof startIssuer>>} Issuer */

const probe = new URL('heap-probe.mjs', import.meta.url).href;

const HEAP_MB = 400;
/** Callers that are not measured: they make the process load what it loads once. */
const WARM_UP_CALLERS = 20;
const AT_ONCE = 16;
const resource = 'https://mcp.example/mcp';
const roleArn = 'arn:aws:iam::123456789012:role/sandbox-admin';

/** Starts an issuer of tokens. @returns its URL, and a function that signs a token for a subject */
async function startIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  const server = createServer(({ url }, response) => {
    const document = url === '/keys' ? { keys: [key] } : { issuer, jwks_uri: `${issuer}/keys` };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  });
  const issuer = await listenOnLoopback(server);
  /** @param {string} sub */
  const tokenOf = sub =>
    new SignJWT({ groups: ['shop'], scope: 'amplify:read amplify:write' })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(issuer)
      .setAudience(resource)
      .setSubject(sub)
      .setExpirationTime('1h')
      .sign(privateKey);
  return { issuer, tokenOf, close: () => server.close() };
}

const { request } = eras[2026];
const requests = [
  request('tools/list'),
  request('tools/call', { name: 'find_operation', arguments: { query: 'let people upload avatars' } }),
  request('tools/call', { name: 'get_backend', arguments: { appId } }),
];

/**
 * Sends all requests for each caller, for some callers at a time.
 * @param {string} url
 * @param {Issuer} issuer
 * @param {number} from the number of the first caller
 * @param {number} to the number after that of the last caller
 * @throws if an answer has no result
 */
async function callAsAll(url, issuer, from, to) {
  let next = from;
  const callNext = async () => {
    while (next < to) {
      const number = next++;
      const headers = { authorization: `Bearer ${await issuer.tokenOf(`caller-${number}`)}` };
      for (const one of requests) await ask(url, one, headers);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, callNext));
}

/**
 * Measures the bytes of heap that the server keeps for each caller, and in total.
 * @throws if the server ends before all callers are done
 */
export async function measureCallers(count = 2_000) {
  const issuer = await startIssuer();
  const sandbox = await startSandbox();
  const callers = { team: { when: { groups: 'shop' }, target: 'shop', tags: { person: 'sub' } } };
  const settings = [
    ...['--issuer', issuer.issuer, '--public-url', resource],
    ...['--targets', JSON.stringify({ shop: { roleArn, region: 'us-east-1' } })],
    ...['--callers', JSON.stringify(callers)],
  ];
  const node = [`--max-old-space-size=${HEAP_MB}`, '--expose-gc', '--import', probe];
  const args = [...node, bin, 'http', '--port', '0', ...settings];
  const server = await start(args, sandboxEnv(sandbox.url), 'stderr');
  const heapUsed = async () => {
    server.child.send('measure');
    const [bytes] = await once(server.child, 'message');
    return Number(bytes);
  };
  try {
    await callAsAll(server.url, issuer, 0, WARM_UP_CALLERS);
    const before = await heapUsed();
    await callAsAll(server.url, issuer, WARM_UP_CALLERS, WARM_UP_CALLERS + count);
    const total = await heapUsed();
    return { count, limitMb: HEAP_MB, perCaller: (total - before) / count, total };
  } finally {
    await server.stop();
    await sandbox.stop();
    issuer.close();
  }
}
