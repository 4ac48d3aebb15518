/** The writes of all replicas in Redis, by app: which still wait for AWS's answer, and which job each one started. */
import type { KnownWrite, SharedWrites } from '../call/write-ledger.ts';
import { createSealer, type SealerOptions } from '../secrets/seal.ts';
import type { Connection } from './connection.ts';

/** How long a write is published. */
const LIFE_MS = 15 * 60_000;

interface SealedWrite {
  /** The app and the id guard against a token that was copied from another app or another write. */
  readonly appId: string;
  readonly id: string;
  readonly write: KnownWrite;
}

export function openWrites(
  connection: Connection,
  prefix: string,
  keys: SealerOptions['keys'],
): SharedWrites {
  // Sealed, so that somebody with write access to Redis cannot assign a job to another caller.
  const sealer = createSealer<SealedWrite>({ keys, purpose: 'write', lifeMs: LIFE_MS });
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
