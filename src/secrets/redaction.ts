/**
 * Withholds secrets by AWS's own schemas: the members that they mark as sensitive, and in all other texts what looks like
 * a secret (`lib/secret-values.ts`) or repeats a secret of the request.
 */
import { ServerError } from '../errors.ts';
import { occurrencesOf } from '../lib/find-occurrences.ts';
import { quoteName } from '../lib/quote.ts';
import { isPublicMember } from '../lib/secret-names.ts';
import { withholdSecretsIn } from '../lib/secret-values.ts';
import { isWithheld, WITHHELD } from '../lib/withheld-mark.ts';
import { elementOf, isSensitive, membersOf, type SdkSchema } from '../operations/wire.ts';
import { isReference } from './references.ts';

/** Secret members that the SDK's runtime schemas do not mark. */
const unmarkedSecrets = new Set(['challengeCode']);

function withholdLeaves(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withholdLeaves);
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withholdLeaves(inner)]));
  return value === undefined || value === null ? value : WITHHELD;
}

/**
 * Withholds the contents of a marked structure, except references, which show which secret is meant, and public ids of
 * social providers, which tell two providers apart.
 */
function withholdMembers(value: unknown, name = ''): unknown {
  if (isReference(value)) return value;
  if (typeof value === 'string' && isPublicMember(name)) return redactText(value);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return withholdLeaves(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withholdMembers(inner, key)]));
}

/** Withholds what AWS's schema marks and what looks like a secret, in a value in the REST API's spelling. */
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

/** A part of a text. The end is exclusive. */
type Span = readonly [start: number, end: number];

const spansOfSecret = (text: string, secret: string) =>
  occurrencesOf(text, secret).map((at): Span => [at, at + secret.length]);

/** A text without the given secrets. All of them are searched in the original text, never in a mark. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  const spans = secrets.flatMap(secret => spansOfSecret(text, secret));
  const parts: string[] = [];
  let end = 0;
  for (const [from, to] of spans.sort(([a], [b]) => a - b)) {
    // Overlapping spans are withheld as one.
    if (from >= end) parts.push(text.slice(end, from), WITHHELD);
    end = Math.max(end, to);
  }
  return [...parts, text.slice(end)].join('');
}

/**
 * Withholds the given secret values in free text, and then what looks like a secret. The other order could cut a given
 * secret in two, and its rest would not be found.
 */
export const redactText = (text: string, secrets: readonly string[] = []): string =>
  withholdSecretsIn(withoutSecrets(text, secrets));

/** The secret values in a request, longest first, for redacting error texts. */
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
 * Refuses arguments that hold the mark of a withheld secret: written back, the mark would replace the secret.
 * @throws invalid_arguments naming the member
 */
export function refuseWithheldValues(value: unknown, path: readonly string[] = []): void {
  if (isWithheld(value)) {
    throw new ServerError('invalid_arguments', {
      message: `${quoteName(path.join('.'))} holds the placeholder of a withheld secret, not a value; nothing was sent to AWS.`,
      hint: 'Leave that member out to keep the stored value, or ask the person how to supply the secret.',
    });
  }
  if (value !== null && typeof value === 'object')
    for (const [key, inner] of Object.entries(value)) refuseWithheldValues(inner, [...path, key]);
}
