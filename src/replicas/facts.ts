/** Small named facts in Redis, names that can be claimed only once, and Redis's clock. */
import type { Claim, FindUse } from '../call/authorize/confirmation-store.ts';
import type { SteadyClock } from '../call/authorize/question-time.ts';
import type { SharedFacts } from '../call/shared-state.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import type { Bus } from './bus.ts';
import type { Connection } from './connection.ts';
import type { Envelopes } from './envelopes.ts';

/** How much the clocks of replicas may differ. Redis deletes a fact on time; its seal stays valid for this much longer. */
const SKEW_MS = 60_000;
/** How many facts may wait while Redis is unavailable. The oldest ones beyond that are never published. */
const MOST_WAITING = 1_000;

/** Opens the facts of an application. @param self names the application, which is not notified of its own facts */
export type FactsFor = (prefix: string, self: string) => SharedFacts;

export function createFacts(connection: Connection, bus: Bus, envelopes: Envelopes): FactsFor {
  /** Facts that could not be written yet, by key. */
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
    for (const retry of [...waiting.values()]) retry();
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

/** Claims names among all replicas: each name can be claimed once. */
export function createClaim(connection: Connection, prefix: string): Claim {
  return async (name, lifeMs, use = 'approved') =>
    (await connection.ask(redis => redis.set(prefix + name, use, 'PX', lifeMs, 'NX'))) === 'OK';
}

/** Looks up how a name was used that any replica has claimed. */
export function createFindUse(connection: Connection, prefix: string): FindUse {
  return async name => (await connection.ask(redis => redis.get(prefix + name))) ?? undefined;
}
