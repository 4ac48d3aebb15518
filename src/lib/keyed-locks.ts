/** A lock for each key within this process, first come first served. */
import { untilAborted } from './until-aborted.ts';

/** Releases the lock. */
export type Release = () => void;

/** The locks of all keys. */
export interface KeyedLocks {
  /**
   * Waits for the lock of a key.
   * @param signal leaves the queue @throws the signal's reason
   */
  acquire(key: string, signal: AbortSignal): Promise<Release>;
}

/** Creates the locks. */
export function createKeyedLocks(): KeyedLocks {
  /** For each key, a promise that resolves when the last in its queue has released the lock. */
  const tails = new Map<string, Promise<void>>();

  return {
    async acquire(key, signal) {
      const before = tails.get(key);
      let end = () => {};
      const ended = new Promise<void>(resolve => {
        end = resolve;
      });
      const tail = Promise.all([before, ended]).then(() => {
        if (tails.get(key) === tail) tails.delete(key);
      });
      tails.set(key, tail);
      try {
        await untilAborted(Promise.resolve(before), signal);
      } catch (thrown) {
        end();
        throw thrown;
      }
      return end;
    },
  };
}
