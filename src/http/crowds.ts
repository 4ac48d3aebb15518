/** How many sessions there are, of each caller and of all, and which of them has been idle for longest. */

/** Something of a caller's that is in use or idle. */
interface Owned {
  readonly owner: { readonly who: string };
}

interface Crowd<One> {
  size: number;
  /** In the order in which they became idle. */
  readonly idle: Set<One>;
}

/** All of them, counted in constant time. */
export class Crowds<One extends Owned> {
  readonly #all: Crowd<One> = { size: 0, idle: new Set() };
  readonly #byCaller = new Map<string, Crowd<One>>();

  sizeOf(who: string): number {
    return this.#byCaller.get(who)?.size ?? 0;
  }

  /** Those of a caller's, or of all, that are idle, the one first that has been so for longest. */
  idle(who?: string): Iterable<One> {
    return (who === undefined ? this.#all : this.#byCaller.get(who))?.idle ?? [];
  }

  /** It is there from now on. */
  enter(one: One, isIdle: boolean): void {
    const own = this.#byCaller.get(one.owner.who) ?? { size: 0, idle: new Set() };
    this.#byCaller.set(one.owner.who, own);
    for (const crowd of [this.#all, own]) crowd.size += 1;
    this.setIdle(one, isIdle);
  }

  setIdle(one: One, isIdle: boolean): void {
    for (const crowd of this.#crowdsOf(one)) {
      if (isIdle) crowd.idle.add(one);
      else crowd.idle.delete(one);
    }
  }

  /** It is gone. */
  leave(one: One): void {
    this.setIdle(one, false);
    for (const crowd of this.#crowdsOf(one)) crowd.size -= 1;
    if (this.sizeOf(one.owner.who) === 0) this.#byCaller.delete(one.owner.who);
  }

  #crowdsOf({ owner: { who } }: One): Crowd<One>[] {
    const own = this.#byCaller.get(who);
    return own ? [this.#all, own] : [this.#all];
  }
}
