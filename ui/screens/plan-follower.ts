/** Follows the jobs of an approved plan until they have ended. */
import { type Approval, answerIn, type Decommission, type Plan } from '../answers.ts';
import type { ToolResult } from '../host.ts';
import type { Stage } from '../stage.ts';
import { operationText } from '../text.ts';
import type { JobAnswer } from './job.ts';
import { JobWatch } from './job-watch.ts';
import { environmentsOf, openJobs, operationsOf } from './plan-jobs.ts';

/** The plan whose jobs are followed. */
export interface FollowedPlan {
  readonly asked: Approval | undefined;
  readonly plan: Plan;
  /** When the button was pressed, by `performance.now`; undefined if another page sent the plan. */
  readonly sentAt: number | undefined;
  readonly answered: ToolResult | undefined;
}

export class PlanFollower {
  readonly #stage: Stage;
  readonly #ended: (sum: string, state: string | undefined) => void;
  #watch: JobWatch | undefined;
  /** The ends of jobs that the answer still shows as running. */
  readonly ends: Partial<JobAnswer>[] = [];

  /** @param ended called after each job's end, with a sentence about it */
  constructor(stage: Stage, ended: (sum: string, state: string | undefined) => void) {
    this.#stage = stage;
    this.#ended = ended;
  }

  /** Whether a job has not ended. */
  get isOpen(): boolean {
    return this.#watch?.isOpen === true;
  }

  /** Whether a job was seen. If so, the plan was sent, even if its answer was lost. */
  get wasSeen(): boolean {
    return this.isOpen || this.ends.length > 0;
  }

  /** Whether `follow` was called, and `drop` was not called since. */
  get isFollowing(): boolean {
    return this.#watch !== undefined;
  }

  bars(): HTMLElement[] {
    return this.#watch?.bars() ?? [];
  }

  /** Pauses until the next `follow`. */
  stop(): void {
    this.#watch?.stop();
  }

  /** Stops following for good. */
  drop(): void {
    this.stop();
    this.#watch = undefined;
  }

  /** Starts to follow the jobs of a plan. */
  follow(followed: FollowedPlan): void {
    const { asked, plan, sentAt, answered } = followed;
    const { app, appId, target } = asked?.arguments ?? {};
    const given = app ?? appId ?? plan.app?.id;
    if (given === undefined) return;
    const name = target ?? plan.target;
    this.stop();
    this.#watch = new JobWatch(this.#stage, {
      app: { app: given, ...(name !== undefined && { target: name }) },
      environments: environmentsOf(plan),
      operations: operationsOf(plan),
      ...(sentAt !== undefined && { sentAt }),
      changed: () => this.#stage.update(),
      ended: (job, answer) => {
        this.ends.push(answer);
        const state = answer.job?.state;
        this.#ended(`${operationText(job.operation)}: ${state ?? 'ended'}.`, state);
      },
    });
    if (answered) this.followJobsOf(answered);
  }

  /** Also follows the jobs that an answer names. @returns whether any of them is still running */
  followJobsOf(answered: ToolResult): boolean {
    const ended = new Set(this.ends.map(({ job }) => job?.jobId));
    const open = openJobs(answerIn<Decommission>(answered)).filter(({ jobId }) => !ended.has(jobId));
    for (const job of open) this.#watch?.follow(job);
    return open.length > 0;
  }
}
