/** Facts that the applications of one caller share, in a process without replicas. */
import type { SharedFacts } from '../call/shared-state.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { monotonicNow } from '../lib/clock.ts';

interface Fact {
  readonly value: string;
  /** Milliseconds on the monotonic clock. */
  readonly endsAt: number;
}

/** How many are kept; beyond that the oldest are dropped. */
const MOST_FACTS = 10_000;

/** Returns the facts of a caller. */
export type LocalFactsFor = (caller: string) => SharedFacts;

export function createLocalFacts(): LocalFactsFor {
  const facts = new BoundedMap<string, Fact>(MOST_FACTS);
  const followers = new Map<string, Set<(value: string) => void>>();

  return caller => {
    const keyOf = (name: string) => `${caller} ${name}`;
    return {
      async get(name) {
        const fact = facts.get(keyOf(name));
        return fact && fact.endsAt > monotonicNow() ? fact.value : undefined;
      },

      put(name, value, lifeMs) {
        const key = keyOf(name);
        facts.set(key, { value, endsAt: monotonicNow() + lifeMs });
        for (const onPut of [...(followers.get(key) ?? [])]) onPut(value);
      },

      follow(name, onPut) {
        const key = keyOf(name);
        // A new function per subscription, so that two subscriptions of one function are both called.
        const follower = (value: string) => onPut(value);
        followers.set(key, (followers.get(key) ?? new Set()).add(follower));
        return () => {
          const all = followers.get(key);
          all?.delete(follower);
          if (all?.size === 0) followers.delete(key);
        };
      },
    };
  };
}
