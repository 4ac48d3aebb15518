/** What the replicas of a server tell each other of one caller's jobs. Types only. */

import type { LocatedJob, PolledJob } from './job.ts';
import type { Release } from './report.ts';

/** What somebody learned of a job; its `polled.aheadMs` is AWS's lead over the machines' clocks, which replicas share. */
export interface PublishedJob {
  readonly ref: LocatedJob;
  readonly polled: PolledJob;
  /** Whether AWS was asked for it just then. */
  readonly isLive: boolean;
}

/** The caller's jobs, as all replicas see them. Without the others, everything is done and known here alone. */
export interface SharedJobs {
  readonly caller: string;
  /** Asks once for all who ask at the same time, on whichever replica. @param ask asks from here @throws as `ask` */
  poll(ref: LocatedJob, ask: () => Promise<PolledJob>): Promise<PolledJob>;
  publish(told: PublishedJob): void;
  /** Calls back with what is known already, before it answers, and from then on with what others tell. */
  follow(onTold: (told: PublishedJob) => void): Promise<Release>;
}
