/** Holds the beginning of an answer back for a moment, so that a short answer is sent in one piece. */
import type { ServerResponse } from 'node:http';
import { isObject } from '../lib/json.ts';

/** Receives the parts of an answer. */
export interface Parts {
  /** @returns whether the next part may follow at once; otherwise wait until the response has drained */
  write(part: Uint8Array): boolean;
  /** Ends the answer. */
  end(): void;
}

/** Holds the first parts back. */
export interface BufferedParts extends Parts {
  /** Discards the parts that are still held; they are never written. */
  discard(): void;
}

/**
 * How long parts are held, in milliseconds: most calls are answered within it, and so short a delay does not matter to
 * the first messages of a longer call.
 */
const KEEP_MS = 100;
/** How many bytes are held. */
const KEEP_BYTES = 65_536;

const PRIMING = Buffer.from('id: ');
const MESSAGE = Buffer.from('event: message\n');
const WITH_ID = Buffer.from('event: message\nid: ');
const DATA = Buffer.from('\ndata: ');
const LINE_FEED = 0x0a;
const startsWith = (part: Uint8Array, beginning: Buffer) =>
  beginning.equals(part.subarray(0, beginning.length));

/**
 * An event without its id; of the event that only opens a stream nothing is left. Nobody can lose a part of an answer that
 * is sent in one piece, and a client that sees ids may come back for more of a stream that has ended.
 */
function withoutId(part: Uint8Array): Uint8Array {
  if (startsWith(part, PRIMING)) return part.subarray(0, 0);
  if (!startsWith(part, WITH_ID)) return part;
  const end = part.indexOf(LINE_FEED, WITH_ID.length);
  return Buffer.concat([part.subarray(0, WITH_ID.length - 'id: '.length), part.subarray(end + 1)]);
}

/** Whether an event carries the response to its request. A stream can end before, and its client comes back by an id. */
function holdsResponse(part: Uint8Array): boolean {
  const event = Buffer.from(part);
  if (!startsWith(part, MESSAGE)) return false;
  const message: unknown = JSON.parse(event.toString('utf8', event.indexOf(DATA) + DATA.length));
  return isObject(message) && ('result' in message || 'error' in message);
}

/** Buffers the parts of one answer. @param writeHead writes the head, with additional fields */
export function bufferStart(
  res: ServerResponse,
  writeHead: (fields: Readonly<Record<string, number>>) => void,
): BufferedParts {
  /** Undefined once the beginning was sent. */
  let kept: Uint8Array[] | undefined = [];
  let bytes = 0;
  const timer = setTimeout(release, KEEP_MS);

  function take(): Uint8Array {
    clearTimeout(timer);
    const beginning = Buffer.concat(kept ?? []);
    kept = undefined;
    return beginning;
  }

  function release(): boolean {
    writeHead({});
    return res.write(take());
  }

  return {
    write(part) {
      if (!kept) return res.write(part);
      kept.push(part);
      bytes += part.length;
      return bytes < KEEP_BYTES || release();
    },
    end() {
      if (!kept) return void res.end();
      if (kept.some(holdsResponse)) kept = kept.map(withoutId);
      const whole = take();
      writeHead({ 'content-length': whole.length });
      res.end(whole);
    },
    discard() {
      clearTimeout(timer);
      kept = undefined;
    },
  };
}
