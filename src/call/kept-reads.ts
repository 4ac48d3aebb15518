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

/** Keeps a read of a call, unless it fails. */
function keep({ reads }: KeptReads, key: string, reading: Promise<unknown>): void {
  reads.set(key, reading);
  reading.catch(() => reads.get(key) === reading && reads.delete(key));
}

/**
 * Creates the reads of a target. A read is told to all calls that read when it is sent: each of them had begun before, so that
 * it is as fresh to them as a read of their own. A call that joins a read under way keeps it for itself alone: others may
 * have begun after it was sent.
 * @param most how many reads run at once
 */
export function createReadKeeping(most: number): ReadKeeping {
  const run = createSharedReads(most);
  const atWork = new Set<KeptReads>();
  const keepIn =
    (kept: KeptReads): SharedReads =>
    async <Answer>(key: string, readIt: () => Promise<Answer>, signal?: AbortSignal) => {
      if (signal?.aborted) throw new ServerError('cancelled', { cause: signal.reason });
      // The caller's type belongs to the key, as it does for shared reads.
      const before = kept.reads.get(key) as Promise<Answer> | undefined;
      if (before) return waitFor(before, signal);
      const reading = run(key, () => {
        const sent = readIt();
        for (const other of atWork) if (!other.reads.has(key)) keep(other, key, sent);
        return sent;
      });
      keep(kept, key, reading);
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
