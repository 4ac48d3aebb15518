/** Small facts in Redis under names, and names that are used up only once. */

import type { Claim } from '../call/authorize/confirmation.ts';
import type { SteadyClock } from '../call/authorize/question-time.ts';
import type { SharedFacts } from '../call/shared-state.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import type { Bus } from './bus.ts';
import type { Connection } from './connection.ts';
import type { Envelopes } from './envelopes.ts';

/** Redis forgets a fact in its time; by how much the clocks of replicas may differ that hold it to that. */
const SKEW_MS = 60_000;
/** How many facts wait for Redis at most; of older ones the others never learn. */
const MOST_WAITING = 1_000;

/** Makes the facts of an application. @param self tells it from the others, and need not hear its own */
export type FactsFor = (prefix: string, self: string) => SharedFacts;

/** Makes what makes them. */
export function createFacts(connection: Connection, bus: Bus, envelopes: Envelopes): FactsFor {
  /** What could not be written yet. */
  const waiting = new BoundedMap<string, () => void>(MOST_WAITING);

  function put(key: string, self: string, value: string, lifeMs: number): void {
    const write = async () => {
      const sealed = envelopes.seal(['fact', key], value, lifeMs + SKEW_MS);
      await connection.ask(redis => redis.set(key, sealed, 'PX', lifeMs));
      bus.publish(key, self, value);
    };
    waiting.delete(key);
    write().catch(() => {
      waiting.set(key, () => put(key, self, value, lifeMs));
    });
  }

  connection.onUp(() => {
    for (const again of [...waiting.values()]) again();
  });

  return (prefix, self) => ({
    get: async name =>
      envelopes.open(['fact', prefix + name], await connection.ask(redis => redis.get(prefix + name))),
    put: (name, value, lifeMs) => put(prefix + name, self, value, lifeMs),
    follow: (name, onPut) => bus.follow(prefix + name, self, content => onPut(String(content))),
  });
}

/** The clock of Redis, which is the same for all replicas. */
export function createSharedClock(connection: Connection, name: string): SteadyClock {
  return {
    name,
    async now() {
      const [seconds, microseconds] = await connection.ask(redis => redis.time());
      return Number(seconds) * 1000 + Number(microseconds) / 1000;
    },
  };
}

/** Uses names up for all replicas. */
export function createClaim(connection: Connection, prefix: string): Claim {
  return async (name, lifeMs) =>
    (await connection.ask(redis => redis.set(prefix + name, '1', 'PX', lifeMs, 'NX'))) === 'OK';
}
