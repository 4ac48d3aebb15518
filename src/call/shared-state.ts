/** What the applications of one caller share, across replicas or within one, and how they keep apart. Types only. */

import type { EnvironmentRef } from '../jobs/job.ts';
import type { Release } from '../jobs/report.ts';
import type { SharedJobs } from '../jobs/shared.ts';
import type { SharedConfirmations } from './authorize/confirmation.ts';
import type { SharedWrites } from './write-ledger.ts';

/** Small facts under names, each for as long as it says. */
export interface SharedFacts {
  /** @throws RegisteredError store_unavailable where nobody can tell */
  get(name: string): Promise<string | undefined>;
  /** Reaches the others now, or as soon as they can be reached. */
  put(name: string, value: string, lifeMs: number): void;
  /** Calls back with what another replica puts there. */
  follow(name: string, onPut: (value: string) => void): Release;
}

/**
 * Waits for a lock that other processes have as well. @returns what gives it back
 * @param signal gives up waiting @throws the signal's reason, or why there is no lock to be had
 */
export type SharedLock = (name: string, signal: AbortSignal) => Promise<() => Promise<void>>;

/**
 * Does work on an environment while nobody else does, as far as this server can know. It is to begin with a look at
 * what is there. @throws RegisteredError busy where another goes on for too long, cancelled; what the work throws
 */
export type RunExclusively = <Done>(
  place: EnvironmentRef,
  signal: AbortSignal | undefined,
  work: () => Promise<Done>,
) => Promise<Done>;

/** All that is shared. */
export interface SharedState {
  readonly confirmations: SharedConfirmations;
  readonly jobs: SharedJobs;
  /** Among the applications of the caller's with the same rights. */
  readonly facts: SharedFacts;
  /** Among all of the caller's, whatever their tokens allow: nothing stands there that not all of them may know. */
  readonly callerFacts: SharedFacts;
  /** Those of all callers: an app's jobs are the same for everybody. */
  readonly writes: SharedWrites;
  readonly lock: SharedLock;
}
