/** Counts sessions, for each caller and in all, and orders the idle ones by how long they have been idle. */

interface Owned {
  readonly owner: { readonly callerId: string };
}

interface Group<Item> {
  size: number;
  /** In the order in which they became idle. */
  readonly idle: Set<Item>;
}

/** Counts in constant time. */
export class SessionCounts<Item extends Owned> {
  readonly #all: Group<Item> = { size: 0, idle: new Set() };
  readonly #byCaller = new Map<string, Group<Item>>();

  sizeOf(callerId: string): number {
    return this.#byCaller.get(callerId)?.size ?? 0;
  }

  /** The idle items of one caller or of all, the longest idle one first. */
  idle(callerId?: string): Iterable<Item> {
    return (callerId === undefined ? this.#all : this.#byCaller.get(callerId))?.idle ?? [];
  }

  add(item: Item, isIdle: boolean): void {
    const { callerId } = item.owner;
    const own = this.#byCaller.get(callerId) ?? { size: 0, idle: new Set() };
    this.#byCaller.set(callerId, own);
    for (const group of [this.#all, own]) group.size += 1;
    this.setIdle(item, isIdle);
  }

  setIdle(item: Item, isIdle: boolean): void {
    for (const group of this.#groupsOf(item)) {
      if (isIdle) group.idle.add(item);
      else group.idle.delete(item);
    }
  }

  remove(item: Item): void {
    this.setIdle(item, false);
    for (const group of this.#groupsOf(item)) group.size -= 1;
    if (this.sizeOf(item.owner.callerId) === 0) this.#byCaller.delete(item.owner.callerId);
  }

  #groupsOf({ owner: { callerId } }: Item): Group<Item>[] {
    const own = this.#byCaller.get(callerId);
    return own ? [this.#all, own] : [this.#all];
  }
}
