/**
 * The AWS side of the application, which the first call that needs it loads: what is asked before that loads
 * it, or is answered without it, or waits for it.
 */
import type { Jobs } from '../call/jobs.ts';
import type { Release } from '../jobs/report.ts';

/** Something that is loaded once, when it is first needed. */
export interface Lazy<Thing> {
  /** Loads it; after a failure the next call tries again. */
  get(): Promise<Thing>;
  /** What was loaded so far. */
  readonly loaded: Thing | undefined;
  /** The loading, where one has begun. */
  readonly pending: Promise<Thing> | undefined;
  /** Runs with it once it is loaded, if ever. @returns what takes that back */
  whenLoaded(run: (thing: Thing) => Release): Release;
}

/** Makes it. */
export function lazy<Thing>(load: () => Promise<Thing>): Lazy<Thing> {
  let loading: Promise<Thing> | undefined;
  let loaded: Thing | undefined;
  const waiting = new Set<(thing: Thing) => void>();

  async function begin(): Promise<Thing> {
    try {
      loaded = await load();
    } catch (thrown) {
      loading = undefined;
      throw thrown;
    }
    for (const run of waiting) run(loaded);
    waiting.clear();
    return loaded;
  }

  return {
    get() {
      loading ??= begin();
      return loading;
    },
    get loaded() {
      return loaded;
    },
    get pending() {
      return loading;
    },
    whenLoaded(run) {
      if (loaded !== undefined) return run(loaded);
      let release: Release | undefined;
      const start = (thing: Thing) => {
        release = run(thing);
      };
      waiting.add(start);
      return () => {
        waiting.delete(start);
        release?.();
      };
    },
  };
}

/** The jobs, as far as they are known without AWS before it is loaded. */
export function lazyJobs(backend: Lazy<{ readonly jobs: Jobs }>): Jobs {
  return {
    read: async (...call) => (await backend.get()).jobs.read(...call),
    follow: async (...call) => (await backend.get()).jobs.follow(...call),
    peek: address => backend.loaded?.jobs.peek(address),
    known: caller => backend.loaded?.jobs.known(caller) ?? [],
    followKnown: (caller, onChange) => backend.whenLoaded(({ jobs }) => jobs.followKnown(caller, onChange)),
  };
}
