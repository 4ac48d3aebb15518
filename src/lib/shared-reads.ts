/** Reads of one source that run a few at a time. A read that is asked for while it runs already is not run again. */
import { createLimit } from './limit.ts';
import { untilAborted } from './until-aborted.ts';

/**
 * Runs a read, or shares the one of the same key that runs already.
 * @param signal ends the wait of this caller alone; the read goes on for others @throws the signal's reason
 */
export type SharedReads = <Answer>(
  key: string,
  run: () => Promise<Answer>,
  signal?: AbortSignal,
) => Promise<Answer>;

/** @param most how many reads run at once; the others wait in their order */
export function createSharedReads(most: number): SharedReads {
  const underWay = new Map<string, Promise<unknown>>();
  const limit = createLimit(most);

  return async <Answer>(key: string, run: () => Promise<Answer>, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    // The caller's type belongs to the key: each key stands for one kind of read.
    let reading = underWay.get(key) as Promise<Answer> | undefined;
    if (!reading) {
      reading = limit(run).finally(() => underWay.delete(key));
      underWay.set(key, reading);
    }
    return signal ? untilAborted(reading, signal) : reading;
  };
}
