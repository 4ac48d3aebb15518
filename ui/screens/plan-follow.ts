/** Follows the jobs of an approved plan, from the press of the button to their ends. */
import { type Approval, answerIn, type Decommission, type Plan } from '../answers.ts';
import type { ToolResult } from '../host.ts';
import type { Stage } from '../stage.ts';
import { operationText } from '../text.ts';
import type { JobAnswer } from './job.ts';
import { JobWatch } from './job-watch.ts';
import { environmentsOf, openJobs, operationsOf } from './plan-jobs.ts';

/** What is followed. */
export interface FollowedPlan {
  readonly asked: Approval | undefined;
  readonly plan: Plan;
  /** When the button was pressed, on the clock of `performance.now`; undefined where another page sent it. */
  readonly sentAt: number | undefined;
  readonly answered: ToolResult | undefined;
}

export class PlanJobs {
  readonly #stage: Stage;
  readonly #ended: (sum: string, state: string | undefined) => void;
  #watch: JobWatch | undefined;
  /** How jobs ended that the answer shows as running. */
  readonly ends: Partial<JobAnswer>[] = [];

  /** @param ended a job has ended, with the sum in a sentence; not while the call itself waits for it */
  constructor(stage: Stage, ended: (sum: string, state: string | undefined) => void) {
    this.#stage = stage;
    this.#ended = ended;
  }

  /** Whether a job is known that has not ended. */
  get isOpen(): boolean {
    return this.#watch?.isOpen === true;
  }

  /** Whether a job was seen: then the plan was sent, whatever became of its answer. */
  get wasSeen(): boolean {
    return this.isOpen || this.ends.length > 0;
  }

  /** Whether jobs are looked for. */
  get isFollowing(): boolean {
    return this.#watch !== undefined;
  }

  bars(): HTMLElement[] {
    return this.#watch?.bars() ?? [];
  }

  /** Ends the following, until `follow`. */
  stop(): void {
    this.#watch?.stop();
  }

  /** Ends it for good. */
  drop(): void {
    this.stop();
    this.#watch = undefined;
  }

  /** Shows what runs from now on. */
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
    if (answered) this.expect(answered);
  }

  /** Follows the jobs that an answer names. @returns whether any of them goes on */
  expect(answered: ToolResult): boolean {
    const ended = new Set(this.ends.map(({ job }) => job?.jobId));
    const open = openJobs(answerIn<Decommission>(answered)).filter(({ jobId }) => !ended.has(jobId));
    for (const job of open) this.#watch?.expect(job);
    return open.length > 0;
  }
}
