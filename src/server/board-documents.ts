/** The documents of the board over HTTP: its page, and the sign-in at the issuer. */
import catalog from 'virtual:tool-catalog';
import { fetchMetadata } from '../http/authorization.ts';
import { PageFailure, SIGN_IN } from '../http/board.ts';
import type { Document } from '../http/documents.ts';
import type { Env } from '../lib/env.ts';
import { lazy } from '../lib/lazy.ts';
import { pageOf } from '../mcp/ui-page.ts';
import { fetchByProxy } from '../network/index.ts';
import { decide, scopes, takesPages } from '../policy/decide.ts';
import type { Config } from './settings.ts';

/** How the page's calls are admitted: by anyone, by the session of its tab, or by the token of a sign-in. */
export type BoardAccess = 'open' | 'session' | 'sign-in';

/** The tools that the page offers by a form, and does not offer if the settings refuse them. */
const OFFERS = [
  ['Clone', 'clone_environment'],
  ['Delete', 'decommission_environment'],
] as const;

/** The tools that the page always asks a person to confirm, even if the settings require no confirmation. */
const ALWAYS_CONFIRMED: ReadonlySet<string> = new Set(['decommission_environment']);

/** Whether the page can show anything: each of its calls is a workflow. */
export const canServeBoard = ({ toolsets }: Pick<Config, 'toolsets'>): boolean =>
  toolsets.includes('workflows');

function whyNotOffered(tool: string, config: Config): string | undefined {
  const subject = catalog.find(entry => entry.tool.name === tool)?.subject;
  const decision = subject && decide(subject, config);
  if (decision?.kind === 'deny') return `the setting ${decision.setting} refuses it (${decision.why})`;
  const isConfirmed = decision?.kind === 'confirm' || ALWAYS_CONFIRMED.has(tool);
  return isConfirmed && !takesPages(config)
    ? `under the setting confirmBy: ${config.confirmBy} no page can confirm it`
    : undefined;
}

/** What the page does not offer because the settings refuse it: a sentence for each tool. */
export function notOffered(config: Config): Readonly<Record<string, string>> {
  return Object.fromEntries(
    OFFERS.flatMap(([label, tool]) => {
      const why = whyNotOffered(tool, config);
      return why === undefined ? [] : [[tool, `${label} is not offered: ${why}.`]];
    }),
  );
}

/** The page. @param endpoint the path under which browsers reach `/mcp` @param boardPath that of the page itself */
export const readPage = (
  config: Config,
  access: BoardAccess,
  endpoint: string,
  boardPath: string,
): (() => Promise<Document>) => {
  const refused = notOffered(config);
  const values = {
    ...{ access, endpoint },
    ...(access === 'sign-in' && { 'sign-in': boardPath + SIGN_IN }),
    ...(Object.keys(refused).length > 0 && { 'not-offered': JSON.stringify(refused) }),
  };
  return async () => ({ html: await pageOf('board', 'http'), values });
};

/** The page's address, beside that of the endpoint. */
export const boardUrlOf = (endpointUrl: string): URL => new URL('board', endpointUrl);

const redirectUriOf = (endpointUrl: string) => boardUrlOf(endpointUrl).href + SIGN_IN;

/** How people sign in to the board of a server that requires tokens. */
export interface BoardSignIn {
  /** Where browsers find the page. */
  readonly url: string;
  /** The redirect URI, which must be registered at the issuer. */
  readonly redirectUri: string;
  readonly issuer: string;
  /** The page's OAuth client id; without it the page is not served. */
  readonly clientId: string | undefined;
}

/** The sign-in by the settings; undefined if the server requires no tokens. */
export function boardSignInOf({
  issuer,
  publicUrl,
  boardClientId: clientId,
}: Pick<Config, 'issuer' | 'publicUrl' | 'boardClientId'>): BoardSignIn | undefined {
  if (issuer === undefined || publicUrl === undefined) return undefined;
  return { url: boardUrlOf(publicUrl).href, redirectUri: redirectUriOf(publicUrl), issuer, clientId };
}

/** Where a person signs in and where the code is exchanged, by the issuer's metadata. */
async function endpointsOf(issuer: string, env: Env) {
  const metadata = await fetchMetadata(issuer, (url, init) => fetchByProxy(env, url, init));
  const { authorization_endpoint: authorize, token_endpoint: token } = metadata;
  for (const url of [authorize, token])
    if (typeof url !== 'string' || !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
      throw new Error('its metadata names no addresses to sign in at');
  return {
    authorize: String(authorize),
    token: String(token),
    // RFC 9207: then an answer without the issuer's name is refused.
    hasIssuer: metadata.authorization_response_iss_parameter_supported === true,
  };
}

/** The sign-in, whose script may connect to the issuer's token endpoint alone. */
export function readSignIn(
  { scopePrefix }: Pick<Config, 'scopePrefix'>,
  env: Env,
  { issuer, clientId, resource }: { issuer: string; clientId: string; resource: string },
): () => Promise<Document> {
  const endpoints = lazy(() => endpointsOf(issuer, env));
  return async () => {
    const found = await endpoints.get().catch(() => {
      throw new PageFailure(
        503,
        'Sign-in is not possible now',
        'The server cannot reach the issuer where people sign in. Try again in a minute; if that does not help, tell the operator of this server.',
      );
    });
    const { default: html } = await import('virtual:ui-sign-in');
    const settings = {
      ...{ issuer, clientId, resource, ...found },
      scopes: scopes.map(scope => `${scopePrefix}${scope}`),
      board: boardUrlOf(resource).pathname,
      redirectUri: redirectUriOf(resource),
    };
    const { origin, pathname } = new URL(found.token);
    return { html, values: { settings: JSON.stringify(settings) }, connectTo: [origin + pathname] };
  };
}
