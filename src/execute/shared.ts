/** What the applications of one caller share across the replicas of a server. Types only. */
import type { SharedWrites } from '../aws/ledger.ts';
import type { Release } from '../jobs/report.ts';
import type { SharedJobs } from '../jobs/shared.ts';
import type { SharedConfirmations } from './confirmation.ts';

/** Small facts under names, each for as long as it says. */
export interface SharedFacts {
  /** @throws RegisteredError store_unavailable where nobody can tell */
  get(name: string): Promise<string | undefined>;
  /** Reaches the others now, or as soon as they can be reached. */
  put(name: string, value: string, lifeMs: number): void;
  /** Calls back with what another replica puts there. */
  follow(name: string, onPut: (value: string) => void): Release;
}

export type { KnownWrite, SharedWrites } from '../aws/ledger.ts';

/** All that is shared. */
export interface Shared {
  readonly confirmations: SharedConfirmations;
  readonly jobs: SharedJobs;
  readonly facts: SharedFacts;
  /** Those of all callers: an app's jobs are the same for everybody. */
  readonly writes: SharedWrites;
}
