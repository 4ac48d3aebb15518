/** Splits stdin into lines of a bounded length. Of a longer line only its JSON-RPC id is kept. */
import { TopLevelId } from './top-level-id.ts';

const LINE_FEED = 0x0a;

/** A line without its line feed, or the id found in a line that is too long. */
export type Line = { readonly text: string } | { readonly tooLong: TopLevelId };

export class LineReader {
  readonly #longest: number;
  #kept: Buffer[] = [];
  #length = 0;
  #tooLong: TopLevelId | undefined;

  /** @param longest bytes of the longest line that is kept */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The lines that end within the next bytes. */
  *read(chunk: Buffer): Generator<Line> {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      this.#keep(chunk.subarray(from, end));
      from = end + 1;
      yield this.#take();
    }
    this.#keep(chunk.subarray(from));
  }

  /** The last line and its length in bytes, if stdin ended without a line feed. */
  end(): { readonly line: Line; readonly bytes: number } | undefined {
    const bytes = this.#length;
    return bytes === 0 ? undefined : { line: this.#take(), bytes };
  }

  #keep(bytes: Buffer): void {
    this.#length += bytes.length;
    if (!this.#tooLong && this.#length > this.#longest) {
      this.#tooLong = new TopLevelId();
      for (const kept of this.#kept) this.#tooLong.read(kept);
      this.#kept = [];
    }
    if (this.#tooLong) this.#tooLong.read(bytes);
    else if (bytes.length > 0) this.#kept.push(bytes);
  }

  #take(): Line {
    const line: Line = this.#tooLong
      ? { tooLong: this.#tooLong }
      : { text: Buffer.concat(this.#kept).toString('utf8') };
    this.#kept = [];
    this.#length = 0;
    this.#tooLong = undefined;
    return line;
  }
}
