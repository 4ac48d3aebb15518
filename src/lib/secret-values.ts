/**
 * Recognizes secrets by their form, whatever their names. Each pattern takes linear time: where a closer check is needed, the
 * pattern matches a whole run of characters, which is then checked by itself.
 * Forms: AWS IAM's reference (AKIA, ASIA), AppSync (`da2-`), IVS stream keys (`sk_<region>_`), Stripe (`sk_`, `rk_`,
 * `whsec_`), Slack (`xox?-`, `xapp-`), GitHub (`gh?_`, `github_pat_`), GitLab, npm, Google (`AIza`, `GOCSPX-`, `ya29.`),
 * SendGrid, Twilio, OpenAI and Anthropic (`sk-`), RFC 7519 (JWT), RFC 7468 (PEM), RFC 7617 and 6750 (headers).
 */

import { saysSecret } from './secret-names.ts';
import { WITHHELD } from './withheld-mark.ts';

/** Keys that are recognized by a prefix, each with its least length; shorter matches are ordinary words. */
const keys: readonly (readonly [form: RegExp, least: number])[] = [
  [/da2-[a-z0-9]+/g, 24],
  [/A[KS]IA[A-Z0-9]+/g, 20],
  [/[rs]k_live_[A-Za-z0-9]+/g, 9],
  [/[rs]k_test_[A-Za-z0-9]+/g, 9],
  [/tok_live_[A-Za-z0-9]+/g, 10],
  [/tok_test_[A-Za-z0-9]+/g, 10],
  [/sk_[a-z]+-[a-z]+-\d_[A-Za-z0-9]+/g, 16],
  [/whsec_[A-Za-z0-9+/=]+/g, 8],
  [/xox[a-z]-[A-Za-z0-9-]+/g, 8],
  [/xapp-\d[A-Za-z0-9-]+/g, 8],
  [/hooks\.slack\.com\/[A-Za-z0-9/_-]+/g, 20],
  [/discord(?:app)?\.com\/api\/webhooks\/[A-Za-z0-9/_-]+/g, 20],
  [/webhook\.office\.com\/[A-Za-z0-9/@_-]+/g, 20],
  [/gh[oprsu]_[A-Za-z0-9]+/g, 20],
  [/github_pat_[A-Za-z0-9_]+/g, 12],
  [/glpat-[A-Za-z0-9_-]+/g, 8],
  [/npm_[A-Za-z0-9]+/g, 34],
  [/AIza[A-Za-z0-9_-]+/g, 24],
  [/GOCSPX-[A-Za-z0-9_-]+/g, 8],
  [/ya29\.[A-Za-z0-9_-]+/g, 8],
];

/** The first and last line of a private key in PEM. */
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/g;
const privateKeyEnd = /-----END [A-Z ]*PRIVATE KEY-----/g;

/** Withholds private keys. A key without an END line extends to the end of the text. */
function withholdPrivateKeys(text: string): string {
  let shown = '';
  let from = 0;
  for (const { index } of text.matchAll(privateKey)) {
    if (index < from) continue;
    privateKeyEnd.lastIndex = index;
    const end = privateKeyEnd.exec(text);
    shown += `${text.slice(from, index)}${WITHHELD}`;
    from = end ? end.index + end[0].length : text.length;
  }
  return shown + text.slice(from);
}

/**
 * Runs that may be keys: a JSON web token, whose header is JSON and so begins with `eyJ` in base64; a key of SendGrid,
 * OpenAI or Anthropic.
 */
const tokenRun = /(?:eyJ|SG\.|\bsk-)[A-Za-z0-9_.-]+/g;
function isKey(text: string): boolean {
  if (text.startsWith('sk-')) return text.length > 20;
  const [first = '', second = '', ...more] = text.split('.');
  if (more.length === 0) return false;
  return first === 'SG' ? second.length >= 16 : first.length >= 8 && second.length >= 5;
}

/** What follows the name of a scheme in a header: `Bearer abc`, `Basic dXNlcjpwYXNz`. */
const authHeader = /(?:[Bb]earer|BEARER|[Bb]asic|BASIC|[Nn]egotiate|[Aa]pi[Kk]ey) +[A-Za-z0-9+/=._~-]+/g;
const SHORTEST_HEADER = 6;

/** Whether the words after a scheme's name are prose, as in "Bearer authentication" or "basic usage". */
const isProse = (scheme: string, value: string) =>
  value.length < SHORTEST_HEADER ||
  (/^[a-z]+[.]?$/.test(value) &&
    (scheme.toLowerCase() !== 'bearer' ||
      /^(?:tokens?|auth|authorization|authentication|scheme|header)/.test(value)));

function withoutHeader(found: string): string {
  const scheme = found.slice(0, found.indexOf(' '));
  return isProse(scheme, found.slice(scheme.length).trimStart()) ? found : `${scheme} ${WITHHELD}`;
}

/** An object in a GraphQL schema. `@http` has headers of this form: `{ key: "Authorization", value: "abc" }`, in any order. */
const schemaObject = /\{[^{}]*\}/g;
const keyIn = /\bkey[\s:,]*"([^"\n]*)"/;
const valueIn = /\bvalue[\s:,]*"([^"\n]*)"/;

/** Headers are named with dashes: `X-Api-Key`, `Authorization`, `X-Auth-Token`. */
const isSecretHeader = (name: string) => saysSecret(name) || /^(?:x-)?auth$/i.test(name);

function withoutHeaderValue(found: string): string {
  const [, key] = keyIn.exec(found) ?? [];
  if (key === undefined || !isSecretHeader(key)) return found;
  return found.replace(valueIn, (pair, value) => `${pair.slice(0, -value.length - 1)}${WITHHELD}"`);
}

/** Where a named value begins in JSON, also in JSON within JSON, whose quotation marks are escaped. */
const member = /"([\w.-]+)\\*"\s*:\s*(\\*)"/g;

/** The end of a JSON string whose quotation marks are escaped with this many backslashes. */
function endOfString(text: string, from: number, backslashes: number): number {
  let before = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    const isEnd = backslashes === 0 ? before % 2 === 0 : before <= backslashes;
    if (character === '"' && isEnd) return at - before;
    before = character === '\\' ? before + 1 : 0;
  }
  return text.length;
}

/** A text without the values of members whose names say that they are secrets. */
function withholdMembers(text: string): string {
  let shown = '';
  let from = 0;
  for (const { 0: start, 1: name = '', 2: backslashes = '', index } of text.matchAll(member)) {
    const value = index + start.length;
    // The member is inside a value that was withheld already.
    if (index < from || !saysSecret(name)) continue;
    shown += `${text.slice(from, value)}${WITHHELD}`;
    from = endOfString(text, value, backslashes.length);
  }
  return shown + text.slice(from);
}

/**
 * A name, and what it is set to, if anything: `DB_PASSWORD=abc`, `password: abc`, `--password abc`; also a query
 * parameter: `?api_key=abc`.
 */
const variable = /([\w.-]+)((?:[ \t]*=[ \t]*|:[ \t]+|[ \t]+)[^\s"'&#;,<>{}()]+)?/g;

/** What follows a colon that introduces no value: a scheme, which a pattern above handles, or prose about a secret. */
const noValue =
  /^(?:bearer|basic|negotiate|apikey|is|not|must|should|has|was|the|invalid|expired|required|missing)$/i;
/** A type of a schema. */
const typeName = /^[A-Z]\w*!?$/;

/** Withholds the values that a text assigns to names which say that they are secrets. */
function withholdVariables(text: string): string {
  const isSchema = text.includes('{');
  let shown = '';
  let from = 0;
  variable.lastIndex = 0;
  for (let found = variable.exec(text); found; found = variable.exec(text)) {
    const [whole, name = '', set] = found;
    if (set === undefined) continue;
    if (!saysSecret(name)) {
      // After a blank, the supposed value may itself be a name.
      if (!/^=[^ \t]/.test(set)) variable.lastIndex = found.index + name.length;
      continue;
    }
    const sign = set.slice(0, set.search(/[^ \t=:]|$/));
    const value = set.slice(sign.length);
    const isPlaceholder = value.startsWith('[');
    const isColonPair =
      sign.includes(':') && !isPlaceholder && !noValue.test(value) && !(isSchema && typeName.test(value));
    const isFlag = sign.trim() === '' && name.startsWith('--') && !value.startsWith('-');
    if (!sign.includes('=') && !isColonPair && !isFlag) {
      variable.lastIndex = found.index + name.length;
      continue;
    }
    shown += `${text.slice(from, found.index)}${name}${sign}${WITHHELD}`;
    from = found.index + whole.length;
  }
  return shown + text.slice(from);
}

/** For a wrong signature, AWS's message repeats the signed headers. The value of this header is a credential. */
const sessionToken = /(x-amz-security-token\s*[:=]\s*)[A-Za-z0-9+/=%_-]+/gi;

/** An address, up to the first character that cannot be part of one. */
const address = /:\/\/[^\s"<>\\]+/g;

/** User names in addresses that are not tokens. */
const plainUser = /^(?:git|hg|svn|ssh|ftp|anonymous|root|admin|user|ubuntu|ec2-user)$/;

/** Withholds the password of `user:password@host`, or the token of `token@host`. @param rest the text after `://` */
function withoutPassword(rest: string): string {
  const end = rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const colon = authority.indexOf(':');
  const at = authority.indexOf('@');
  if (at > 0 && (colon < 0 || colon > at) && !plainUser.test(authority.slice(0, at)))
    return `${WITHHELD}${rest.slice(at)}`;
  const isNone =
    colon < 0 || (at >= 0 && at < colon) || (at < 0 && /^:\d{0,5}$/.test(authority.slice(colon)));
  // A password may contain `@` and `/`, although it should not: everything up to the last `@` counts as the password.
  const last = isNone ? -1 : rest.lastIndexOf('@');
  return last < 0 ? rest : `${rest.slice(0, colon + 1)}${WITHHELD}${rest.slice(last)}`;
}

/** Every text that one of the patterns above matches contains one of these. Most texts contain none and need no more checks. */
const traces =
  /da2-|AKIA|ASIA|_live_|_test_|sk[_-]|whsec_|xox|xapp-|slack|gh[oprsu]_|github_pat|glpat|npm_|AIza|GOCSPX|ya29|SG\.|PRIVATE KEY|eyJ|:\/\/|Bearer|Basic|Negotiate|ApiKey|security-token|discord|webhook|--|: |["=]/i;

/** Withholds everything in a text that looks like a secret, in linear time. A text without secrets is returned unchanged. */
export function withholdSecretsIn(text: string): string {
  if (!traces.test(text)) return text;
  const byForm = keys
    .reduce(
      (rest, [form, least]) => rest.replace(form, found => (found.length < least ? found : WITHHELD)),
      withholdPrivateKeys(text),
    )
    .replace(tokenRun, found => (isKey(found) ? WITHHELD : found))
    .replace(address, found => found.split('://').map(withoutPassword).join('://'))
    .replace(authHeader, withoutHeader)
    .replace(schemaObject, withoutHeaderValue)
    .replace(sessionToken, (_, name) => `${name}${WITHHELD}`);
  return withholdVariables(withholdMembers(byForm));
}

/** Shorter values are words. */
const SHORTEST_RANDOM = 16;

/**
 * Whether a value looks random, like a key: long, without blanks, with letters, digits and enough different characters.
 * ARNs and names of files do not count.
 */
export function looksRandom(value: string): boolean {
  if (value.length < SHORTEST_RANDOM || value.length > 4_096) return false;
  if (!/^[A-Za-z0-9_=+/.~-]+$/.test(value)) return false;
  if (/^arn:|\.(?:zip|json|ya?ml|js|ts|png|html?)$/.test(value)) return false;
  const digits = value.replace(/\D/g, '').length;
  const letters = value.replace(/[^A-Za-z]/g, '').length;
  return digits >= 3 && letters >= 3 && new Set(value).size >= 10;
}
