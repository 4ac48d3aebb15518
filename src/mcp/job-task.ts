/**
 * The tasks for AWS jobs. A task has the state of its job; its result is what the tool would have answered if it had
 * waited. AWS cannot cancel a job, so cancelling a task only ends the watching.
 */
import type { Jobs } from '../call/jobs.ts';
import type { SharedFacts } from '../call/shared-state.ts';
import { toServerError } from '../errors.ts';
import { jobUri } from '../jobs/job.ts';
import type { Release } from '../jobs/report.ts';
import { BoundedMap } from '../lib/bounded-map.ts';
import { cancelledState, type JobTaskData, taskStateOf } from './job-task-state.ts';
import { isTaskOver, TASK_LIFE_MS, type TaskContext, type TaskKind, type TaskState } from './tasks.ts';

/** How many cancellations are remembered. A task whose cancellation is forgotten has its job's state again. */
const MOST_CANCELLED = 1_000;

const keyOf = (data: JobTaskData, { caller }: TaskContext) => JSON.stringify([caller, jobUri(data)]);
const factOf = (data: JobTaskData) => `cancelled ${jobUri(data)}`;

const readContextOf = ({ operation }: JobTaskData, { caller, signal }: TaskContext) => ({
  ...{ caller, signal, operation },
});

/** Jobs as tasks. `jobs` checks ids and policy at every read. */
export class JobTaskKind implements TaskKind<JobTaskData> {
  readonly #jobs: Pick<Jobs, 'read' | 'follow'>;
  readonly #facts: SharedFacts | undefined;
  /** When each task was cancelled, in ISO 8601. */
  readonly #cancelledAt = new BoundedMap<string, string>(MOST_CANCELLED);
  readonly #onCancel = new Map<string, Set<() => void>>();

  /** @param facts shares cancellations between the caller's applications */
  constructor(jobs: Pick<Jobs, 'read' | 'follow'>, facts?: SharedFacts) {
    this.#jobs = jobs;
    this.#facts = facts;
  }

  async read(data: JobTaskData, ctx: TaskContext): Promise<TaskState> {
    await this.#loadCancellation(data, ctx);
    const cancelled = this.#cancelled(data, ctx);
    if (cancelled) return cancelled;
    try {
      return taskStateOf(data, await this.#jobs.read(data, readContextOf(data, ctx)));
    } catch (thrown) {
      const failure = toServerError(thrown);
      if (failure.code === 'job_vanished') return taskStateOf(data, failure);
      throw failure;
    }
  }

  async follow(data: JobTaskData, ctx: TaskContext, onChange: (state: TaskState) => void): Promise<Release> {
    const key = keyOf(data, ctx);
    const releases: Release[] = [];
    let isReleased = false;
    const release = () => {
      isReleased = true;
      for (const run of releases.splice(0)) run();
    };
    const notify = (state: TaskState | undefined) => {
      if (isReleased || !state) return;
      if (isTaskOver(state)) release();
      onChange(state);
    };
    const notifyIfCancelled = () => notify(this.#cancelled(data, ctx));
    const unfollow = this.#facts?.follow(factOf(data), at => this.#setCancelled(key, at));
    if (unfollow) releases.push(unfollow);
    releases.push(this.#whenCancelled(key, notifyIfCancelled));
    await this.#loadCancellation(data, ctx);
    notifyIfCancelled();
    if (isReleased) return release;
    try {
      const context = readContextOf(data, ctx);
      const unfollowJob = await this.#jobs.follow(data, context, change => notify(taskStateOf(data, change)));
      // The job may have ended, or the task been cancelled, before the follow had started.
      if (isReleased) unfollowJob();
      else releases.push(unfollowJob);
      return release;
    } catch (thrown) {
      release();
      throw thrown;
    }
  }

  async cancel(data: JobTaskData, ctx: TaskContext): Promise<void> {
    try {
      if (isTaskOver(await this.read(data, ctx))) return;
    } catch (thrown) {
      // The task can be cancelled even if AWS does not answer.
      if (toServerError(thrown).code === 'not_found') throw thrown;
    }
    const at = new Date().toISOString();
    this.#setCancelled(keyOf(data, ctx), at);
    this.#facts?.put(factOf(data), at, TASK_LIFE_MS);
  }

  #cancelled(data: JobTaskData, ctx: TaskContext): TaskState | undefined {
    const at = this.#cancelledAt.get(keyOf(data, ctx));
    return at === undefined ? undefined : cancelledState(data, at);
  }

  #setCancelled(key: string, at: string): void {
    this.#cancelledAt.set(key, at);
    for (const run of [...(this.#onCancel.get(key) ?? [])]) run();
  }

  #whenCancelled(key: string, run: () => void): Release {
    this.#onCancel.set(key, (this.#onCancel.get(key) ?? new Set()).add(run));
    return () => {
      const runs = this.#onCancel.get(key);
      runs?.delete(run);
      if (runs?.size === 0) this.#onCancel.delete(key);
    };
  }

  /** Reads whether the task was cancelled through another application. If that cannot be read, it counts as not cancelled. */
  async #loadCancellation(data: JobTaskData, ctx: TaskContext): Promise<void> {
    const key = keyOf(data, ctx);
    if (this.#cancelledAt.has(key)) return;
    const at = await this.#facts?.get(factOf(data)).catch(() => undefined);
    if (at !== undefined) this.#setCancelled(key, at);
  }
}
