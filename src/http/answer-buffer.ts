/** Keeps the beginning of an answer back for a moment, so that a short one leaves in one piece. */
import type { ServerResponse } from 'node:http';

/** Where the parts of an answer go. */
export interface Parts {
  /** @returns whether there may be more at once; otherwise the response drains first */
  write(part: Uint8Array): boolean;
  /** Ends the answer. */
  end(): void;
}

/** Parts that are kept at first. */
export interface BufferedParts extends Parts {
  /** Gives up what is still kept: nothing of it is written any more. */
  discard(): void;
}

/**
 * How long, in milliseconds: most calls are answered by then, and what a longer one says meanwhile is not felt to be
 * late.
 */
const KEEP_MS = 100;
/** How much, in bytes. */
const KEEP_BYTES = 65_536;

/** Gathers the parts of one answer. @param writeHead writes the head, with further fields */
export function bufferStart(
  res: ServerResponse,
  writeHead: (fields: Readonly<Record<string, number>>) => void,
): BufferedParts {
  /** Undefined once the beginning has left. */
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
