/** The jobs of a call, followed until AWS says that they ended. A job that the board does not show is asked about by its id. */
import { answerIn, type Board, type RunningJob } from '../answers.ts';
import { followBoard } from '../follow.ts';
import type { Arguments } from '../host.ts';
import { runningJob } from '../parts.ts';
import type { Stage } from '../stage.ts';
import type { JobAnswer } from './job.ts';

/** A job begins within seconds of the call, and a board on which nothing runs is fresh for longer. */
const SOON_MS = 3_000;
/** How much the age of a job may be wrong: AWS dates it in seconds. */
const SLACK_MS = 3_000;
/** How often a job that cannot be read is asked about. */
const MOST_TRIES = 5;

/** What `wait_for_job` says of a job. */
type WaitAnswer = JobAnswer & {
  readonly elapsedMs?: number;
  readonly expectedMs?: number;
  readonly waitingFor?: string;
};

/** What is followed, and who is told. */
export interface JobWatchOptions {
  /** `app` and `target` of the calls. */
  readonly app: Arguments;
  /** The environments whose jobs these are; all of the app where there are none. */
  readonly environments: ReadonlySet<string>;
  /** The operations that start them; any where there are none. */
  readonly operations?: ReadonlySet<string>;
  /** When the call was sent, on the clock of `performance.now`: earlier jobs are of others. */
  readonly sentAt?: number;
  /** Something has changed. */
  changed(): void;
  /** A job has ended, with what AWS says of it; empty where it cannot be read any more. */
  ended(job: RunningJob, answer: Partial<JobAnswer>): void;
}

export class JobWatch {
  readonly #stage: Stage;
  readonly #options: JobWatchOptions;
  readonly #stop: () => void;
  /** Those that AWS has not said to have ended, by id. */
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
        board: board => void this.#take(board),
        failed: () => undefined,
        tick: () => this.isOpen && stage.update(),
      },
      SOON_MS,
    );
  }

  stop(): void {
    this.#isStopped = true;
    this.#stop();
  }

  /** Whether a job is known that has not ended. */
  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Follows a job that an answer says is running. */
  expect(job: RunningJob): void {
    if (job.jobId !== undefined && !this.#open.has(job.jobId)) this.#open.set(job.jobId, job);
  }

  bars(): HTMLElement[] {
    return [...this.#open.values()].map(job => runningJob(job, Date.now() - this.#readAt));
  }

  async #take({ running = [] }: Board): Promise<void> {
    const { environments, operations, sentAt = 0, changed } = this.#options;
    const has = (set: ReadonlySet<string> = new Set(), one = '') => set.size === 0 || set.has(one);
    const isOurs = ({ environment, operation, jobId = '', elapsedMs = 0 }: RunningJob) =>
      !this.#done.has(jobId) &&
      (this.#open.has(jobId) ||
        (has(environments, environment) &&
          has(operations, operation) &&
          performance.now() - elapsedMs > sentAt - SLACK_MS));
    const shown = new Map(running.filter(isOurs).map(job => [String(job.jobId), job]));
    this.#readAt = Date.now();
    for (const [jobId, job] of shown) this.#open.set(jobId, job);
    changed();
    // The board may be short of a job that runs: only AWS's word on the job itself ends it.
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
