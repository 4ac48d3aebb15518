/**
 * Bounds on the bodies of requests: how many bytes of arriving bodies the process holds, and which whole bodies are
 * accepted as a message. An excessive body is refused before anything parses it.
 */
import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { repeatsDryRun } from '../lib/json.ts';

/** A refusal with its HTTP status. */
class BodyRefusal extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** A body up to this size is accepted even when the budget is used up. Most messages are shorter. */
const SMALL_BYTES = 16_384;

/** Bounds how many bytes of arriving bodies the process holds. */
export interface BodyBudget {
  /** Counts the bytes of a body as they arrive, and fails the body when the budget is used up. @returns the body to read */
  count(request: IncomingMessage): Readable;
}

/** @param mostBytes the most bytes of all arriving bodies together; small bodies come on top */
export function createBodyBudget(mostBytes: number): BodyBudget {
  let held = 0;
  return {
    count(request) {
      // Node never reads more than the declared length.
      if (Number(request.headers['content-length']) <= SMALL_BYTES) return request;
      let own = 0;
      const release = () => {
        held -= own;
        own = 0;
      };
      const counted = new Transform({
        transform(chunk: Buffer, _, done) {
          own += chunk.length;
          held += chunk.length;
          if (held > mostBytes && own > SMALL_BYTES) done(new BodyRefusal(503, 'The server is busy'));
          else done(null, chunk);
        },
      });
      counted.once('end', release).once('error', release);
      request.once('close', release);
      return request.pipe(counted);
    },
  };
}

/** Far deeper than the arguments of any tool; recursive code could overflow its stack on deeper ones. */
const MOST_LEVELS = 100;
/** More than any tool takes; each value is checked several times before a tool gets it. */
const MOST_VALUES = 30_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);
const COMMA = 0x2c;

/** The end of a JSON string: the next unescaped quote. `indexOf` finds it fast, and long bodies consist mostly of strings. */
function endOfText(json: Uint8Array, start: number): number {
  for (let at = json.indexOf(QUOTE, start); at >= 0; at = json.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (json[at - backslashes - 1] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return json.length;
}

/** Which bound the JSON exceeds, found without parsing it; undefined if it exceeds none. */
function excessOf(json: Uint8Array): string | undefined {
  let level = 0;
  let commas = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] as number;
    if (byte === QUOTE) at = endOfText(json, at + 1);
    else if (closing.has(byte)) level -= 1;
    else if (opening.has(byte) && ++level > MOST_LEVELS) return `nests deeper than ${MOST_LEVELS} levels`;
    else if (byte === COMMA && ++commas >= MOST_VALUES) return `has more than ${MOST_VALUES} values`;
  }
  return undefined;
}

/** The text of a body. @throws BodyRefusal if it is not UTF-8, exceeds a bound, or holds more than one message */
export function textOf(body: Uint8Array): string {
  const excess = excessOf(body);
  if (excess !== undefined) throw new BodyRefusal(400, `The body ${excess}`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new BodyRefusal(400, 'The body is not UTF-8');
  }
  // A batch of calls would be rate-limited and checked for its scope as a single call.
  if (text.trimStart().startsWith('['))
    throw new BodyRefusal(400, 'The body is a batch. Send each message in a request of its own');
  if (repeatsDryRun(text))
    throw new BodyRefusal(
      400,
      'The body names dryRun more than once, so that it may mean a plan or a write. Name it once',
    );
  return text;
}
