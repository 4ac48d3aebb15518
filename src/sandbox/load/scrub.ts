/**
 * Replaces the secrets of a real environment by invented ones of the same form before it is loaded. A rehearsal needs
 * values that look like keys, but no real key may get into the sandbox.
 */
import { isObject, parseStructure } from '../../lib/json.ts';

/** Members whose values are replaced completely. */
const secretName = /secret|password|passwd|passphrase|token|credential|creds|private|api_?key|pwd/i;

/** Members that are about a secret but do not contain one, such as `SecretArn`. */
const harmlessName =
  /(?:arn|id|name|url|uri|type|days|date|length|policy|validity|expiration|settings|config|region)s?$/i;

/** Cognito's `TokenValidityUnits` name the unit of each token: `{ RefreshToken: 'days' }`. */
const isUnit = (value: string) => /^(?:seconds|minutes|hours|days)$/.test(value);

/** Keys that are recognized by their form, in any member: the prefix, which stays, and the rest, which is replaced. */
const secretForms = [
  /(A[KS]IA)([A-Z0-9]{16})/g,
  /(da2-)([a-z0-9]+)/g,
  /([rs]k_(?:live|test)_)(\w+)/g,
  /(sk_[a-z]+-[a-z]+-\d_)(\w+)/g,
  /(whsec_)(\w+)/g,
  /(tok_(?:live|test)_)(\w+)/g,
  /(gh[oprsu]_)(\w+)/g,
  /(github_pat_)(\w+)/g,
  /(glpat-)([\w-]+)/g,
  /(npm_)(\w+)/g,
  /(AIza)([\w-]+)/g,
  /(GOCSPX-)([\w-]+)/g,
  /(xox[a-z]-)([\w-]+)/g,
  /(PRIVATE KEY-----)([^-]+)/g,
  /(eyJ)([\w.-]+)/g,
  /((?:Bearer|Basic) )([\w+/=.-]+)/g,
];

/** URLs; `scrubUrlPassword` replaces the password in `user:password@`. */
const urls = /:\/\/[^\s"<>\\]+/g;

const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';

/** A value of the same form that depends on nothing but that form. */
function invented(value: string): string {
  return [...value]
    .map((character, at) => {
      if (/\d/.test(character)) return digits[(at * 7) % 10];
      if (/[a-z]/.test(character)) return lower[(at * 11) % 26];
      return /[A-Z]/.test(character) ? lower[(at * 5) % 26]?.toUpperCase() : character;
    })
    .join('');
}

function scrubUrlPassword(address: string): string {
  const at = address.lastIndexOf('@');
  const colon = address.indexOf(':', 3);
  return at < 0 || colon < 0 || colon > at
    ? address
    : `${address.slice(0, colon + 1)}${invented(address.slice(colon + 1, at))}${address.slice(at)}`;
}

/** A text with its keys and passwords replaced. */
export const scrubText = (text: string): string =>
  secretForms
    .reduce((rest, form) => rest.replace(form, (_, start, key) => `${start}${invented(key)}`), text)
    .replace(urls, scrubUrlPassword);

/** A structure with its secrets replaced. */
export function scrub(value: unknown, isSecret = false): unknown {
  if (typeof value === 'string') {
    const inner = parseStructure(value);
    if (inner) return JSON.stringify(scrub(inner, isSecret));
    const scrubbed = scrubText(value);
    return isSecret && scrubbed === value && !value.startsWith('arn:') ? invented(value) : scrubbed;
  }
  if (Array.isArray(value)) return value.map(item => scrub(item, isSecret));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      // A resource may be called `secret...`, so a structure is not a secret because of its name; only a string is.
      const isOne =
        secretName.test(name) && !harmlessName.test(name) && typeof inner === 'string' && !isUnit(inner);
      return [name, scrub(inner, isOne)];
    }),
  );
}
