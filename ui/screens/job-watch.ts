/** Follows the jobs of a call until AWS says that they have ended. A job that is missing from the board is read by its id. */
import { answerIn, type Board, type RunningJob } from '../answers.ts';
import { followBoard } from '../follow.ts';
import type { Arguments } from '../host.ts';
import { runningJob } from '../parts.ts';
import type { Stage } from '../stage.ts';
import type { JobAnswer } from './job.ts';

/** A job starts within seconds of the call, but a board without running jobs has a longer `ttlMs`. */
const MAX_READ_INTERVAL_MS = 3_000;
/** AWS dates jobs in whole seconds, so their ages are not exact. */
const AGE_TOLERANCE_MS = 3_000;
/** How many failed reads of a job end the following. */
const MOST_TRIES = 5;

/** What `wait_for_job` says of a job. */
type WaitAnswer = JobAnswer & {
  readonly elapsedMs?: number;
  readonly expectedMs?: number;
  readonly waitingFor?: string;
};

/** Which jobs are followed, and the callbacks. */
export interface JobWatchOptions {
  /** `app` and `target` of the calls. */
  readonly app: Arguments;
  /** Only jobs of these environments; of any environment if empty. */
  readonly environments: ReadonlySet<string>;
  /** Only jobs of these operations; of any operation if empty. */
  readonly operations?: ReadonlySet<string>;
  /** When the call was sent, by `performance.now`. Earlier jobs belong to others. */
  readonly sentAt?: number;
  /** Something has changed. */
  changed(): void;
  /** A job has ended. @param answer of `wait_for_job`; empty if the job could not be read any more */
  ended(job: RunningJob, answer: Partial<JobAnswer>): void;
}

export class JobWatch {
  readonly #stage: Stage;
  readonly #options: JobWatchOptions;
  readonly #stop: () => void;
  /** The jobs that have not ended, by id. */
  readonly #open = new Map<string, RunningJob>();
  readonly #done = new Set<string>();
  readonly #tries = new Map<string, number>();
  #readAt = Date.now();
  #isStopped = false;

  constructor(stage: Stage, options: JobWatchOptions) {
    this.#stage = stage;
    this.#options = options;
    const [environment, another] = options.environments;
    const isOne = environment !== undefined && another === undefined;
    this.#stop = followBoard(
      stage.host,
      { ...options.app, only: 'jobs', ...(isOne && { environment }) },
      {
        board: board => void this.#receive(board),
        failed: () => undefined,
        tick: () => this.isOpen && stage.update(),
      },
      MAX_READ_INTERVAL_MS,
    );
  }

  stop(): void {
    this.#isStopped = true;
    this.#stop();
  }

  /** Whether a job has not ended. */
  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Follows a job that an answer says is running. */
  follow(job: RunningJob): void {
    if (job.jobId !== undefined && !this.#open.has(job.jobId)) this.#open.set(job.jobId, job);
  }

  bars(): HTMLElement[] {
    return [...this.#open.values()].map(job => runningJob(job, Date.now() - this.#readAt));
  }

  async #receive({ running = [] }: Board): Promise<void> {
    const { environments, operations, sentAt = 0, changed } = this.#options;
    const has = (set: ReadonlySet<string> = new Set(), one = '') => set.size === 0 || set.has(one);
    const isOurs = ({ environment, operation, jobId = '', elapsedMs = 0 }: RunningJob) =>
      !this.#done.has(jobId) &&
      (this.#open.has(jobId) ||
        (has(environments, environment) &&
          has(operations, operation) &&
          performance.now() - elapsedMs > sentAt - AGE_TOLERANCE_MS));
    const shown = new Map(running.filter(isOurs).map(job => [String(job.jobId), job]));
    this.#readAt = Date.now();
    for (const [jobId, job] of shown) this.#open.set(jobId, job);
    changed();
    // A running job may be missing from the board, so only its own record says that it has ended.
    const unseen = [...this.#open].filter(([jobId]) => !shown.has(jobId));
    await Promise.all(unseen.map(([jobId, job]) => this.#ask(jobId, job)));
  }

  async #ask(jobId: string, job: RunningJob): Promise<void> {
    const { app, ...where } = this.#options.app;
    const args = { ...where, appId: app, backendEnvironmentName: job.environment, jobId, timeoutSeconds: 1 };
    const answer = await this.#stage.host
      .callTool('wait_for_job', args)
      .then(result => answerIn<WaitAnswer>(result))
      .catch(() => ({}) as Partial<WaitAnswer>);
    if (this.#isStopped || !this.#open.has(jobId)) return;
    const state = answer.job?.state;
    const tries = (this.#tries.get(jobId) ?? 0) + 1;
    if (state === 'succeeded' || state === 'failed' || (state === undefined && tries >= MOST_TRIES)) {
      this.#open.delete(jobId);
      this.#done.add(jobId);
      this.#options.ended(job, answer);
    } else if (state === undefined) this.#tries.set(jobId, tries);
    else {
      const { elapsedMs, expectedMs, waitingFor } = answer;
      this.#open.set(jobId, { ...job, elapsedMs, expectedMs, text: waitingFor });
    }
    this.#options.changed();
  }
}
