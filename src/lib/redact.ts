/**
 * Withholds secrets: values that look like one, and values under names of outputs, settings and variables that say so. Names
 * of categories and resources do not count: `secretsanta` and `ForgotPassword` are shown with their contents.
 */

import { isObject, type Json, parseStructure } from './json.ts';
import { isPublicMember, saysKey, saysSecret, saysSecretText } from './secret-names.ts';
import { looksRandom, withholdSecretsIn } from './secret-values.ts';
import { TOO_DEEP } from './truncation.ts';
import { WITHHELD } from './withheld-mark.ts';

/** Amplify's structures are not nested deeper. Deeper ones are cut, so that the recursion cannot overflow the stack. */
const DEEPEST = 40;

/** What the name of the member that holds a value says about the value. */
type Meaning = 'secret' | 'key' | 'nothing';

/** Whether a value is shown whatever its name says: dates, ARNs and empty texts are never secrets. */
const isOpen = (text: string) =>
  text === '' || text.startsWith('arn:') || /^\d{4}-\d\d-\d\d(?:T[\d:.]{1,20}Z?)?$/.test(text);

function meaningOfName(name: string, outer: Meaning): Meaning {
  if (outer === 'secret') return isPublicMember(name) ? 'nothing' : 'secret';
  if (saysSecret(name)) return 'secret';
  return saysKey(name) ? 'key' : 'nothing';
}

const isSame = (was: unknown, is: unknown): boolean => {
  try {
    return JSON.stringify(was) === JSON.stringify(is);
  } catch {
    // The value was nested too deeply and was cut.
    return false;
  }
};

function redactString(text: string, meaning: Meaning, depth: number): string {
  // `hostedUIProviderCreds` is such a text.
  const structure = parseStructure(text);
  if (structure !== undefined) {
    const redacted = redactAt(structure, meaning, depth + 1);
    // If nothing was withheld, the text keeps its formatting.
    return isSame(structure, redacted) ? text : JSON.stringify(redacted);
  }
  if (meaning === 'secret' && !isOpen(text)) return WITHHELD;
  if (meaning === 'key' && looksRandom(text)) return WITHHELD;
  return withholdSecretsIn(text);
}

/** A number under a name like `password` is a secret; one under a name like `tokens` is a count. */
const isSecretNumber = (meaning: Meaning, name: string) => meaning === 'secret' && !/token/i.test(name);

/** What the name in a pair says about its value: `{ "Name": "DB_PASSWORD", "Value": "..." }`. */
function meaningOfPair(pair: object): Meaning {
  const { name, Name, key = name, Key = Name ?? key } = pair as Readonly<Record<string, unknown>>;
  return typeof Key === 'string' && saysSecret(Key) ? 'secret' : 'nothing';
}

/** A name and its value as a list of two: `["DB_PASSWORD", "..."]`. */
const isSecretPair = ([name, , ...more]: readonly unknown[]) =>
  more.length === 0 && typeof name === 'string' && saysSecret(name);

const isValue = (name: string) => name === 'value' || name === 'Value';

function redactAt(value: unknown, meaning: Meaning, depth: number, name = ''): unknown {
  if (typeof value === 'string')
    return redactString(value, saysSecretText(name, value) ? 'secret' : meaning, depth);
  if (typeof value === 'number') return isSecretNumber(meaning, name) ? WITHHELD : value;
  if (value === null || typeof value !== 'object') return value;
  if (depth > DEEPEST) return TOO_DEEP;
  if (Array.isArray(value)) {
    const innerMeaning = isSecretPair(value) ? 'secret' : meaning;
    return value.map((item, at) => redactAt(item, at === 1 ? innerMeaning : meaning, depth + 1, name));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const innerMeaning = meaningOfName(
        key,
        isValue(key) && meaning !== 'secret' ? meaningOfPair(value) : meaning,
      );
      return [withholdSecretsIn(key), redactAt(inner, innerMeaning, depth + 1, key)];
    }),
  );
}

/** Redacts a structure in which every name counts: outputs, settings, feature flags, environment variables. */
export const redactValue = (value: unknown): unknown => redactAt(value, 'nothing', 0);

/** Redacts the members of a structure: structures by their own contents, all other members by their names. */
const eachOf = (value: Json, outer: Meaning, redact: (inner: Json, meaning: Meaning) => unknown): unknown =>
  Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const innerMeaning = meaningOfName(name, outer);
      return [
        withholdSecretsIn(name),
        isObject(inner) ? redact(inner, innerMeaning) : redactAt(inner, innerMeaning, 0, name),
      ];
    }),
  );

/** Redacts an amplify-meta or backend-config, in which the names of categories and resources do not count. */
export const redactMeta = (meta: unknown): unknown =>
  isObject(meta)
    ? eachOf(meta, 'nothing', (resources, meaning) => eachOf(resources, meaning, redactValue))
    : redactValue(meta);

/** Redacts a structure whose names people chose, such as types and fields: only the look of a value counts. */
export function redactTexts(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return withholdSecretsIn(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth > DEEPEST) return TOO_DEEP;
  if (Array.isArray(value)) return value.map(item => redactTexts(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [withholdSecretsIn(name), redactTexts(inner, depth + 1)]),
  );
}
