/** A bounded map. A new entry evicts the entry that was used least recently. */
export class LruMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #most: number;

  /** @param most how many entries are kept */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key. Reading it counts as a use. */
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

  /** The value of a key, created where there is none yet. */
  getOrCreate(key: Key, create: () => Value): Value {
    if (!this.#entries.has(key)) this.set(key, create());
    return this.get(key) as Value;
  }
}
