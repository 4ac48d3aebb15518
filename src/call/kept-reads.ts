/** The reads of one call are kept, so that the call reads nothing twice. */
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

/** Waits for a read until the call's own signal is aborted. @throws ServerError cancelled */
const waitFor = <Answer>(reading: Promise<Answer>, signal: AbortSignal | undefined): Promise<Answer> =>
  signal
    ? untilAborted(reading, signal).catch(thrown => {
        throw signal.aborted ? new ServerError('cancelled', { cause: thrown }) : thrown;
      })
    : reading;

/** Runs the reads of one call: no read that succeeds is sent twice. @param read gets the function that sends reads */
export type WithKeptReads = <Facts>(
  kept: KeptReads,
  read: (shared: SharedReads) => Promise<Facts>,
) => Promise<Facts>;

/** Keeps a read of a call, unless it fails. */
function keep({ reads }: KeptReads, key: string, reading: Promise<unknown>): void {
  reads.set(key, reading);
  reading.catch(() => reads.get(key) === reading && reads.delete(key));
}

/**
 * Creates the reads of a target, which its calls share. A new read is kept for all calls that are running when it is sent:
 * they began before it, so its answer is as fresh as one of their own. A call that joins a read under way keeps the read
 * for itself alone, because other calls may have begun after the read was sent.
 * @param most how many reads run at once
 */
export function createWithKeptReads(most: number): WithKeptReads {
  const run = createSharedReads(most);
  const runningCalls = new Set<KeptReads>();
  const readsOf =
    (kept: KeptReads): SharedReads =>
    async <Answer>(key: string, readIt: () => Promise<Answer>, signal?: AbortSignal) => {
      if (signal?.aborted) throw new ServerError('cancelled', { cause: signal.reason });
      // The key determines the type, as it does for shared reads.
      const known = kept.reads.get(key) as Promise<Answer> | undefined;
      if (known) return waitFor(known, signal);
      const reading = run(key, () => {
        const sent = readIt();
        for (const other of runningCalls) if (!other.reads.has(key)) keep(other, key, sent);
        return sent;
      });
      keep(kept, key, reading);
      return waitFor(reading, signal);
    };
  return async (kept, read) => {
    runningCalls.add(kept);
    try {
      return await read(readsOf(kept));
    } finally {
      runningCalls.delete(kept);
    }
  };
}
