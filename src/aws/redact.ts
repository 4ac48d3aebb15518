/**
 * Keeps secrets inside: what AWS marks as sensitive, the outputs that are known to be secret although AWS
 * does not mark them, and anything in free text that looks like a key or repeats a secret of the request.
 */
import { RegisteredError } from '../errors.ts';
import { quoteName } from '../lib/quote.ts';
import { elementOf, isSensitive, membersOf, type SdkSchema } from '../operations/wire.ts';
import { isReference } from './secrets.ts';

/** What stands in place of a secret value. It is refused as an argument, so it can never be written back. */
export const WITHHELD = '[withheld]';

/** Secret members that the SDK's runtime schemas do not mark. */
const unmarkedSecrets = new Set(['challengeCode']);

/** Keys of amplify-meta whose values are secrets: `GraphQLAPIKeyOutput`, `AppClientSecret`, `hostedUIProviderCreds` ... */
const secretKey = /secret|api_?key|private_?key|creds$|credential|password(?!p)/i;

/** Keys as they look inside free text. */
const secretText = new RegExp(
  [
    // AppSync API keys, AWS access keys, PEM private keys.
    'da2-[a-z0-9]{26}',
    '\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b',
    '-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)',
    // Where a signature is wrong, AWS repeats the headers that it should cover, and this one is a credential.
    '(?<=[Xx]-[Aa]mz-[Ss]ecurity-[Tt]oken\\s*[:=]\\s*)[A-Za-z0-9+/=%_-]+',
  ].join('|'),
  'g',
);

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

/** Withholds, in free text, what looks like a key and the given secret values. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  return secrets
    .reduce((result, secret) => result.replaceAll(secret, WITHHELD), text)
    .replace(secretText, WITHHELD);
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
