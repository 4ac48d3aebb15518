/** A map that keeps what was used last, and no more than so many. */

/** A bounded map: what comes in makes the entry leave that nobody has used for longest. */
export class LruMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #most: number;

  /** @param most how many are kept */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key, which counts as used now. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (this.#entries.delete(key)) this.#entries.set(key, value as Value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= this.#most) this.#entries.delete(oldest as Key);
    this.#entries.set(key, value);
  }

  /** The value of a key, made where there is none yet. */
  getOrCreate(key: Key, make: () => Value): Value {
    if (!this.#entries.has(key)) this.set(key, make());
    return this.get(key) as Value;
  }
}
