/**
 * Keeps secrets inside: what AWS marks as sensitive, the outputs that are known to be secret although AWS
 * does not mark them, and anything in free text that looks like a key or repeats a secret of the request.
 */
import { RegisteredError } from '../errors.ts';
import { occurrencesOf } from '../lib/occurrences.ts';
import { quoteName } from '../lib/quote.ts';
import { elementOf, isSensitive, membersOf, type SdkSchema } from '../operations/wire.ts';
import { isReference } from './secrets.ts';

/** What stands in place of a secret value. It is refused as an argument, so it can never be written back. */
export const WITHHELD = '[withheld]';

/** Secret members that the SDK's runtime schemas do not mark. */
const unmarkedSecrets = new Set(['challengeCode']);

/** Keys of amplify-meta whose values are secrets: `GraphQLAPIKeyOutput`, `AppClientSecret`, `hostedUIProviderCreds` ... */
const secretKey = /secret|api_?key|private_?key|creds$|credential|password(?!p)/i;

/** Keys as they look inside free text: AppSync API keys, AWS access keys. */
const keyTexts = [/da2-[a-z0-9]{26}/g, /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g];

/** What a PEM private key begins and ends with. */
const privateKeyBegin = /-----BEGIN [A-Z ]*PRIVATE KEY-----/g;
const privateKeyEnd = /-----END [A-Z ]*PRIVATE KEY-----/g;

/** Where a signature is wrong, AWS repeats the headers that it should cover; the value of this one is a credential. */
const sessionToken = /x-amz-security-token\s*[:=]\s*([A-Za-z0-9+/=%_-]+)/gi;

function withholdLeaves(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withholdLeaves);
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withholdLeaves(inner)]));
  return value === undefined || value === null ? value : WITHHELD;
}

/** Withholds what a marked structure holds, but keeps references: a plan and the audit say which secret is meant. */
function withholdMembers(value: unknown): unknown {
  if (isReference(value)) return value;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return withholdLeaves(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withholdMembers(inner)]));
}

/** Withholds what AWS's schema marks and what looks like a key, in a value in the REST API's spelling. */
export function redactBySchema(schema: SdkSchema, value: unknown): unknown {
  if (isSensitive(schema)) return withholdMembers(value);
  if (typeof value === 'string') return redactText(value);
  const element = elementOf(schema);
  if (element !== undefined && Array.isArray(value)) return value.map(item => redactBySchema(element, item));
  const members = membersOf(schema);
  if (!members || value === null || typeof value !== 'object') return value;
  const byName = new Map(members.map(member => [member.wireName, member]));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const member = byName.get(name);
      if (unmarkedSecrets.has(name)) return [name, withholdLeaves(inner)];
      return [name, member ? redactBySchema(member.schema, inner) : inner];
    }),
  );
}

/** Withholds the known secret outputs in parsed JSON, and keys inside its strings. */
export function redactJson(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(redactJson);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      secretKey.test(key) ? withholdLeaves(inner) : redactJson(inner),
    ]),
  );
}

/** What stands in every text that a pattern above fits: most texts have none of it, and are looked at but once. */
const traces = /da2-|AKIA|ASIA|PRIVATE KEY|x-amz-security-token/i;

/** A part of a text: from its first character to the one after its last. */
type Span = readonly [start: number, end: number];

const spansOfSecret = (text: string, secret: string) =>
  occurrencesOf(text, secret).map((at): Span => [at, at + secret.length]);

/** A key without an end takes all that follows. */
function spansOfPrivateKeys(text: string): Span[] {
  const ends = [...text.matchAll(privateKeyEnd)].map(({ index, 0: end }) => index + end.length);
  const spans: Span[] = [];
  let next = 0;
  for (const { index: from } of text.matchAll(privateKeyBegin)) {
    while ((ends[next] ?? text.length) <= from) next += 1;
    spans.push([from, ends[next] ?? text.length]);
  }
  return spans;
}

function spansOfKeys(text: string): Span[] {
  if (!traces.test(text)) return [];
  const found = (pattern: RegExp) => [...text.matchAll(pattern)];
  const keys = keyTexts.flatMap(found).map(({ index, 0: key }): Span => [index, index + key.length]);
  const tokens = found(sessionToken).map(({ index, 0: all, 1: token = '' }): Span => {
    const end = index + all.length;
    return [end - token.length, end];
  });
  return [...keys, ...spansOfPrivateKeys(text), ...tokens];
}

/**
 * Withholds, in free text, what looks like a key and the given secret values. All are looked for in the text as it
 * came, never in what was put in a secret's place: a secret such as "held" would make that grow with each round.
 */
export function redactText(text: string, secrets: readonly string[] = []): string {
  const spans = [...secrets.flatMap(secret => spansOfSecret(text, secret)), ...spansOfKeys(text)];
  if (spans.length === 0) return text;
  const parts: string[] = [];
  let end = 0;
  for (const [from, to] of spans.sort(([a], [b]) => a - b)) {
    // What overlaps was withheld as one.
    if (from >= end) parts.push(text.slice(end, from), WITHHELD);
    end = Math.max(end, to);
  }
  return [...parts, text.slice(end)].join('');
}

/** The secret values that a request carries, longest first, so that an error text can be cleared of them. */
export function secretsOf(schema: SdkSchema, value: unknown, inside = false): string[] {
  if (typeof value === 'string') return inside && value.length >= 4 ? [value] : [];
  const secret = inside || isSensitive(schema);
  const element = elementOf(schema);
  if (element !== undefined && Array.isArray(value))
    return value.flatMap(item => secretsOf(element, item, secret));
  if (value === null || typeof value !== 'object') return [];
  return (membersOf(schema) ?? [])
    .flatMap(member => secretsOf(member.schema, (value as Record<string, unknown>)[member.wireName], secret))
    .sort((left, right) => right.length - left.length);
}

/**
 * Refuses arguments that hold the placeholder: written back, it would replace the secret that it stands for.
 * @throws invalid_arguments naming the member
 */
export function refuseWithheld(value: unknown, path: readonly string[] = []): void {
  if (typeof value === 'string' && value.includes(WITHHELD)) {
    throw new RegisteredError('invalid_arguments', {
      message: `${quoteName(path.join('.'))} holds the placeholder of a withheld secret, not a value; nothing was sent to AWS.`,
      hint: 'Leave that member out to keep the stored value, or ask the person how to supply the secret.',
    });
  }
  if (value !== null && typeof value === 'object')
    for (const [key, inner] of Object.entries(value)) refuseWithheld(inner, [...path, key]);
}
