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
 * How long parts are held, in milliseconds. Most calls are answered within this time, and the first messages of a longer call
 * may be late by as much.
 */
const HOLD_MS = 100;
/** How many bytes are held. */
const HOLD_BYTES = 65_536;

const PRIMING = Buffer.from('id: ');
const MESSAGE = Buffer.from('event: message\n');
const WITH_ID = Buffer.from('event: message\nid: ');
const DATA = Buffer.from('\ndata: ');
const LINE_FEED = 0x0a;
const startsWith = (part: Uint8Array, beginning: Buffer) =>
  beginning.equals(part.subarray(0, beginning.length));

/**
 * Removes the id from an event, and all of the event that only opens a stream. An answer that is sent in one piece needs no
 * ids, since no part of it can be lost; and a client that sees an id may try to resume the stream after its end.
 */
function withoutId(part: Uint8Array): Uint8Array {
  if (startsWith(part, PRIMING)) return part.subarray(0, 0);
  if (!startsWith(part, WITH_ID)) return part;
  const end = part.indexOf(LINE_FEED, WITH_ID.length);
  return Buffer.concat([part.subarray(0, WITH_ID.length - 'id: '.length), part.subarray(end + 1)]);
}

/** Whether an event carries the response to its request. A stream that ended without it can be resumed by an event's id. */
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
  let held: Uint8Array[] | undefined = [];
  let bytes = 0;
  const timer = setTimeout(release, HOLD_MS);

  function take(): Uint8Array {
    clearTimeout(timer);
    const beginning = Buffer.concat(held ?? []);
    held = undefined;
    return beginning;
  }

  function release(): boolean {
    writeHead({});
    return res.write(take());
  }

  return {
    write(part) {
      if (!held) return res.write(part);
      held.push(part);
      bytes += part.length;
      return bytes < HOLD_BYTES || release();
    },
    end() {
      if (!held) return void res.end();
      if (held.some(holdsResponse)) held = held.map(withoutId);
      const whole = take();
      writeHead({ 'content-length': whole.length });
      res.end(whole);
    },
    discard() {
      clearTimeout(timer);
      held = undefined;
    },
  };
}
