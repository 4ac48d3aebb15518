/**
 * What is told of a job that is watched: AWS's facts, and what past jobs and the clock make of them. Types
 * only; the watcher makes the reports.
 */
import type { ServerError } from '../errors.ts';
import type { Job } from './job.ts';

/** A job at one look. */
export interface JobReport {
  /** AWS's facts; `stalled` among its states comes from here, not from AWS. */
  readonly job: Job;
  /** When AWS was asked, on AWS's clock as the job's own times are; ISO 8601. */
  readonly asOf: string;
  /** From AWS's create time to now, or to the end; absent where AWS gave no time that can be read. */
  readonly elapsedMs?: number;
  /** What past jobs of this operation took; absent where there are none. */
  readonly expectedMs?: number;
  /** Percent; never goes back, and is 100 only when AWS says so. Absent where nothing can be expected. */
  readonly progress?: number;
  /** What it waits for, while it runs. */
  readonly waitingFor?: string;
  /** The next sensible step, for the agent. */
  readonly nextStep: string;
  /** For how long this answer is fresh; looking again sooner shows the same. */
  readonly ttlMs: number;
  /** What the reader must know besides: that AWS could not be asked, that the job went with its environment. */
  readonly note?: string;
}

/** A change worth telling: a report, or the failure after which nobody can tell any more. */
export type JobChange = JobReport | ServerError;

/** Ends a following; calling it again does nothing. */
export type Release = () => void;
