/** A map with a limit: when it is full, a new entry replaces the least recently used one. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #most: number;

  /** @param most how many entries it holds */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  /** The value of a key, which thereby counts as used. */
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

  /** The value of a key, created if there is none yet. */
  getOrCreate(key: Key, make: () => Value): Value {
    if (!this.#entries.has(key)) this.set(key, make());
    return this.get(key) as Value;
  }

  delete(key: Key): boolean {
    return this.#entries.delete(key);
  }

  /** All values, the least recently used first. */
  values(): IterableIterator<Value> {
    return this.#entries.values();
  }
}
