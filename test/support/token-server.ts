/** The `http` command in the test's own process, with an issuer. The test decides the claims and the expiry of each token. */
import type { JWTPayload } from 'jose';
import { CLOCK_SKEW_S } from '../../src/http/authorization.ts';
import { sandboxRoles } from '../../src/sandbox/index.ts';
import { type Env, eras, type Json } from './child.ts';
import { hostInProcess } from './in-process.ts';
import { startIssuer } from './issuer.ts';
import type { AtEnd } from './share.ts';

const resource = 'https://mcp.example/mcp';
export const allScopes = 'amplify:read amplify:write amplify:destroy';

/** Targets of the sandbox's roles. */
export const roles = {
  shop: { roleArn: sandboxRoles.admin.arn, region: 'us-east-1' },
  other: { roleArn: sandboxRoles.otherAdmin.arn, region: 'us-east-1' },
};

/** The claims of a token. */
export const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Json;

/** Starts an issuer. @returns a function that signs tokens, and the flags of a server that trusts the issuer */
export async function startTrust(callers: Json, targets: Json = roles, atEnd?: AtEnd) {
  const issuer = await startIssuer(atEnd);
  const sign = await issuer.addKey('one');
  return {
    flags: [
      ...['--issuer', issuer.issuer, '--public-url', resource],
      ...['--targets', JSON.stringify(targets), '--callers', JSON.stringify(callers)],
      ...['--caller-requests-per-minute', '100000'],
    ],
    /** Signs a token that the server accepts for exactly this number of seconds. */
    tokenOf: (claims: JWTPayload, seconds = 600) =>
      sign({
        ...{ iss: issuer.issuer, aud: resource, sub: 'ann', scope: allScopes },
        exp: Math.floor(Date.now() / 1000) + seconds - CLOCK_SKEW_S,
        ...claims,
      }),
  };
}

/** Starts a server. @param callers the rules */
export async function startTokenServer(
  env: Env,
  callers: Json,
  targets?: Json,
  flags: readonly string[] = [],
) {
  const trust = await startTrust(callers, targets);
  return { ...trust, ...(await hostInProcess(env, [...trust.flags, ...flags])) };
}

const [legacy] = eras;

/** Sends a message of the 2025 era. @param more further headers, such as the session's */
export const sendLegacy = (url: string, token: string, method: string, body?: Json, more: Json = {}) =>
  fetch(url, {
    method,
    headers: {
      accept: 'application/json, text/event-stream',
      ...(body && { 'content-type': 'application/json' }),
      authorization: `Bearer ${token}`,
      'mcp-protocol-version': '2025-11-25',
      ...more,
    },
    ...(body && { body: JSON.stringify({ jsonrpc: '2.0', ...body }) }),
  });

/** Opens a session. @returns the header with its id */
export async function openSession(url: string, token: string): Promise<{ 'mcp-session-id': string }> {
  const response = await sendLegacy(url, token, 'POST', {
    id: 0,
    method: 'initialize',
    params: legacy.first,
  });
  await response.text();
  const session = { 'mcp-session-id': String(response.headers.get('mcp-session-id')) };
  const initialized = { method: 'notifications/initialized' };
  await (await sendLegacy(url, token, 'POST', initialized, session)).text();
  return session;
}
