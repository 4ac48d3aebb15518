/** Resources that are expensive to create and to keep: created on first use, released while unused. */

/** One such resource. */
export class OnDemand<Resource> {
  readonly #create: () => Promise<Resource>;
  readonly #end: (resource: Resource) => void;
  #created: Promise<Resource> | undefined;
  #uses = 0;

  /** @param end closes a resource that is released */
  constructor(create: () => Promise<Resource>, end: (resource: Resource) => void) {
    this.#create = create;
    this.#end = end;
  }

  /** Runs a function with the resource. If creating it fails, the next use tries again. @throws as `create` and `run` */
  async use<Answer>(run: (resource: Resource) => Promise<Answer>): Promise<Answer> {
    this.#uses += 1;
    try {
      this.#created ??= this.#create().catch(thrown => {
        this.#created = undefined;
        throw thrown;
      });
      return await run(await this.#created);
    } finally {
      this.#uses -= 1;
    }
  }

  /** Closes the resource, unless it is in use. */
  release(): void {
    const created = this.#created;
    if (this.#uses > 0 || !created) return;
    this.#created = undefined;
    void created.then(this.#end);
  }
}
