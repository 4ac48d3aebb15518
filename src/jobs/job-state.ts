/** The states of a watched job, and the transition after each answer of AWS. Times are monotonic milliseconds. */
import type { ServerError } from '../errors.ts';
import { type Job, type PolledJob, stateOf } from './job.ts';

/** The state of a watched job. */
export type WatchState =
  /** AWS has not answered yet. */
  | { readonly name: 'unknown' }
  | { readonly name: 'running'; readonly job: Job }
  | {
      readonly name: 'ended';
      readonly job: Job;
      readonly noticedAt: number;
      /** By AWS's own time, if that can be read. */
      readonly endedAt: number;
      /** How the end is known, if not from AWS's record of the job. */
      readonly note?: string;
    }
  /** AWS's record of the job is gone; its outcome cannot be known. */
  | { readonly name: 'lost'; readonly job: Job; readonly noticedAt: number; readonly failure: ServerError };

export const timeOf = (iso: string | undefined) => (iso === undefined ? undefined : Date.parse(iso));
export const isRunning = ({ status }: Job) => stateOf(status) === 'running';

/** The job of a state; undefined if AWS has not answered, or its record is gone. */
export const jobIn = (state: WatchState): Job | undefined =>
  state.name === 'unknown' ? undefined : state.job;

/** When the end was noticed; undefined if the job has not ended. */
export const noticedEnd = (state: WatchState): number | undefined =>
  state.name === 'ended' || state.name === 'lost' ? state.noticedAt : undefined;

/** The state after an answer. A record can be rewritten: a job that is running again is watched again. */
export function afterPoll(before: WatchState, polled: PolledJob, now: number, aheadMs: number): WatchState {
  // The answer that starts a job has no times, so known times are kept.
  const { error: _, ...known } = jobIn(before) ?? {};
  const job = { ...known, ...polled.job };
  if (isRunning(job)) return { name: 'running', job };
  const noticedAt = noticedEnd(before) ?? now;
  const endedAt = Math.min(noticedAt, (timeOf(job.updatedAt) ?? noticedAt + aheadMs) - aheadMs);
  return { name: 'ended', job, noticedAt, endedAt };
}
