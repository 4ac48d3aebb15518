/**
 * Jobs without timers: what a job looks like is a pure function of its record and the time. The record says when the
 * work ends and how; what the work does to the state is applied when time has passed that point.
 */

import type { Period } from './stacks/steps.ts';

/** A job's record. Times are epoch milliseconds. */
export interface Job {
  readonly appId: string;
  /** Environments under which the job is filed; several for RemoveAllBackends. */
  readonly environments: readonly string[];
  readonly jobId: string;
  operation: string;
  readonly createdAt: number;
  /** When the work ends; null for a job that never does. */
  readonly endsAt: number | null;
  readonly outcome: 'COMPLETED' | 'FAILED';
  /** Why it fails; empty where no reason is given, as happens on the real service. */
  readonly error: string;
  /** Whether other jobs on these environments are refused while this one runs. */
  readonly exclusive: boolean;
  /** A status that UpdateBackendJob wrote over the real one. */
  rewritten?: { readonly status: string; readonly at: number };
  /** What completion does to the state; gone once it is done. */
  effect?: (completedAt: number) => void;
}

/** What a reader sees of a job at one moment. */
export interface JobView {
  readonly status: string;
  /** Epoch milliseconds of the latest change. */
  readonly updatedAt: number;
  readonly ended: boolean;
}

/** The share of its duration that a job waits before work starts. */
const pendingShare = 0.1;

/** The share of the work that its stack takes; the service needs the rest to notice. */
const stackShare = 0.96;

/**
 * A job's state at `now`: `PENDING`, `IN_PROGRESS`, then `COMPLETED` or `FAILED`. A terminal status that was
 * rewritten stands; any other rewritten one stands until the work itself ends.
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

/** When a job leaves the queue, in epoch milliseconds; one that never ends leaves it at once. */
function workBegins({ createdAt, endsAt }: Pick<Job, 'createdAt' | 'endsAt'>): number {
  return endsAt === null ? createdAt : createdAt + (endsAt - createdAt) * pendingShare;
}

/**
 * When the stack of a job's environment changes: from when the job leaves the queue until just before it ends.
 * @param jobMs how long a job takes, for one that never ends
 */
export function stackPeriod(job: Pick<Job, 'createdAt' | 'endsAt'>, jobMs: number): Period {
  const from = workBegins(job);
  const to = job.endsAt ?? job.createdAt + jobMs;
  return { beginsAt: Math.ceil(from), endsAt: Math.ceil(from + (to - from) * stackShare) };
}

/** The model's view of a job (`BackendJobRespObj`); times are ISO 8601, `Error` only where there is a reason. */
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
