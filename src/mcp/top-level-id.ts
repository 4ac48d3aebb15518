/**
 * Finds the id of a JSON-RPC message that cannot be parsed, because it is too long or not JSON. It scans the bytes as they
 * arrive and keeps almost none. In valid JSON it finds the same id as JSON.parse, unless the key `id` is written with escapes;
 * in other text it finds an id before the fault.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);
const blanks = new Set([0x20, 0x09, 0x0d, 0x0a]);
/** 1 for each byte that is part of JSON's structure; all other bytes only belong to a key or a value. */
const structural = new Uint8Array(256);
for (const byte of [QUOTE, BACKSLASH, COLON, COMMA, ...opening, ...closing]) structural[byte] = 1;

/** Bytes of a key or an id that are kept; no client uses longer ids. */
const LONGEST = 256;

/** Looks for `"id"` among the members of the outermost object. */
export class TopLevelId {
  #level = 0;
  #isText = false;
  #isEscaped = false;
  /** The bytes of the current key or value of the outermost object. */
  #word: number[] = [];
  #key: string | undefined;
  #found: string | undefined;

  /** Takes the next bytes of the message. */
  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += 1) {
      // Most bytes of a long message are neither structural nor kept, so they are skipped.
      if (!this.#isEscaped && !this.#hasRoom()) while (structural[bytes[at] ?? QUOTE] === 0) at += 1;
      const byte = bytes[at];
      if (byte !== undefined) this.#next(byte);
    }
  }

  /** The id; undefined where there is none that a response can carry. */
  get id(): string | number | undefined {
    // A message that breaks off after its id has not reached the comma that ends the value.
    const text = this.#found ?? (this.#key === 'id' && !this.#isText ? this.#text() : undefined);
    if (text === undefined) return undefined;
    try {
      const id: unknown = JSON.parse(text);
      return typeof id === 'string' || (typeof id === 'number' && Number.isFinite(id)) ? id : undefined;
    } catch {
      return undefined;
    }
  }

  #text(): string {
    return Buffer.from(this.#word).toString('utf8').trim();
  }

  /** Whether a byte of a word would be kept. */
  #hasRoom(): boolean {
    return this.#level === 1 && this.#word.length < LONGEST;
  }

  #keep(byte: number): void {
    if (this.#hasRoom()) this.#word.push(byte);
  }

  #next(byte: number): void {
    if (this.#isText) {
      this.#keep(byte);
      if (this.#isEscaped) this.#isEscaped = false;
      else if (byte === BACKSLASH) this.#isEscaped = true;
      else if (byte === QUOTE) this.#isText = false;
      return;
    }
    if (byte === QUOTE) {
      this.#keep(byte);
      this.#isText = true;
    } else if (opening.has(byte)) {
      this.#level += 1;
    } else if (closing.has(byte)) {
      if (this.#level === 1) this.#endMember();
      this.#level -= 1;
    } else if (this.#level === 1 && byte === COLON) {
      this.#key = this.#text().slice(1, -1);
      this.#word = [];
    } else if (this.#level === 1 && byte === COMMA) {
      this.#endMember();
    } else if (!blanks.has(byte)) {
      this.#keep(byte);
    }
  }

  #endMember(): void {
    if (this.#key === 'id') this.#found = this.#text();
    this.#key = undefined;
    this.#word = [];
  }
}
