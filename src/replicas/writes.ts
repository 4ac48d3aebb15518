/** The writes of all replicas in Redis, by app: which wait for AWS's answer, and which job each of them started. */

import type { KnownWrite, SharedWrites } from '../call/write-ledger.ts';
import { createSealer, type SealerOptions } from '../secrets/seal.ts';
import type { Connection } from './connection.ts';

/** For how long a write is told. */
const LIFE_MS = 15 * 60_000;

interface Told {
  /** A token that was copied from another app's field, or from another write's, says nothing of this one. */
  readonly appId: string;
  readonly id: string;
  readonly write: KnownWrite;
}

/** Opens them. */
export function openWrites(
  connection: Connection,
  prefix: string,
  keys: SealerOptions['keys'],
): SharedWrites {
  // Whoever can write to Redis must not be able to say whose a job is.
  const sealer = createSealer<Told>({ keys, purpose: 'write', lifeMs: LIFE_MS });
  const keyOf = (appId: string) => `${prefix}:writes:${appId}`;

  return {
    async publish(appId, id, write) {
      const token = await sealer.seal({ appId, id, write });
      await connection
        .ask(redis => redis.multi().hset(keyOf(appId), id, token).pexpire(keyOf(appId), LIFE_MS).exec())
        .catch(() => undefined);
    },

    async known(appId) {
      const fields = Object.entries(await connection.ask(redis => redis.hgetall(keyOf(appId))));
      const known = new Map<string, KnownWrite>();
      const old: string[] = [];
      for (const [id, token] of fields) {
        const opened = await sealer.open(token);
        const isForThis = opened?.content.appId === appId && opened.content.id === id;
        if (isForThis && !opened.isExpired) known.set(id, opened.content.write);
        else old.push(id);
      }
      if (old.length > 0) await connection.ask(redis => redis.hdel(keyOf(appId), ...old));
      return known;
    },
  };
}
