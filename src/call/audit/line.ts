/**
 * The lines of the audit: one JSON object each, at most 4 KB long. Every character that a terminal or a reader of lines
 * could interpret is escaped.
 */
import { createHash } from 'node:crypto';
import type { ErrorCode } from '../../errors.ts';
import type { PlannedRequest } from '../authorize/plan.ts';

/** The caller of a write. */
export interface Caller {
  /** Names the caller in this server: `stdio`, `local`, or the key of a token's issuer and subject. */
  readonly key: string;
  /** What the client program calls itself, unchecked. */
  readonly client?: string | undefined;
  /** Claims of the caller's token. */
  readonly sub?: string | undefined;
  readonly email?: string | undefined;
  readonly preferred_username?: string | undefined;
  readonly name?: string | undefined;
}

/** The person behind a caller. */
export interface Person {
  readonly who: string;
  /** Claims of the person's token. */
  readonly claims?: Omit<Caller, 'key' | 'client'>;
}

/** The facts in both lines of a write. */
export interface WriteFacts {
  /** The person, by the best name that is known. */
  readonly who: string;
  readonly caller: Caller;
  readonly tool: string;
  readonly account: string;
  readonly arn?: string | undefined;
  readonly region: string;
  readonly target?: string | undefined;
  /** The id of the request to this server, which its log has too. */
  readonly serverRequestId?: string | undefined;
}

/** What is known before the write; secrets are withheld in it. */
export interface Attempt extends WriteFacts {
  readonly request: PlannedRequest;
  /** How it came to be allowed. */
  readonly decision: string;
}

/** The result of a write. */
export interface Result {
  /** `unknown`: it may have been done. `not_sent`: it was not sent. A code: AWS refused it, or sending failed. */
  readonly outcome: 'ok' | 'unknown' | 'not_sent' | ErrorCode;
  /** Why the outcome is unknown, or why the write was not sent. */
  readonly reason?: string | undefined;
  /** AWS's own id of the request. */
  readonly requestId?: string | undefined;
  readonly jobId?: string | undefined;
}

/** The longest line, its newline included: one page, which a single `write` appends as a whole. */
export const MAX_LINE_BYTES = 4_096;
/** The longest text, as JSON; ARNs and paths are longer than names by nature. */
const MAX_TEXT_BYTES = 256;
const MAX_LONG_TEXT_BYTES = 640;
const START_BYTES = 64;
/** A longer text of a request's body is recorded by its digest. */
const MAX_BODY_TEXT = 200;

const isObject = (value: unknown): value is object => value !== null && typeof value === 'object';
const bytesOf = (value: unknown) => Buffer.byteLength(toJson(value));

/** Controls, format characters (bidi, zero width) and line separators, which JSON does not escape. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const escapeUnits = (text: string) =>
  text
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** JSON on one line, with invisible characters escaped. */
function toJson(value: unknown): string {
  return JSON.stringify(value).replace(invisible, escapeUnits);
}

/** A text, cut at a bound. @param most bytes as JSON */
function cut(text: string, most: number): string {
  let kept = text.slice(0, most);
  if (kept.length === text.length && bytesOf(kept) <= most) return kept;
  while (bytesOf(`${kept}…`) > most) kept = kept.slice(0, Math.floor(kept.length * 0.8));
  return `${kept}…`;
}

const cutAll = <Facts extends object>(facts: Facts): Facts =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => {
      if (typeof value === 'string')
        return [name, cut(value, name === 'arn' ? MAX_LONG_TEXT_BYTES : MAX_TEXT_BYTES)];
      return [name, isObject(value) ? cutAll(value) : value];
    }),
  ) as Facts;

/** The digest of a long text, or of an object's JSON: enough to recognize it. */
function digestOf(value: unknown) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { length: text.length, sha256, start: cut(text.slice(0, START_BYTES), START_BYTES) };
}

/** A value with its long texts replaced by their digests. */
function shortenTexts(value: unknown): unknown {
  if (typeof value === 'string') return value.length <= MAX_BODY_TEXT ? value : digestOf(value);
  if (Array.isArray(value)) return value.map(shortenTexts);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shortenTexts(inner)]));
}

/** A body in at most `most` bytes: its long texts as digests, else its long members, else all of it. */
function shortenBody(body: object, most: number): object {
  const texts = shortenTexts(body) as object;
  if (bytesOf(texts) <= most) return texts;
  const members = Object.fromEntries(
    Object.entries(texts).map(([name, inner]) => [
      name,
      bytesOf(inner) <= MAX_TEXT_BYTES ? inner : digestOf((body as Record<string, unknown>)[name]),
    ]),
  );
  return bytesOf(members) <= most ? members : digestOf(body);
}

/** Identifies a line. */
interface Head {
  readonly time: string;
  /** The same in both lines of a write. */
  readonly id: string;
}

/** The line before a write. */
export function attemptLine({ time, id }: Head, { request, ...facts }: Attempt): string {
  const { body, path, ...rest } = request;
  const common = { time, phase: 'attempt', id, ...cutAll(facts) };
  const planned = { ...cutAll(rest), path: cut(path, MAX_LONG_TEXT_BYTES) };
  const withBody = (shown: object) => ({ ...common, request: { ...planned, body: shown } });
  const room = MAX_LINE_BYTES - bytesOf(withBody({})) - 1;
  return `${toJson(withBody(shortenBody(body, room)))}\n`;
}

/** The line after a write. It repeats caller and target, so that it can be read alone. */
export function resultLine({ time, id }: Head, facts: WriteFacts, result: Result): string {
  return `${toJson({ time, phase: 'result', id, ...cutAll(facts), ...cutAll(result) })}\n`;
}
