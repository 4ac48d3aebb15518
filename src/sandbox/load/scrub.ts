/**
 * Replaces the secrets of a real environment by invented ones of the same form, before it is loaded: a rehearsal needs
 * keys that look like keys, and nobody's real ones.
 */
import { isObject, parseStructure } from '../../lib/json.ts';

/** Names whose values are replaced as a whole. */
const secretName = /secret|password|passwd|passphrase|token|credential|creds|private|api_?key|pwd/i;

/** Names that tell of a secret and hold none. */
const harmless =
  /(?:arn|id|name|url|uri|type|days|date|length|policy|validity|expiration|settings|config|region)s?$/i;

/** Values that are replaced whatever they are called: what stands before a key, and the key. */
const forms = [
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

/** `user:password@`, in an address. */
const login = /:\/\/[^\s"<>\\]+/g;

const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';

/** The same form, with nothing of the value in it. */
function invented(value: string): string {
  return [...value]
    .map((character, at) => {
      if (/\d/.test(character)) return digits[(at * 7) % 10];
      if (/[a-z]/.test(character)) return lower[(at * 11) % 26];
      return /[A-Z]/.test(character) ? lower[(at * 5) % 26]?.toUpperCase() : character;
    })
    .join('');
}

function withoutLogin(address: string): string {
  const at = address.lastIndexOf('@');
  const colon = address.indexOf(':', 3);
  return at < 0 || colon < 0 || colon > at
    ? address
    : `${address.slice(0, colon + 1)}${invented(address.slice(colon + 1, at))}${address.slice(at)}`;
}

/** A text with invented keys in the place of its own. */
export const scrubText = (text: string): string =>
  forms
    .reduce((rest, form) => rest.replace(form, (_, start, key) => `${start}${invented(key)}`), text)
    .replace(login, withoutLogin);

/** A structure with invented secrets in the place of its own. */
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
      // Structures are named after resources as well, so only what is no structure is judged by its name.
      const isOne = secretName.test(name) && !harmless.test(name) && typeof inner === 'string';
      return [name, scrub(inner, isOne)];
    }),
  );
}
