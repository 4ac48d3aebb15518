/** Reading and following jobs on behalf of a caller. Types only. */
import type { Target } from '../aws/targets.ts';
import type { JobRef, PolledJob } from '../jobs/job.ts';
import type { JobChange, JobReport, Release } from '../jobs/report.ts';

/** The caller that a job is read for, and what they know about it. */
export interface JobReadContext {
  readonly caller: string;
  readonly signal?: AbortSignal | undefined;
  /** AWS's name of what the job does, where it is known: the job of a deletion disappears with its environment. */
  readonly operation?: string | undefined;
  /** The only target to search, where it is named. */
  readonly target?: string | undefined;
}

/** Jobs as callers may see them. Ids and the policy are checked at every call. */
export interface Jobs {
  /** @throws ServerError invalid_arguments, not_found, or why AWS could not be asked */
  read(job: JobRef, context: JobReadContext): Promise<JobReport>;
  /** The last known state, without a read; undefined for an unknown job. */
  peek(job: JobRef): JobReport | undefined;
  /**
   * Calls back at each change from now on, and at the end in any case, but never after the release. For a job that has
   * ended already it calls back once.
   * @throws as `read`
   */
  follow(job: JobRef, context: JobReadContext, onChange: (change: JobChange) => void): Promise<Release>;
  /** The jobs that this caller has read, followed or started and that run or ended within the hour, newest first. */
  known(caller: string): readonly JobReport[];
  /** Calls back when a job appears among the known ones or ends. */
  followKnown(caller: string, onChange: () => void): Release;
}

/** A job in the answer of a call. */
export interface ObservedJob extends PolledJob {
  readonly target: Target;
  readonly caller: string;
  /** Whether it comes from a read of AWS that has just ended. */
  readonly isLive: boolean;
}
