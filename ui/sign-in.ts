/**
 * The sign-in of the board: redirects to the issuer with PKCE, and exchanges the code for a token after the way back. It is a
 * document of its own, so that the CSP of the page that shows texts from AWS allows no connection to the issuer.
 */
import * as oauth from 'oauth4webapi';
import { settingOf, storeSession } from './session.ts';

/** What the server says of the issuer and of this page's client. */
interface SignIn {
  readonly issuer: string;
  readonly authorize: string;
  readonly token: string;
  readonly hasIssuer: boolean;
  readonly clientId: string;
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly board: string;
  readonly redirectUri: string;
}

/** What is stored until the issuer redirects back. */
interface PendingSignIn {
  readonly state: string;
  readonly verifier: string;
}

const KEY = 'amplify-backend-mcp.sign-in';

const settings = JSON.parse(settingOf('settings') ?? '{}') as SignIn;
const issuer: oauth.AuthorizationServer = {
  issuer: settings.issuer,
  authorization_endpoint: settings.authorize,
  token_endpoint: settings.token,
  authorization_response_iss_parameter_supported: settings.hasIssuer,
};
const client: oauth.Client = { client_id: settings.clientId, token_endpoint_auth_method: 'none' };

/** Redirects to the issuer. State and PKCE protect the answer; a nonce would protect an ID token, which is not requested. */
async function begin(): Promise<void> {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  sessionStorage.setItem(KEY, JSON.stringify({ state, verifier } satisfies PendingSignIn));
  const url = new URL(settings.authorize);
  const parameters = {
    response_type: 'code',
    client_id: settings.clientId,
    redirect_uri: settings.redirectUri,
    scope: settings.scopes.join(' '),
    resource: settings.resource,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.replace(url);
}

/** Exchanges the code for a token. @param answer the address to which the issuer redirected */
async function end(answer: URL, { state, verifier }: PendingSignIn): Promise<void> {
  const checked = oauth.validateAuthResponse(issuer, client, answer, state);
  const response = await oauth.authorizationCodeGrantRequest(
    issuer,
    client,
    oauth.None(),
    checked,
    settings.redirectUri,
    verifier,
    {
      additionalParameters: { resource: settings.resource },
      // Allowed only if the operator configured an issuer without TLS.
      [oauth.allowInsecureRequests]: new URL(settings.token).protocol === 'http:',
    },
  );
  const { access_token: token } = await oauth.processAuthorizationCodeResponse(issuer, client, response);
  storeSession(token);
  location.replace(settings.board);
}

/** What went wrong, in words for the person. */
function wordsOf(thrown: unknown): string {
  if (thrown instanceof oauth.AuthorizationResponseError || thrown instanceof oauth.ResponseBodyError) {
    const { error, error_description: description } = thrown;
    return `The issuer refused the sign-in: ${description ?? error}`;
  }
  if (thrown instanceof TypeError)
    return 'The issuer could not be reached from this page. It must allow this page as a web origin (CORS); tell the operator of this server.';
  return `The sign-in failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
}

function say(text: string): void {
  const said = document.getElementById('said');
  if (said) said.textContent = text;
  const again = document.getElementById('again');
  if (again) again.hidden = false;
}

async function run(): Promise<void> {
  const answer = new URL(location.href);
  // Removes the code from the address bar and the history.
  history.replaceState(null, '', answer.pathname);
  if (!isSecureContext) return say('The sign-in needs an address that begins with https.');
  // sessionStorage is bound to the origin, so the sign-in must start at the origin that the issuer redirects to.
  if (answer.origin !== new URL(settings.redirectUri).origin) return location.replace(settings.redirectUri);
  if (!answer.searchParams.has('code') && !answer.searchParams.has('error')) return begin();
  const begun = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (begun === null) return say('This tab did not ask for the sign-in that comes back here.');
  return end(answer, JSON.parse(begun) as PendingSignIn);
}

run().catch(thrown => say(wordsOf(thrown)));
