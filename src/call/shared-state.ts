/** State that the applications of one caller share, within a replica and across replicas. Types only. */

import type { EnvironmentRef } from '../jobs/job.ts';
import type { Release } from '../jobs/report.ts';
import type { SharedJobs } from '../jobs/shared.ts';
import type { SharedConfirmations } from './authorize/confirmation-store.ts';
import type { SharedWrites } from './write-ledger.ts';

/** Named values, each with a time to live. */
export interface SharedFacts {
  /** @throws ServerError store_unavailable */
  get(name: string): Promise<string | undefined>;
  /** Stores the value for the other replicas, at the latest when the store can be reached again. */
  put(name: string, value: string, lifeMs: number): void;
  /** Calls back with each value that another replica puts under the name. */
  follow(name: string, onPut: (value: string) => void): Release;
}

/**
 * Waits for a lock that all processes share. @returns what releases it
 * @param signal gives up waiting @throws the signal's reason, or why the lock cannot be acquired
 */
export type SharedLock = (name: string, signal: AbortSignal) => Promise<() => Promise<void>>;

/**
 * Runs work on an environment while no other call of this server works on it. The work must begin with a read of the
 * present state. @throws ServerError busy where another call takes too long, cancelled; what the work throws
 */
export type RunExclusively = <Done>(
  environment: EnvironmentRef,
  signal: AbortSignal | undefined,
  work: () => Promise<Done>,
) => Promise<Done>;

/** All shared state. */
export interface SharedState {
  readonly confirmations: SharedConfirmations;
  readonly jobs: SharedJobs;
  /** Shared among the caller's applications with the same rights. */
  readonly facts: SharedFacts;
  /** Shared among all of the caller's applications, whatever their rights: it holds only what all of them may know. */
  readonly callerFacts: SharedFacts;
  /** Shared among all callers: an app's jobs are the same for everybody. */
  readonly writes: SharedWrites;
  readonly lock: SharedLock;
}
