/**
 * The bodies of requests: how much of those that are still arriving the process keeps, and what of a whole one is
 * taken for a message. What is refused here reaches nothing that could be worn out by it.
 */
import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';

/** A refusal, by its status. */
class Refused extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** What one body may take where there is no more room: the messages of most callers are no longer. */
const SMALL_BYTES = 16_384;

/** The room for bodies that are still arriving. */
export interface Arrivals {
  /** Counts what comes of one, and fails it where there is no more room. @returns the body, to be read there */
  count(request: IncomingMessage): Readable;
}

/** Makes it. @param mostBytes of all bodies together; small ones come on top */
export function createArrivals(mostBytes: number): Arrivals {
  let held = 0;
  return {
    count(request) {
      // Node holds it to that.
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
          if (held > mostBytes && own > SMALL_BYTES) done(new Refused(503, 'The server is busy'));
          else done(null, chunk);
        },
      });
      counted.once('end', release).once('error', release);
      request.once('close', release);
      return request.pipe(counted);
    },
  };
}

/** Nothing that is asked of this server nests nearly as deep, and much that handles it goes down with it. */
const MOST_LEVELS = 100;
/** More than any tool takes; each is looked at several times before a tool sees it. */
const MOST_VALUES = 30_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);
const COMMA = 0x2c;

/** What JSON has too much of, seen without building any of it; undefined where it has not. */
function excessOf(json: Uint8Array): string | undefined {
  let level = 0;
  let commas = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] as number;
    if (byte === QUOTE) isText = !isText;
    else if (isText && byte === BACKSLASH) at += 1;
    else if (isText) continue;
    else if (closing.has(byte)) level -= 1;
    else if (opening.has(byte) && ++level > MOST_LEVELS) return `nests deeper than ${MOST_LEVELS} levels`;
    else if (byte === COMMA && ++commas >= MOST_VALUES) return `has more than ${MOST_VALUES} values`;
  }
  return undefined;
}

/** The text of a body. @throws where it is no UTF-8, or what no message of the protocol is */
export function textOf(body: Uint8Array): string {
  const excess = excessOf(body);
  if (excess !== undefined) throw new Refused(400, `The body ${excess}`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new Refused(400, 'The body is no UTF-8');
  }
  // One request that were many calls would be counted, and looked at for its scope, as one.
  if (text.trimStart().startsWith('[')) throw new Refused(400, 'The body is more than one message');
  return text;
}
