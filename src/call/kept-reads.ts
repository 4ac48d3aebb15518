/** What one call reads, so that it reads nothing twice. */
import type { StackDetails } from '../aws/stack-contents.ts';
import { ServerError } from '../errors.ts';
import { createSharedReads, type SharedReads } from '../lib/shared-reads.ts';
import { untilAborted } from '../lib/until-aborted.ts';

/** What one call has read of one target. */
export interface KeptReads {
  /** By their keys. */
  readonly reads: Map<string, Promise<unknown>>;
  /** Stacks of a list of all stacks, by ARN and by name. */
  readonly stacks: Map<string, StackDetails>;
}

export const createKeptReads = (): KeptReads => ({ reads: new Map(), stacks: new Map() });

/** Each caller's own wait ends with its signal, by `cancelled`, as all failures of calls are registered errors. */
const waitFor = <Answer>(reading: Promise<Answer>, signal: AbortSignal | undefined): Promise<Answer> =>
  signal
    ? untilAborted(reading, signal).catch(thrown => {
        throw signal.aborted ? new ServerError('cancelled', { cause: thrown }) : thrown;
      })
    : reading;

/** Reads of one call, which run each read that succeeds once. @param read is given how to read */
export type ReadKeeping = <Facts>(
  kept: KeptReads,
  read: (shared: SharedReads) => Promise<Facts>,
) => Promise<Facts>;

/**
 * Creates the reads of a target. What one call reads is told to all that read at the time: each of them had begun before, so
 * that it is as fresh to them as a read of their own.
 * @param most how many reads run at once
 */
export function createReadKeeping(most: number): ReadKeeping {
  const run = createSharedReads(most);
  const atWork = new Set<KeptReads>();
  const keepIn =
    ({ reads }: KeptReads): SharedReads =>
    async <Answer>(key: string, readIt: () => Promise<Answer>, signal?: AbortSignal) => {
      if (signal?.aborted) throw new ServerError('cancelled', { cause: signal.reason });
      // The caller's type belongs to the key, as it does for shared reads.
      const before = reads.get(key) as Promise<Answer> | undefined;
      if (before) return waitFor(before, signal);
      const reading = run(key, readIt);
      const told = [...atWork].filter(other => !other.reads.has(key));
      for (const other of told) other.reads.set(key, reading);
      reading.catch(() => told.map(other => other.reads.delete(key)));
      return waitFor(reading, signal);
    };
  return async (kept, read) => {
    atWork.add(kept);
    try {
      return await read(keepIn(kept));
    } finally {
      atWork.delete(kept);
    }
  };
}
