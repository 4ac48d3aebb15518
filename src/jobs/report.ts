/**
 * Reports of watched jobs: AWS's facts, and what past jobs and the clock add to them. Types only; the watcher creates the
 * reports.
 */
import type { ServerError } from '../errors.ts';
import type { Job } from './job.ts';

/** The state of a job at one time. */
export interface JobReport {
  /** AWS's facts; `stalled` among its states comes from here, not from AWS. */
  readonly job: Job;
  /** When AWS was asked, on AWS's clock, like the job's own times; ISO 8601. */
  readonly asOf: string;
  /** From AWS's create time to now, or to the end; absent if AWS gave no readable time. */
  readonly elapsedMs?: number;
  /** The typical duration of past jobs of this operation; absent if there are none. */
  readonly expectedMs?: number;
  /** Percent; never decreases, and is 100 only once AWS reports success. Absent without past jobs to compare with. */
  readonly progress?: number;
  /** What the job waits for, while it runs. */
  readonly waitingFor?: string;
  /** The next step for the agent. */
  readonly nextStep: string;
  /** How long this report is fresh; an earlier read returns the same report. */
  readonly ttlMs: number;
  /** A caveat: for example that AWS could not be asked, or that the job's record was deleted with its environment. */
  readonly note?: string;
}

/** A change of which followers are notified: a report, or the failure that ends the watching. */
export type JobChange = JobReport | ServerError;

/** Stops following; calling it again does nothing. */
export type Release = () => void;
