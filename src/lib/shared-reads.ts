/** Limits how many reads of a source run at a time, and shares a pending read among all who ask for the same. */
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
    // Each key stands for one kind of read, so the type of its answer is that of the caller.
    let reading = underWay.get(key) as Promise<Answer> | undefined;
    if (!reading) {
      reading = limit(run).finally(() => underWay.delete(key));
      underWay.set(key, reading);
    }
    return signal ? untilAborted(reading, signal) : reading;
  };
}
