/**
 * Memory per caller: a hosted server as shipped, on a heap of 400 MB, and 2,000 callers with tokens of their own; each
 * lists the tools, searches, and reads. What the process keeps for one of them is the difference that they make.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { start } from './child.mjs';

const bin = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const probe = new URL('heap-probe.mjs', import.meta.url).href;

const HEAP_MB = 400;
/** Those before them make the process load what it loads once. */
const WARM = 20;
const AT_ONCE = 16;
const resource = 'https://mcp.example/mcp';
const appId = 'd1sandboxshop';
const roleArn = 'arn:aws:iam::123456789012:role/sandbox-admin';

/** An issuer of tokens. @returns its name, and what signs a token for a subject */
async function startIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  const server = createServer(({ url }, response) => {
    const document = url === '/keys' ? { keys: [key] } : { issuer, jwks_uri: `${issuer}/keys` };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${server.address().port}`;
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

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** What one caller does. @throws where an answer is none */
async function visit(url, token) {
  const ask = async (method, params) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        ...{ 'mcp-protocol-version': '2026-07-28', 'mcp-method': method },
        ...(params.name && { 'mcp-name': params.name }),
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } }),
    });
    const text = await response.text();
    if (!response.ok || !text.includes('"result"') || text.includes('"isError":true'))
      throw new Error(`${method} answers ${response.status}: ${text.slice(0, 500)}`);
  };
  await ask('tools/list', {});
  await ask('tools/call', { name: 'find_operation', arguments: { query: 'let people upload avatars' } });
  await ask('tools/call', { name: 'get_backend', arguments: { appId } });
}

/** Has callers visit, some at a time. */
async function visitAll(url, issuer, from, to) {
  let next = from;
  const visitor = async () => {
    while (next < to) {
      const number = next++;
      await visit(url, await issuer.tokenOf(`caller-${number}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, visitor));
}

/**
 * Bytes of heap that the server keeps for each of so many callers, and in all.
 * @throws where it does not survive them
 */
export async function measureCallers(count = 2_000) {
  const issuer = await startIssuer();
  const sandbox = await start([bin, 'sandbox', '--port', '0'], {}, 'stdout');
  const aws = {
    AWS_ENDPOINT_URL: sandbox.url,
    AWS_ACCESS_KEY_ID: 'AKIASANDBOX000000000',
    AWS_SECRET_ACCESS_KEY: 'sandbox-secret-access-key',
    AWS_REGION: 'us-east-1',
  };
  const callers = { team: { when: { groups: 'shop' }, target: 'shop', tags: { person: 'sub' } } };
  const settings = [
    ...['--issuer', issuer.issuer, '--public-url', resource],
    ...['--targets', JSON.stringify({ shop: { roleArn, region: 'us-east-1' } })],
    ...['--callers', JSON.stringify(callers)],
  ];
  const node = [`--max-old-space-size=${HEAP_MB}`, '--expose-gc', '--import', probe];
  const server = await start([...node, bin, 'http', '--port', '0', ...settings], aws, 'stderr');
  const heapUsed = async () => {
    server.child.send('look');
    const [bytes] = await once(server.child, 'message');
    return bytes;
  };
  try {
    await visitAll(server.url, issuer, 0, WARM);
    const before = await heapUsed();
    await visitAll(server.url, issuer, WARM, WARM + count);
    const total = await heapUsed();
    return { count, limitMb: HEAP_MB, perCaller: (total - before) / count, total };
  } finally {
    await server.stop();
    await sandbox.stop();
    issuer.close();
  }
}
