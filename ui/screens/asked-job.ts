/** The job that a call asked about, shown above the board of its app. It is followed until AWS says that it has ended. */
import { answerIn, type Board } from '../answers.ts';
import type { Arguments } from '../host.ts';
import type { Stage } from '../stage.ts';
import { nameText, operationText } from '../text.ts';
import { type JobAnswer, jobPart } from './job.ts';

/** How many failed reads of a job end the following. */
const MOST_TRIES = 5;

export class AskedJob {
  readonly #stage: Stage;
  readonly #target: Arguments;
  #answer: JobAnswer;
  #failures = 0;
  #isAsking = false;

  /** @param target the argument `target` of the calls, if there are several targets */
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

  /** Takes a new board. A job that is missing from it is read by its id, because only its record says that it has ended. */
  async receive({ running = [] }: Board): Promise<void> {
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
      if (!this.#isOpen) this.#stage.announce(`${operationText(operation)}: ${nameText(answer.job.state)}.`);
    }
    this.#stage.update();
  }
}
