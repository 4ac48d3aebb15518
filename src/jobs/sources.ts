/** The reads of AWS that the watcher needs. They are passed in because `jobs` has no AWS client. Types only. */
import type { LocatedJob, PolledJob } from './job.ts';

export interface WatcherSources {
  /** Polls once, without a retry, since the watcher decides when to poll again. @throws ServerError */
  poll(ref: LocatedJob): Promise<PolledJob>;
  /** The durations of past jobs of this operation, in milliseconds, newest first. @throws ServerError */
  pastDurations(ref: LocatedJob, operation: string): Promise<readonly number[]>;
  /** @throws ServerError if that cannot be read */
  hasEnvironment(ref: LocatedJob): Promise<boolean>;
  /**
   * The time of CloudFormation's last event for the job's environment; undefined if CloudFormation does nothing there.
   * Read only before a job is reported as stalled. @param since when the job began; all times are epoch milliseconds on
   * AWS's clock @throws ServerError if that cannot be read
   */
  lastActivity?(ref: LocatedJob, since: number): Promise<number | undefined>;
}
