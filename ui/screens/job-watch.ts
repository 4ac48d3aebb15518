/** The jobs of an approved call, followed until AWS says that they ended. */
import { answerIn, type Board, type RunningJob } from '../answers.ts';
import { followBoard } from '../follow.ts';
import type { Arguments } from '../host.ts';
import { runningJob } from '../parts.ts';
import type { Stage } from '../stage.ts';
import { nameText, operationText } from '../text.ts';
import type { JobAnswer } from './job.ts';

/** A job begins within seconds of the call, and a board on which nothing runs is fresh for longer. */
const SOON_MS = 3_000;

interface WatchedJob {
  readonly environment?: string | undefined;
  readonly operation?: string | undefined;
  readonly jobId?: string | undefined;
}

/** What is followed, and who is told. */
export interface JobWatchOptions {
  /** `app` and `target` of the calls. */
  readonly app: Arguments;
  /** The environments whose jobs these are; all of the app where there are none. */
  readonly environments: ReadonlySet<string>;
  /** A job has ended, with what `wait_for_job` answers of it; empty where nothing is known but that it runs no more. */
  ended(job: WatchedJob, answer: Partial<JobAnswer>): void;
}

export class JobWatch {
  readonly #stage: Stage;
  readonly #options: JobWatchOptions;
  readonly #stop: () => void;
  /** Those that ran when last looked at, by id. */
  readonly #open = new Map<string, WatchedJob>();
  readonly #asked = new Set<string>();
  #running: readonly RunningJob[] = [];
  #readAt = Date.now();

  constructor(stage: Stage, options: JobWatchOptions) {
    this.#stage = stage;
    this.#options = options;
    this.#stop = followBoard(
      stage.host,
      options.app,
      {
        board: board => this.#take(board),
        failed: () => undefined,
        tick: () => this.#running.length > 0 && stage.update(),
      },
      SOON_MS,
    );
  }

  stop(): void {
    this.#stop();
  }

  /** Whether a job is known that has not ended. */
  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Follows a job that an answer says is running. */
  expect(job: WatchedJob): void {
    if (job.jobId !== undefined) this.#open.set(job.jobId, job);
  }

  bars(): HTMLElement[] {
    return this.#running.map(job => runningJob(job, Date.now() - this.#readAt));
  }

  #take({ running = [] }: Board): void {
    const { environments } = this.#options;
    this.#running = running.filter(
      ({ environment = '' }) => environments.size === 0 || environments.has(environment),
    );
    this.#readAt = Date.now();
    for (const job of this.#running) {
      if (job.jobId !== undefined && !this.#open.has(job.jobId))
        this.#stage.say(`${operationText(job.operation)} of ${nameText(job.environment)} runs.`);
      this.expect(job);
    }
    const runs = new Set(this.#running.map(({ jobId }) => jobId));
    for (const [jobId, job] of this.#open) if (!runs.has(jobId)) void this.#end(jobId, job);
    this.#stage.update();
  }

  /** Asks how a job ended that the board no longer shows. */
  async #end(jobId: string, job: WatchedJob): Promise<void> {
    if (this.#asked.has(jobId)) return;
    this.#asked.add(jobId);
    const { app, ...where } = this.#options.app;
    const args = { ...where, appId: app, backendEnvironmentName: job.environment, jobId, timeoutSeconds: 1 };
    const answer = await this.#stage.host
      .callTool('wait_for_job', args)
      .then(result => answerIn<JobAnswer>(result))
      .catch(() => ({}) as Partial<JobAnswer>);
    this.#asked.delete(jobId);
    if (answer.job?.state === 'running') return;
    this.#open.delete(jobId);
    this.#options.ended(job, answer);
  }
}
