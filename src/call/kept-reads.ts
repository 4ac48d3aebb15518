/** What one call reads, so that it reads nothing twice. */
import type { StackDetails } from '../aws/stack-contents.ts';
import type { SharedReads } from '../lib/shared-reads.ts';

/** What one call has read of one target. */
export interface KeptReads {
  /** By their keys. */
  readonly reads: Map<string, Promise<unknown>>;
  /** Stacks of a list of all stacks, by ARN and by name. */
  readonly stacks: Map<string, StackDetails>;
}

export const createKeptReads = (): KeptReads => ({ reads: new Map(), stacks: new Map() });

/** Runs each read that succeeds once. */
export const keepReads =
  (shared: SharedReads, { reads }: KeptReads): SharedReads =>
  <Answer>(key: string, run: () => Promise<Answer>, signal?: AbortSignal) => {
    // The caller's type belongs to the key, as it does for shared reads.
    const before = reads.get(key) as Promise<Answer> | undefined;
    if (before) return before;
    const reading = shared(key, run, signal);
    reads.set(key, reading);
    reading.catch(() => reads.delete(key));
    return reading;
  };
