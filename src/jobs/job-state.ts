/** The states of a watched job, and how an answer of AWS leads from one to the next. Times are monotonic milliseconds. */
import type { ServerError } from '../errors.ts';
import { type Job, type PolledJob, stateOf } from './job.ts';

/** What is known of a watched job. */
export type WatchState =
  /** AWS has not answered for it yet. */
  | { readonly name: 'unknown' }
  | { readonly name: 'running'; readonly job: Job }
  | {
      readonly name: 'ended';
      readonly job: Job;
      readonly noticedAt: number;
      /** By AWS's own time where that can be read. */
      readonly endedAt: number;
      /** How the end is known, where AWS's record of the job does not say it. */
      readonly note?: string;
    }
  /** AWS's record of it is gone: how it ended cannot be known. */
  | { readonly name: 'lost'; readonly job: Job; readonly noticedAt: number; readonly failure: ServerError };

export const timeOf = (iso: string | undefined) => (iso === undefined ? undefined : Date.parse(iso));
export const isRunning = ({ status }: Job) => stateOf(status) === 'running';

/** The job of a state; undefined where nothing is known of it. */
export const jobIn = (state: WatchState): Job | undefined =>
  state.name === 'unknown' ? undefined : state.job;

/** When the end was noticed; undefined where it has not ended. */
export const noticedEnd = (state: WatchState): number | undefined =>
  state.name === 'ended' || state.name === 'lost' ? state.noticedAt : undefined;

/** The state after an answer. A record can be rewritten: a job that runs again is watched again. */
export function afterPoll(before: WatchState, polled: PolledJob, now: number, aheadMs: number): WatchState {
  // The answer that starts a job has no times; those that are known stay.
  const { error: _, ...known } = jobIn(before) ?? {};
  const job = { ...known, ...polled.job };
  if (isRunning(job)) return { name: 'running', job };
  const noticedAt = noticedEnd(before) ?? now;
  const endedAt = Math.min(noticedAt, (timeOf(job.updatedAt) ?? noticedAt + aheadMs) - aheadMs);
  return { name: 'ended', job, noticedAt, endedAt };
}
