/**
 * Jobs without timers. A job's status is a pure function of its record and the time. The record says when and how the
 * work ends; `applyDueChanges` applies the job's effect to the state after that time.
 */

import type { Period } from './stacks/steps.ts';

/** A job's record. Times are epoch milliseconds. */
export interface Job {
  readonly appId: string;
  /** Environments under which the job is listed; several for RemoveAllBackends. */
  readonly environments: readonly string[];
  readonly jobId: string;
  operation: string;
  readonly createdAt: number;
  /** When the work ends; null for a job that never ends. */
  readonly endsAt: number | null;
  readonly outcome: 'COMPLETED' | 'FAILED';
  /** Why it fails; empty if no reason is given, as the real service sometimes does (aws-amplify/amplify-hosting#3022). */
  readonly error: string;
  /** Whether other jobs on these environments are refused while this one runs. */
  readonly exclusive: boolean;
  /** A status that UpdateBackendJob wrote over the real one. */
  rewritten?: { readonly status: string; readonly at: number };
  /** Changes the state on completion; deleted once it was applied. */
  effect?: (completedAt: number) => void;
}

/** A job as clients see it at one time. */
export interface JobView {
  readonly status: string;
  /** Epoch milliseconds of the latest change. */
  readonly updatedAt: number;
  readonly ended: boolean;
}

/** The fraction of its duration for which a job is `PENDING`. */
const pendingShare = 0.1;

/** The fraction of the work after which the stacks are done; the job ends a little later. */
const stackShare = 0.96;

/**
 * A job's state at `now`: `PENDING`, `IN_PROGRESS`, then `COMPLETED` or `FAILED`. A terminal status that was written
 * by UpdateBackendJob stays; any other written status stays until the work itself ends.
 */
export function viewJob(job: Job, now: number): JobView {
  const own = viewWork(job, now);
  const { rewritten } = job;
  if (!rewritten) return own;
  const terminal = rewritten.status === 'COMPLETED' || rewritten.status === 'FAILED';
  if (!terminal && own.ended && own.updatedAt > rewritten.at) return own;
  return { status: rewritten.status, updatedAt: rewritten.at, ended: terminal };
}

function viewWork(job: Job, now: number): JobView {
  if (job.endsAt !== null && now >= job.endsAt) {
    return { status: job.outcome, updatedAt: job.endsAt, ended: true };
  }
  const startsAt = workBegins(job);
  return now < startsAt
    ? { status: 'PENDING', updatedAt: job.createdAt, ended: false }
    : { status: 'IN_PROGRESS', updatedAt: Math.floor(startsAt), ended: false };
}

/** When a job's work begins, in epoch milliseconds. The work of a job that never ends begins at once. */
function workBegins({ createdAt, endsAt }: Pick<Job, 'createdAt' | 'endsAt'>): number {
  return endsAt === null ? createdAt : createdAt + (endsAt - createdAt) * pendingShare;
}

/**
 * The time in which a job changes its stacks: from the start of its work until just before its end.
 * @param jobMs the duration to assume for a job that never ends
 */
export function stackPeriod(job: Pick<Job, 'createdAt' | 'endsAt'>, jobMs: number): Period {
  const from = workBegins(job);
  const to = job.endsAt ?? job.createdAt + jobMs;
  return { beginsAt: Math.ceil(from), endsAt: Math.ceil(from + (to - from) * stackShare) };
}

/** `BackendJobRespObj`. Times are ISO 8601; `Error` is absent if there is no reason. */
export function describeJob(job: Job, environment: string, now: number) {
  const view = viewJob(job, now);
  return {
    AppId: job.appId,
    BackendEnvironmentName: environment,
    CreateTime: new Date(job.createdAt).toISOString(),
    ...(view.status === 'FAILED' && job.error !== '' ? { Error: job.error } : {}),
    JobId: job.jobId,
    Operation: job.operation,
    Status: view.status,
    UpdateTime: new Date(view.updatedAt).toISOString(),
  };
}
