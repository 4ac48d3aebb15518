/** Lets a test wait for the updates of a subscription one by one: of a resource, or of the list. */

export interface Watch {
  /** Resolves with the next update that no call has awaited, at once if it has arrived already. */
  next(): Promise<void>;
  /** The number of updates so far. */
  updates(): number;
  stop(): Promise<void>;
}

/** Passes the updates of one connection on to the subscriptions that wait for them. */
export interface Watches {
  /** Reports an update of this resource, or of the list. */
  notify(name: string): void;
  /** Opens a subscription. `begin` subscribes at the server and returns a function that ends the subscription. */
  open(name: string, begin: () => Promise<() => Promise<unknown>>): Promise<Watch>;
}

export function createWatches(): Watches {
  const open = new Map<string, Set<() => void>>();
  return {
    notify: name => open.get(name)?.forEach(count => void count()),

    async open(name, begin) {
      let [updates, awaited] = [0, 0];
      const waiting: (() => void)[] = [];
      const count = () => {
        updates += 1;
        waiting.shift()?.();
      };
      const counting = open.get(name) ?? new Set();
      open.set(name, counting.add(count));
      // Updates after `stop` are counted as well, so that a test notices a server that does not stop.
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
