/** Explains Zod issues to the sender of the value. The text never contains the value. */

/** The members of a Zod issue that are read here. */
export interface Issue {
  readonly code?: string | undefined;
  readonly expected?: unknown;
  /** The value; absent in an issue that was parsed from text, whose message names the received type. */
  readonly input?: unknown;
  readonly message?: string | undefined;
  readonly origin?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly values?: unknown;
  readonly format?: unknown;
}

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

/** How the words about a member that is missing begin. */
export const MISSING = 'missing or null';

const typeWords = (type: unknown) => types[String(type)] ?? 'another value';

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** The type that was received; `undefined` for a member that is missing. */
const receivedIn = ({ input, message = '' }: Issue) =>
  input === undefined ? (/received (\w+)$/.exec(message)?.[1] ?? 'undefined') : typeOf(input);

function sizeWords(origin: unknown, bound: string, size: unknown): string {
  if (origin === 'string') return `expected ${bound} ${size} character${size === 1 ? '' : 's'}`;
  if (origin === 'array' || origin === 'set') return `expected ${bound} ${size} item${size === 1 ? '' : 's'}`;
  return `expected ${bound} ${size}`;
}

/** The problem in words; undefined for issues whose own message is clear, such as unknown keys. */
export function issueWords(issue: Issue): string | undefined {
  const { code, expected, origin, minimum, maximum, values, format } = issue;
  if (code === 'invalid_type') {
    const received = receivedIn(issue);
    if (received === 'undefined' || received === 'null') return `${MISSING}; expected ${typeWords(expected)}`;
    if (expected === 'int') return 'expected a whole number';
    return `expected ${typeWords(expected)}, not ${typeWords(received)}`;
  }
  if (code === 'too_small') {
    const isEmpty = minimum === 1 && (origin === 'string' || origin === 'array');
    return isEmpty ? 'must not be empty' : sizeWords(origin, 'at least', minimum);
  }
  if (code === 'too_big') return sizeWords(origin, 'at most', maximum);
  if (code === 'invalid_value' && Array.isArray(values))
    return `expected ${values.length === 1 ? '' : 'one of '}${values.join(', ')}`;
  if (code === 'invalid_format')
    return format === 'url' ? 'expected a URL' : 'has another form than expected';
  if (code === 'invalid_key') return 'has a name that is not allowed';
  return code === 'invalid_union' ? 'has none of the expected forms' : undefined;
}
