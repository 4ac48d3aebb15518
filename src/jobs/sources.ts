/** What the watcher asks of AWS; handed in, so that this room knows no client. Types only. */
import type { LocatedJob, PolledJob } from './job.ts';

/** The questions. */
export interface WatcherSources {
  /** Asks once, without a retry: when to ask again is decided here. @throws RegisteredError */
  poll(ref: LocatedJob): Promise<PolledJob>;
  /** How long jobs of this operation took before, in milliseconds, newest first. @throws RegisteredError */
  pastDurations(ref: LocatedJob, operation: string): Promise<readonly number[]>;
  /** @throws RegisteredError where nobody can tell */
  hasEnvironment(ref: LocatedJob): Promise<boolean>;
  /**
   * When CloudFormation last did something for the job's environment, where it is at work there; undefined where
   * it is not. Asked only before a job is called stalled. @param since when the job began; all times are epoch
   * milliseconds on AWS's clock @throws RegisteredError where nobody can tell
   */
  lastActivity?(ref: LocatedJob, since: number): Promise<number | undefined>;
}
