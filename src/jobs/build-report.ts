/** Builds the report of a watched job: AWS's facts, the expectation from past jobs, and the next step. Pure. */
import type { ServerError } from '../errors.ts';
import { nextStep, waitingFor } from './advice.ts';
import type { Expectation } from './expectation.ts';
import { isEnded, type Job } from './job.ts';
import type { JobReport } from './report.ts';

/** The facts of a report. */
export interface ReportInput {
  /** With its current state, which may be `stalled`. */
  readonly job: Job;
  /** When AWS was asked, in epoch milliseconds on AWS's clock. */
  readonly asOf: number;
  readonly elapsedMs: number | undefined;
  readonly expectation: Expectation | undefined;
  readonly progress: number;
  /** Since the last sign of life. */
  readonly quietMs: number;
  /** The same, if the last sign of life was an event of its stack. */
  readonly stackQuietMs: number | undefined;
  readonly ttlMs: number;
  /** How the end is known, if not from AWS's record of the job. */
  readonly endNote: string | undefined;
  /** Why the last poll failed. */
  readonly failure: ServerError | undefined;
  /** Why the stack could not be checked. */
  readonly checkFailure: ServerError | undefined;
}

function noteOf({ job, endNote, failure, checkFailure }: ReportInput): string {
  const stale = failure && `AWS could not be asked just now (${failure.code}); this is its last answer.`;
  const unchecked =
    job.state === 'stalled' &&
    checkFailure &&
    `CloudFormation could not be asked whether it is still working (${checkFailure.code}); only the job's age and silence show that it is stalled.`;
  return [endNote, stale, unchecked].filter(Boolean).join(' ');
}

export function buildReport(input: ReportInput): JobReport {
  const { job, asOf, elapsedMs, expectation, progress, quietMs, stackQuietMs, ttlMs } = input;
  const runs = !isEnded(job);
  // The expectation already includes an ended job itself.
  const expectedMs = runs ? expectation?.typicalMs : undefined;
  const note = noteOf(input);
  return {
    job,
    asOf: new Date(asOf).toISOString(),
    ...(elapsedMs !== undefined && { elapsedMs: Math.round(elapsedMs) }),
    ...(expectedMs !== undefined && { expectedMs }),
    ...((expectation || job.state === 'succeeded') && { progress }),
    ...(runs && { waitingFor: waitingFor(job, expectedMs, stackQuietMs) }),
    nextStep: nextStep(job, { quietMs, ttlMs: Math.max(ttlMs, 1_000), elapsedMs, expectedMs }),
    ttlMs,
    ...(note && { note }),
  };
}
