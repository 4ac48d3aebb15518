/**
 * Decides which names say that their value is a secret: names of outputs, settings, variables, headers and query parameters.
 * Names of resources, categories, types and fields are never checked, since people choose them (`secretsanta`).
 */

/** Words that mark a secret anywhere in a name, also within a longer word: `DBPASSWORD`, `clientsecret`. */
const secretWords = [
  'secret',
  'password',
  'passwd',
  'passphrase',
  'credential',
  'apikey',
  'privatekey',
  'token',
  'passcode',
  'passwort',
];

/** Words that mark a secret only as a word of their own. */
const secretWholeWords = new Set(['creds', 'authorization', 'cookie', 'jwt', 'bearer', 'signature', 'sig']);

/** Whether a word ends with a short form of password, digits aside: `DB_PASS`, `DBPASS`, `userPass1`; not `bypass`. */
const isPasswordWord = (word: string) => /(?:pass|pwd|pw)\d*$/.test(word) && !notPasswords.has(word);
const notPasswords = new Set([
  'bypass',
  'compass',
  'encompass',
  'overpass',
  'surpass',
  'trespass',
  'underpass',
]);

/** Words that mark a secret only at the end: `CARD_PIN`, but not `PinPointApp`. */
const secretLastWords = new Set(['pin', 'otp']);

/** Words before `token` that make it a cursor of a list. */
const paging = new Set(['next', 'page', 'paging', 'pagination', 'continuation', 'sync']);

/** Words before `key` that make it a secret key. */
const beforeKey = new Set(
  [
    'api',
    'private',
    'secret',
    'access',
    'signing',
    'encryption',
    'master',
    'license',
    'stream',
    'session',
  ].concat([
    'webhook',
    'auth',
    'account',
    'shared',
    'input',
    'service',
    'admin',
    'server',
    'root',
    'deploy',
    'hmac',
  ]),
);

/**
 * Words that, at the end of a name, say that the value describes a secret but is not one: its name, place, age, rules.
 * `apiKeyExpirationDate`, `passwordPolicyMinLength`, `SecretArn`, `TokenUrl`.
 */
const describingWords = new Set(
  `arn id ids name names url uri urls endpoint host domain region path type kind mode state status version enabled
  disabled required optional policy policies protection settings setting config configuration options rules rule role
  roles group groups description label message subject length min max count size limit characters character expiration
  expires expiry expired date days hours minutes seconds time times timestamp ttl validity age lifetime rotation created
  updated mechanism mechanisms algorithm provider providers attribute attributes function functions lambda table bucket
  queue topic stream index field fields schema source issuer audience scope scopes flow flows method methods hint units
  unit template page screen view form handler trigger triggers`.split(/\s+/),
);

/** Words of a name that mean that the value is public. */
const publicWords = new Set(['public', 'publishable', 'publishablekey', 'publickey']);

const LONGEST = 200;

function split(name: string): string[] {
  return name
    .slice(0, LONGEST)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]/)
    .filter(word => word !== '');
}

/** The cached result for a name. */
interface KnownName {
  readonly words: readonly string[];
  readonly saysSecret: boolean;
}

/** Most metas use the same few hundred names thousands of times. */
const known = new Map<string, KnownName>();
const MOST_KNOWN = 2_000;

function knownName(name: string): KnownName {
  const found = known.get(name);
  if (found) return found;
  const words = split(name);
  const made = { words, saysSecret: wordsSaySecret(words) };
  if (name.length > LONGEST) return made;
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, made);
  return made;
}

/** The words of a name: `GraphQLAPIKeyOutput` gives `graph ql api key output`. Linear in the length of the name. */
export const wordsOf = (name: string): readonly string[] => knownName(name).words;

const namesKey = (words: readonly string[]) =>
  words.some((word, at) => (word === 'key' || word === 'keys') && beforeKey.has(words[at - 1] ?? ''));

/** Words before `password` that name an action: `forgotPassword` is no password. */
const passwordActions = new Set(['forgot', 'forgotten', 'reset', 'change', 'lost', 'recover']);

/** Whether the word before the last gives it another meaning. */
const isNoSecret = (words: readonly string[]) => {
  const [before = '', end] = words.slice(-2);
  return (end === 'token' && paging.has(before)) || (end === 'password' && passwordActions.has(before));
};

/** Whether a name says that its value is a secret. */
export const saysSecret = (name: string): boolean => knownName(name).saysSecret;

function wordsSaySecret(words: readonly string[]): boolean {
  const end = words.at(-1) ?? '';
  if (describingWords.has(end) || isNoSecret(words) || words.some(word => publicWords.has(word)))
    return false;
  const joined = words.join('');
  return (
    secretLastWords.has(end) ||
    secretWords.some(word => joined.includes(word)) ||
    words.some(word => secretWholeWords.has(word) || isPasswordWord(word)) ||
    namesKey(words)
  );
}

/** Last words of names whose value is a structure about a secret or, as a text, the secret itself: `secretConfig`. */
const ofStructures = new Set(
  ['config', 'configuration', 'options', 'setting', 'settings'].concat(['version', 'source']),
);
const ofAddresses = new Set(['url', 'uri', 'urls', 'endpoint']);

/** Whether the name makes a text a secret, although it also names structures and texts that are not secrets. */
export function saysSecretText(name: string, text: string): boolean {
  const words = wordsOf(name);
  const end = words.at(-1) ?? '';
  if (words.length < 2) return end === 'auth';
  if (ofStructures.has(end)) return wordsSaySecret(words.slice(0, -1));
  if (ofAddresses.has(end)) return !text.includes('/') && /secret|password/.test(words.slice(0, -1).join(''));
  return words.join('').endsWith('secretkeyid');
}

/** Whether a name says that its value is a key: a secret where it looks random, see `looksRandom`. */
export function saysKey(name: string): boolean {
  const words = wordsOf(name);
  const end = words.at(-1) ?? '';
  return (end.endsWith('key') || end.endsWith('keys')) && !words.some(word => publicWords.has(word));
}

/** Public members of a structure of credentials, which tell two of them apart. */
const publicMembers = new Set([
  'providername',
  'clientid',
  'teamid',
  'keyid',
  'appid',
  'audience',
  'redirecturi',
]);

/** Whether a member is public although its structure holds credentials. */
export const isPublicMember = (name: string): boolean => publicMembers.has(wordsOf(name).join(''));
