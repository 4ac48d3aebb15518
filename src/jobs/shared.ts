/** The jobs of one caller as the replicas of a server share them. Types only. */
import type { LocatedJob, PolledJob } from './job.ts';
import type { Release } from './report.ts';

/** The latest facts of a job. In `polled.aheadMs`, AWS's clock is compared with the system clock, which replicas share. */
export interface PublishedJob {
  readonly ref: LocatedJob;
  readonly polled: PolledJob;
  /** Whether the facts come from a poll of AWS just now. */
  readonly isLive: boolean;
}

/** The caller's jobs on all replicas. */
export interface SharedJobs {
  readonly caller: string;
  /** Polls once for concurrent requests on all replicas. @param ask asks AWS from this replica @throws as `ask` */
  poll(ref: LocatedJob, ask: () => Promise<PolledJob>): Promise<PolledJob>;
  publish(job: PublishedJob): void;
  /** Calls back with the jobs that are already stored, before it resolves, and then with each published job. */
  follow(onJob: (job: PublishedJob) => void): Promise<Release>;
}
