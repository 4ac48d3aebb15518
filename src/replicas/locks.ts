/** Locks between the replicas, on Redis: a key that its holder renews, and that expires if the holder dies. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { SharedLock } from '../call/shared-state.ts';
import type { Connection } from './connection.ts';

const LIFE_MS = 15_000;
const RENEW_MS = 5_000;
const RETRY_MS = 100;

/** Renews a lock, or deletes it, if its holder still has it. KEYS: the lock. ARGV: the holder, and the new life or 0. */
const CHANGE = `
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('del', KEYS[1]) end
return redis.call('pexpire', KEYS[1], ARGV[2])`;

export function openLocks(connection: Connection, prefix: string): SharedLock {
  return async (name, signal) => {
    const key = `${prefix}:lock:${name}`;
    const holder = randomUUID();
    const change = (lifeMs: number) =>
      connection.ask(redis => redis.eval(CHANGE, 1, key, holder, lifeMs)).catch(() => undefined);
    for (;;) {
      signal.throwIfAborted();
      const isOurs = await connection.ask(redis => redis.set(key, holder, 'PX', LIFE_MS, 'NX'));
      if (isOurs === 'OK') break;
      await setTimeout(RETRY_MS);
    }
    const renewing = setInterval(() => void change(LIFE_MS), RENEW_MS).unref();
    return async () => {
      clearInterval(renewing);
      await change(0);
    };
  };
}
