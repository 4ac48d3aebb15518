/**
 * Reads the documents of an Amplify project, as text or already parsed. A text that is not JSON is unreadable, with a
 * reason that a person can act on. It never counts as an empty document.
 */

import { isObject, type Json } from '../lib/json.ts';
import { redactValue } from '../lib/redact.ts';
import { withholdSecretsIn } from '../lib/secret-values.ts';
import { lengthReason, truncationMark, truncationReason } from '../lib/truncation.ts';

/** A document that cannot be read. */
export interface Unreadable {
  readonly state: 'unreadable';
  /** What is wrong, as a clause to follow its name: "amplifyMetaConfig holds an unresolved merge conflict (line 3)". */
  readonly why: string;
  /** How it begins, at most 80 characters, secrets withheld. Foreign text: quote it before it is shown. */
  readonly start: string;
}

/** A document, without its secrets. */
export type Document = { readonly state: 'read'; readonly value: Json };

/** A document, none, or one that cannot be read. */
export type Reading = Document | { readonly state: 'absent' } | Unreadable;

const LONGEST_START = 80;
/** How many characters are read to recognize the kind of a text. */
const HEAD = 4_000;

const unreadable = (text: string, why: string): Unreadable => ({
  state: 'unreadable',
  why,
  start: withholdSecretsIn(text.slice(0, HEAD)).slice(0, LONGEST_START),
});

/** The beginnings of encrypted texts, by the tool that encrypts. */
const encryptions: readonly (readonly [string, string])[] = [
  ['\0GITCRYPT', 'git-crypt'],
  ['$ANSIBLE_VAULT', 'Ansible Vault'],
  ['-----BEGIN PGP MESSAGE', 'PGP'],
  ['-----BEGIN AGE ENCRYPTED', 'age'],
  ['age-encryption.org', 'age'],
];

const lineAt = (text: string, index: number) => text.slice(0, index).split('\n').length;

/** What makes a text invalid as JSON, with the line; undefined where that was not recognized. */
function faultIn(text: string): string | undefined {
  let isInString = false;
  let comma = -1;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isInString) {
      if (character === '\\') at += 1;
      else if (character === '"') isInString = false;
      continue;
    }
    if (character === '"') isInString = true;
    if (character === '/' || character === '#') return `holds a comment (line ${lineAt(text, at)})`;
    if ((character === '}' || character === ']') && comma >= 0)
      return `has a comma too many (line ${lineAt(text, comma)})`;
    if (character === ',') comma = at;
    else if (character !== undefined && character.trim() !== '') comma = -1;
  }
  return isInString ? 'ends within a string' : undefined;
}

/** Why a text is not JSON. */
function whyNotJson(text: string): string {
  const encryption = encryptions.find(([start]) => text.startsWith(start));
  if (encryption) return `is encrypted (${encryption[1]})`;
  const head = text.slice(0, HEAD).trimStart();
  if (head.includes('\0') || head.includes('\ufffd')) return 'is not a text: it is encrypted or binary';
  if (head.startsWith('<') && !head.startsWith('<<<<<<<')) return 'is a page of HTML or XML, not JSON';
  const conflict = /^<{7}(?: |\r?$)|^>{7}(?: |\r?$)/m.exec(text);
  if (conflict) return `holds an unresolved merge conflict (line ${lineAt(text, conflict.index)})`;
  if (!head.startsWith('{')) return 'is not JSON';
  return `is not JSON: it ${faultIn(text) ?? 'breaks off, or a sign is missing'}`;
}

/** SOPS encrypts only the values and adds a member of its own. */
const isSops = ({ sops }: Json) => isObject(sops) && Object.hasOwn(sops, 'mac');

/** Withholds the secrets of a document. */
type Redact = (value: unknown) => unknown;

function fromValue(value: unknown, text: string, redact: Redact): Document | Unreadable {
  if (Array.isArray(value)) return unreadable(text, 'is a list, not an object');
  if (!isObject(value))
    return unreadable(text, `is JSON, but not an object: a ${value === null ? 'null' : typeof value}`);
  if (isSops(value)) return unreadable(text, 'is encrypted (SOPS)');
  return { state: 'read', value: redact(value) as Json };
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** The text without a byte order mark, which the Amplify CLI ignores too. */
const withoutMark = (text: string) => (text.startsWith('\ufeff') ? text.slice(1) : text);

/** Characters of the longest document that is read: the largest metas have some 100 KB. */
export const LONGEST_META = 1_000_000;
export const LONGEST_SETTINGS = 200_000;
/** The parser that accepts comments is slow. */
const LONGEST_COMMENTED = 100_000;

/** A document cut at the bound, with its original length in the mark. */
export const boundedText = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, HEAD)}… ${truncationMark(lengthReason(text.length, most))}` : text;

/** What is wrong with a text before parsing; the text itself where it may be JSON. */
function textOrReading(given: unknown, redact: Redact, most: number): string | Reading {
  if (given === undefined || given === null) return { state: 'absent' };
  if (typeof given !== 'string') return fromValue(given, '', redact);
  const text = withoutMark(given);
  if (text.length > most) return unreadable(text, lengthReason(text.length, most));
  const cut = truncationReason(text);
  if (cut !== undefined) return unreadable(text, cut);
  return text.trim() === '' ? unreadable(text, 'is empty') : text;
}

/** Reads strict JSON, as an amplify-meta has to be. @param given the text, or what was parsed of it */
export function readJson(given: unknown, redact: Redact = redactValue, most: number = LONGEST_META): Reading {
  const text = textOrReading(given, redact, most);
  if (typeof text !== 'string') return text;
  const parsed = parse(text);
  if (!parsed) return unreadable(text, whyNotJson(text));
  // Some clients encode the answer twice, as a JSON text within a JSON text.
  const inner = typeof parsed.value === 'string' ? parse(parsed.value) : undefined;
  return fromValue(inner?.value ?? parsed.value, text, redact);
}

/**
 * Reads JSON with comments, as `cli.json` and `backend-config.json` may be: with hjson, as the Amplify CLI does
 * (`amplify-cli-core/src/jsonUtilities.ts`), but only where it is not strict JSON, because hjson guesses.
 */
export async function readCommentedJson(given: unknown, redact: Redact = redactValue): Promise<Reading> {
  const strict = readJson(given, redact, LONGEST_SETTINGS);
  if (strict.state !== 'unreadable' || typeof given !== 'string') return strict;
  const text = withoutMark(given);
  if (text.length > LONGEST_SETTINGS || truncationReason(text) !== undefined) return strict;
  if (!text.trimStart().startsWith('{') && !/^\s*(?:\/|#)/.test(text)) return strict;
  if (text.length > LONGEST_COMMENTED)
    return unreadable(text, `is not plain JSON, and ${lengthReason(text.length, LONGEST_COMMENTED)}`);
  const { default: hjson } = await import('hjson');
  try {
    return fromValue(hjson.parse(text), text, redact);
  } catch {
    return strict;
  }
}
