/** What a client is told, awaited one by one: of a resource, or of the list. */

export interface Watch {
  /** Resolves with the next update that nobody has awaited yet, be it here already or not. */
  next(): Promise<void>;
  /** How many have come. */
  updates(): number;
  stop(): Promise<void>;
}

/** Spreads what comes in on one connection to those who wait for it. */
export interface Watches {
  /** An update of that name has come. */
  tell(name: string): void;
  /** Starts to count; `begin` asks the server for the updates and answers how to end that. */
  open(name: string, begin: () => Promise<() => Promise<unknown>>): Promise<Watch>;
}

export function createWatches(): Watches {
  const open = new Map<string, Set<() => void>>();
  return {
    tell: name => open.get(name)?.forEach(count => void count()),

    async open(name, begin) {
      let [updates, awaited] = [0, 0];
      const waiting: (() => void)[] = [];
      const count = () => {
        updates += 1;
        waiting.shift()?.();
      };
      const counting = open.get(name) ?? new Set();
      open.set(name, counting.add(count));
      // What is said after stop is counted too: a server that does not stop must show.
      const end = await begin();
      return {
        next() {
          awaited += 1;
          return updates >= awaited ? Promise.resolve() : new Promise(resolve => void waiting.push(resolve));
        },
        updates: () => updates,
        stop: async () => void (await end()),
      };
    },
  };
}
