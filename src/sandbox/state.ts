/**
 * The state of the sandbox. There are no timers: `applyDueChanges` applies what is due before each answer, so that runs
 * with an injected clock are repeatable.
 */
import { type Job, viewJob } from './jobs.ts';
import { ownBucketsIn } from './load/buckets.ts';
import type { Environment } from './resources.ts';
import type { LoginConfig } from './sdk-types.ts';
import { notFound, pendingJob } from './service-error.ts';
import { type Stacks, stacksAt } from './stacks/stack.ts';

/** A challenge token; `expiresAt` in epoch seconds. */
export interface Token {
  readonly challengeCode: string;
  readonly expiresAt: number;
}

/** Settings of the Admin UI. */
export interface AdminConfig {
  backendManagerAppId?: string;
  loginAuthConfig?: LoginConfig;
}

/** A branch of an app's hosting, and the environment that its builds use. */
export interface Branch {
  readonly name: string;
  readonly stage: 'PRODUCTION' | 'DEVELOPMENT';
  environment?: string;
  /** The ARN of the root stack of the Gen 2 backend that its builds deploy. */
  readonly stackArn?: string;
}

/** An app and what belongs to it. */
export interface App {
  readonly appName: string;
  readonly environments: Map<string, Environment>;
  readonly branches: Map<string, Branch>;
  config?: AdminConfig;
  readonly tokens: Map<string, Token>;
  /** Environment variables of the app's builds. */
  variables?: Readonly<Record<string, string>>;
  /** Address of the repository that the app's hosting builds from; absent for an app that is deployed by hand. */
  repository?: string;
}

/** An S3 bucket of the account. */
export interface Bucket {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** The whole state of one sandbox. */
export interface State {
  readonly apps: Map<string, App>;
  /** All jobs in order of creation. Those of a deleted environment stay for `retentionMs`. */
  jobs: Job[];
  readonly buckets: Map<string, Bucket>;
  readonly stacks: Stacks;
  /** Requests that are executed some time after their answer (faults with `delayMs`); `at` in epoch milliseconds. */
  lateRequests: { readonly at: number; readonly run: () => void }[];
  /** Deleted environments: when, in epoch milliseconds, and their jobs, which are removed later. */
  deletedEnvironments: { readonly at: number; readonly jobIds: readonly string[] }[];
  /** Functions that undo the migration states that were set, by `<app id>/<environment>`. */
  readonly migrations: Map<string, () => void>;
}

/** Applies what is due at `now`, in order of time, and removes jobs of environments deleted `retentionMs` ago. */
export function applyDueChanges(state: State, now: number, retentionMs: number): void {
  const dueRequests = state.lateRequests.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
  state.lateRequests = state.lateRequests.filter(({ at }) => at > now);
  // Each run first applies what was due before it.
  for (const { run } of dueRequests) run();
  const due = state.jobs
    .filter(job => job.effect && job.endsAt !== null && job.endsAt <= now)
    .sort((a, b) => (a.endsAt ?? 0) - (b.endsAt ?? 0));
  for (const job of due) {
    const { effect, endsAt } = job;
    delete job.effect;
    if (job.outcome === 'COMPLETED') effect?.(endsAt ?? now);
  }
  const expired = state.deletedEnvironments.filter(({ at }) => at + retentionMs <= now);
  if (expired.length === 0) return;
  const expiredJobs = new Set(expired.flatMap(({ jobIds }) => jobIds));
  state.deletedEnvironments = state.deletedEnvironments.filter(deletion => !expired.includes(deletion));
  state.jobs = state.jobs.filter(({ jobId }) => !expiredJobs.has(jobId));
}

/** @throws ServiceError 404 */
export function findApp(state: State, appId: string): App {
  const app = state.apps.get(appId);
  if (!app) throw notFound('App', `App ${appId} does not exist`);
  return app;
}

/** @throws ServiceError 404 for the app or the environment */
export function findEnvironment(state: State, appId: string, name: string): Environment {
  const environment = findApp(state, appId).environments.get(name);
  if (!environment)
    throw notFound('Environment', `Backend environment ${name} does not exist for app ${appId}`);
  return environment;
}

/** All jobs that are listed under an environment, oldest first. */
export function jobsOf(state: State, appId: string, environment: string): Job[] {
  return state.jobs.filter(job => job.appId === appId && job.environments.includes(environment));
}

/**
 * Throws while a clone into the environment or its deletion is pending.
 * @throws ServiceError 400 "There is already a pending job ..."
 */
export function refuseWhilePending(state: State, appId: string, environment: string, now: number): void {
  if (jobsOf(state, appId, environment).some(job => job.exclusive && !viewJob(job, now).ended))
    throw pendingJob();
}

export function addBucket(state: State, name: string, at: number): void {
  state.buckets.set(name, { name, createdAt: at });
}

/**
 * Removes an environment and its own buckets; `applyDueChanges` removes its jobs later. Branches that used it stay.
 * @param remaining buckets to keep
 */
export function removeEnvironment(
  state: State,
  appId: string,
  name: string,
  at: number,
  remaining: readonly string[],
): void {
  const app = state.apps.get(appId);
  const environment = app?.environments.get(name);
  if (!app || !environment) return;
  const { deployment, storage, loaded } = environment;
  const owned = [
    ...[deployment?.bucketName, storage?.imported ? undefined : storage?.bucketName],
    ...(loaded ? ownBucketsIn(loaded.meta) : []),
  ];
  for (const bucket of owned)
    if (bucket !== undefined && !remaining.includes(bucket)) state.buckets.delete(bucket);
  app.environments.delete(name);
  for (const branch of app.branches.values()) if (branch.environment === name) delete branch.environment;
  state.deletedEnvironments.push({ at, jobIds: jobsOf(state, appId, name).map(({ jobId }) => jobId) });
}

/** Maps as objects, however deep they are. */
function withoutMaps(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Map) return withoutMaps(Object.fromEntries(value));
  if (Array.isArray(value)) return value.map(withoutMaps);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutMaps(inner)]));
}

/** A bucket as clients see it. */
export const viewBucket = ({ name, createdAt }: Bucket) => ({
  name,
  creationDate: new Date(createdAt).toISOString(),
});

/** The state at `now`, to be written as JSON: maps as objects, jobs as records, stacks as clients see them. */
export function snapshot(state: State, now: number): unknown {
  const stacks = stacksAt(state.stacks.values(), now).map(({ stack, ...view }) => ({ ...stack, ...view }));
  return {
    ...state,
    apps: withoutMaps(state.apps),
    buckets: [...state.buckets.values()].map(viewBucket),
    stacks,
  };
}
