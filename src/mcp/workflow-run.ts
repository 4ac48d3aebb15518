/** A workflow that continues without its caller: its state, the job that it waits for, and its followers. */
import type { Job } from '../jobs/job.ts';
import type { Release } from '../jobs/report.ts';
import type { RunAnnouncement } from './shared-runs.ts';
import { isTaskOver, type TaskState } from './tasks.ts';

/** How soon to ask again, where nothing better is known. */
export const POLL_MS = 2_000;

const now = () => new Date().toISOString();

export class WorkflowRun {
  readonly #abort = new AbortController();
  readonly #followers = new Set<(state: TaskState) => void>();
  #state: TaskState = { status: 'working', lastUpdatedAt: now(), pollIntervalMs: POLL_MS };
  #job: Job | undefined;
  /** Publishes the state of the run to the caller's other applications. */
  #announcement: RunAnnouncement | undefined;

  get state(): TaskState {
    return this.#state;
  }

  get isOver(): boolean {
    return isTaskOver(this.#state);
  }

  /** The job that it waits for. */
  get job(): Job | undefined {
    return this.#job;
  }

  /** Aborts when the run is cancelled. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  announceBy(announcement: RunAnnouncement): void {
    this.#announcement = announcement;
  }

  /** Sets a new state; a run that is over keeps its state. */
  setState(state: TaskState): void {
    if (this.isOver) return;
    this.#state = { lastUpdatedAt: now(), ...state };
    this.#announcement?.update();
    for (const follower of [...this.#followers]) follower(this.#state);
  }

  /** Records that it waits for a job. */
  waitFor(job: Job, statusMessage: string): void {
    this.#job = job;
    this.setState({ status: 'working', statusMessage, pollIntervalMs: POLL_MS });
  }

  /** Calls back with each new state; for a run that is over, once with that. */
  follow(onChange: (state: TaskState) => void): Release {
    if (this.isOver) {
      onChange(this.#state);
      return () => {};
    }
    // A new function for each follower, so that a callback that follows twice is called twice.
    const follower = (state: TaskState) => onChange(state);
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  abort(): void {
    this.#abort.abort();
  }

  /** Ends without a last state. */
  discard(): void {
    this.#announcement?.end();
    this.#followers.clear();
  }
}
