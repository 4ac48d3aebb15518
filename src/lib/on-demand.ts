/** Things that take much to make and to keep: made when they are first needed, and given back while nobody uses them. */

/** One such thing. */
export class OnDemand<Thing> {
  readonly #make: () => Promise<Thing>;
  readonly #end: (thing: Thing) => void;
  #made: Promise<Thing> | undefined;
  #uses = 0;

  /** @param end takes leave of one that is given back */
  constructor(make: () => Promise<Thing>, end: (thing: Thing) => void) {
    this.#make = make;
    this.#end = end;
  }

  /** Runs something with it. One that could not be made is made anew the next time. @throws as `make` and `run` */
  async use<Answer>(run: (thing: Thing) => Promise<Answer>): Promise<Answer> {
    this.#uses += 1;
    try {
      this.#made ??= this.#make().catch(thrown => {
        this.#made = undefined;
        throw thrown;
      });
      return await run(await this.#made);
    } finally {
      this.#uses -= 1;
    }
  }

  /** Gives it back, unless somebody uses it. */
  release(): void {
    const made = this.#made;
    if (this.#uses > 0 || !made) return;
    this.#made = undefined;
    void made.then(this.#end);
  }
}
