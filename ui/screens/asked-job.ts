/** A job that was asked about, above the board of its app. One that runs is followed until AWS says that it ended. */
import { answerIn, type Board } from '../answers.ts';
import type { Arguments } from '../host.ts';
import type { Stage } from '../stage.ts';
import { nameText, operationText } from '../text.ts';
import { type JobAnswer, jobPart } from './job.ts';

/** How often a job that cannot be read is asked about. */
const MOST_TRIES = 5;

export class AskedJob {
  readonly #stage: Stage;
  readonly #target: Arguments;
  #answer: JobAnswer;
  #failures = 0;
  #isAsking = false;

  /** @param target the account, where there are several */
  constructor(stage: Stage, target: Arguments, answer: JobAnswer) {
    [this.#stage, this.#target, this.#answer] = [stage, target, answer];
  }

  part(): HTMLElement {
    return jobPart(this.#answer, this.#failures >= MOST_TRIES);
  }

  get environment(): string | undefined {
    return this.#answer.job?.backendEnvironmentName;
  }

  get #isOpen(): boolean {
    const state = this.#answer.job?.state;
    return (state === 'running' || state === 'stalled') && this.#failures < MOST_TRIES;
  }

  /** After a read of the board. AWS's word alone ends a job, so it is asked about one that the board does not show. */
  async take({ running = [] }: Board): Promise<void> {
    const { appId, backendEnvironmentName, jobId, operation } = this.#answer.job ?? {};
    const isShown = running.some(one => one.jobId === jobId);
    if (jobId === undefined || !this.#isOpen || this.#isAsking || isShown) return;
    this.#isAsking = true;
    const args = { ...this.#target, appId, backendEnvironmentName, jobId, timeoutSeconds: 1 };
    const answer = await this.#stage.host
      .callTool('wait_for_job', args)
      .then(result => answerIn<JobAnswer>(result))
      .catch(() => ({}) as Partial<JobAnswer>);
    this.#isAsking = false;
    if (answer.job?.state === undefined) this.#failures += 1;
    else {
      this.#failures = 0;
      this.#answer = answer;
      if (!this.#isOpen) this.#stage.say(`${operationText(operation)}: ${nameText(answer.job.state)}.`);
    }
    this.#stage.update();
  }
}
