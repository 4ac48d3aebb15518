/** Values that are loaded once, when they are first needed. */

/** A value that is loaded when it is first needed, and shared by all who need it. */
export interface Lazy<Value> {
  /** Loads the value. After a failure the next call loads again. @throws as the load */
  get(): Promise<Value>;
  /** The value, if it is loaded. */
  readonly loaded: Value | undefined;
  /** The load, pending or done; undefined if none has begun. */
  readonly pending: Promise<Value> | undefined;
  /** Runs a function once the value is loaded. @returns cancels that or, if it has run, calls the function that it returned */
  whenLoaded(run: (value: Value) => () => void): () => void;
}

/** A value that `load` provides. */
export function lazy<Value>(load: () => Promise<Value>): Lazy<Value> {
  let pending: Promise<Value> | undefined;
  let loaded: Value | undefined;
  const waiting = new Set<(value: Value) => void>();

  async function loadAndNotify(): Promise<Value> {
    try {
      loaded = await load();
    } catch (thrown) {
      pending = undefined;
      throw thrown;
    }
    for (const run of waiting) run(loaded);
    waiting.clear();
    return loaded;
  }

  return {
    get() {
      pending ??= loadAndNotify();
      return pending;
    },
    get loaded() {
      return loaded;
    },
    get pending() {
      return pending;
    },
    whenLoaded(run) {
      if (loaded !== undefined) return run(loaded);
      let release: (() => void) | undefined;
      const start = (value: Value) => {
        release = run(value);
      };
      waiting.add(start);
      return () => {
        waiting.delete(start);
        release?.();
      };
    },
  };
}
