/** A clone in four steps: look, clone, follow, compare. While the call is pending, the jobs on the board show its progress. */
import { answerIn, type Clone, type Compared, textIn } from '../answers.ts';
import { el, named, prose, section } from '../dom.ts';
import { messageIn } from '../hints.ts';
import type { Arguments, ToolResult } from '../host.ts';
import { box, failure, notes, state, steps } from '../parts.ts';
import type { Screen, ScreenContent, Stage } from '../stage.ts';
import { nameText, operationText } from '../text.ts';
import { ComparisonParts } from './comparison.ts';
import type { JobAnswer } from './job.ts';
import { JobWatch } from './job-watch.ts';
import { planParts } from './plan-parts.ts';

type StepState = 'done' | 'now' | 'waiting' | 'failed';

/** The progress of the clone: `at` is the index of the current or failed step, 4 if all are done. */
interface Progress {
  readonly at: 0 | 1 | 2 | 3 | 4;
  readonly isFailed: boolean;
}

const STEPS = [
  ['Look', 'the source, its stacks, and the name'],
  ['Clone', 'AWS takes the job'],
  ['Follow', 'until AWS says that it ended'],
  ['Compare', 'both, setting by setting'],
] as const;

const WORDS: Readonly<Record<StepState, readonly [sign: string, word: string]>> = {
  done: ['✓', 'done'],
  now: ['◐', 'goes on'],
  waiting: ['', 'not yet'],
  failed: ['✕', 'failed'],
};

const stateOf = (index: number, { at, isFailed }: Progress): StepState =>
  index < at ? 'done' : index > at ? 'waiting' : isFailed ? 'failed' : 'now';

function stepList(progress: Progress) {
  return el(
    'ol',
    { class: 'steps', 'data-key': 'steps' },
    STEPS.map(([name, about], index) => {
      const is = stateOf(index, progress);
      const [sign, word] = WORDS[is];
      return el(
        'li',
        { class: is, 'aria-current': is === 'now' ? 'step' : undefined },
        el('span', { class: 'step-sign', 'aria-hidden': 'true' }, sign || String(index + 1)),
        el('span', { class: 'step-name' }, name),
        el('span', { class: 'unseen' }, `: ${word}`),
        el('span', { class: 'quiet' }, about),
      );
    }),
  );
}

const VERDICTS: Readonly<Record<string, string>> = {
  complete: 'The clone has what its source has, as far as both were compared.',
  partial: 'The clone lacks something that its source has.',
  empty: 'The clone has nothing of its source.',
  failed: 'The clone failed.',
};

export class CloneScreen implements Screen {
  readonly #stage: Stage;
  readonly #args: Arguments;
  readonly #comparison: ComparisonParts;
  #answer: Partial<Clone> = {};
  #isError = false;
  #hasResult = false;
  /** The job's record after its end. */
  #end: JobAnswer['job'];
  /** The page's own comparison, made if the call ended before the job did. */
  #compared: Partial<Compared> | undefined;
  #watch: JobWatch | undefined;
  #announced = '';

  /** @param first the result, if the call has ended already */
  constructor(stage: Stage, args: Arguments, first?: ToolResult) {
    this.#stage = stage;
    this.#args = args;
    this.#comparison = new ComparisonParts(stage, page => this.#compare(page));
    if (first) this.result(first);
    else this.#follow();
  }

  stop(): void {
    this.#watch?.stop();
  }

  resume(): void {
    const { verdict, plan } = this.#answer;
    if (this.#end || this.#isError || verdict !== undefined || plan) return;
    this.#watch = undefined;
    this.#follow();
    this.#followJob();
  }

  isPending(): boolean {
    const { at, isFailed } = this.#progress();
    const isLost = this.#end !== undefined && this.#end.state === undefined;
    return at < STEPS.length && !isFailed && !isLost && this.#answer.plan === undefined;
  }

  get #from(): string {
    return String(this.#answer.from ?? this.#args.from ?? 'source');
  }

  get #to(): string {
    return String(this.#answer.to ?? this.#args.to ?? 'clone');
  }

  get #app(): Arguments {
    const { app, target } = this.#args;
    return { app: this.#answer.appId ?? app, ...(target !== undefined && { target }) };
  }

  async #compare(page?: number): Promise<Partial<Compared>> {
    const sides = { left: this.#from, right: this.#to, ...(page !== undefined && { page }) };
    const result = await this.#stage.host.callTool('compare_environments', { ...this.#app, ...sides });
    if (result.isError) throw new Error(messageIn(result));
    return answerIn<Compared>(result);
  }

  #progress(): Progress {
    const { verdict, job } = this.#answer;
    if (verdict === 'failed') return { at: 2, isFailed: true };
    if (verdict !== undefined) return { at: 4, isFailed: false };
    const state = this.#end?.state ?? job?.state;
    if (state === 'failed' || state === 'stalled') return { at: 2, isFailed: true };
    if (this.#compared) return { at: 4, isFailed: this.#compared.error !== undefined };
    if (this.#hasResult && this.#isError)
      return { at: state === 'succeeded' ? 3 : job ? 2 : 0, isFailed: true };
    if (state === 'succeeded') return { at: 3, isFailed: false };
    return { at: job || this.#watch?.isOpen ? 2 : 0, isFailed: false };
  }

  #announce(): void {
    const { at, isFailed } = this.#progress();
    const step = STEPS[Math.min(at, 3)]?.[0] ?? '';
    const names = `${nameText(this.#from)} to ${nameText(this.#to)}`;
    const now =
      at === 4
        ? `Clone of ${names}: ${this.#answer.verdict ?? 'compared'}.`
        : `${step}: ${isFailed ? 'failed' : 'goes on'}.`;
    if (now !== this.#announced) this.#stage.announce(now);
    this.#announced = now;
    this.#stage.update();
  }

  /** Compares after the job, if the call ended before the job did and so did not compare. */
  async #compareAfterJob(): Promise<void> {
    this.#watch?.stop();
    try {
      this.#compared = await this.#compare();
      this.#comparison.set(this.#compared);
    } catch (thrown) {
      this.#compared = { error: { message: thrown instanceof Error ? thrown.message : String(thrown) } };
    }
    this.#announce();
  }

  #follow(): void {
    this.#watch ??= new JobWatch(this.#stage, {
      app: this.#app,
      environments: new Set([this.#to]),
      changed: () => this.#announce(),
      ended: (_job, { job }) => {
        this.#end = job ?? {};
        this.#afterJobEnd();
      },
    });
  }

  #followJob(): void {
    const { job } = this.#answer;
    if (job?.state === 'running') this.#watch?.follow({ ...job, environment: this.#to });
  }

  /** Continues after the job's end: compares, unless the call does so itself. */
  #afterJobEnd(): void {
    const isOurs = this.#hasResult && !this.#isError && this.#answer.verdict === undefined;
    if (isOurs && this.#end?.state === 'succeeded') void this.#compareAfterJob();
    else if (isOurs && this.#end) this.#watch?.stop();
    this.#announce();
  }

  result(next: ToolResult): void {
    const answer = answerIn<Clone>(next);
    const isWordless = answer.error !== undefined && !answer.error.message;
    this.#answer = isWordless ? { ...answer, error: { ...answer.error, message: textIn(next) } } : answer;
    [this.#hasResult, this.#isError] = [true, next.isError === true];
    if (answer.verdict !== undefined) this.#comparison.set(answer);
    if (answer.verdict !== undefined || answer.plan || this.#isError) this.#watch?.stop();
    else {
      this.#follow();
      this.#followJob();
    }
    this.#afterJobEnd();
  }

  render(): ScreenContent {
    const { verdict, plan, job, error, nextSteps, notes: noted } = this.#answer;
    const [from, to] = [this.#from, this.#to];
    const isPlan = plan !== undefined && verdict === undefined && !job;
    const compared = this.#compared;
    const bars = verdict === undefined ? (this.#watch?.bars() ?? []) : [];
    const { state: ended = job?.state, error: reason = job?.error } = this.#end ?? {};
    return {
      title: el('span', null, named(from), el('span', { class: 'quiet' }, ' to '), named(to)),
      subtitle: isPlan ? 'Plan of a clone: nothing was sent' : 'Clone',
      body: [
        !isPlan && stepList(this.#progress()),
        bars.length > 0 && section('Job', 'job', bars),
        verdict !== undefined &&
          el('p', { class: 'verdict', 'data-key': 'verdict' }, state(verdict), ' ', VERDICTS[verdict] ?? ''),
        (error || (this.#hasResult && this.#isError)) && failure(this.#answer),
        ended === 'failed' &&
          section(
            'Why it failed',
            'reason',
            el('p', { class: 'quiet' }, operationText(this.#end?.operation ?? job?.operation)),
            prose(reason ?? 'AWS gives no reason.'),
          ),
        this.#end && ended === undefined && box('warn', prose('How it ended is unknown: look at the board.')),
        ...(isPlan ? planParts(plan) : []),
        ...(verdict !== undefined || compared?.counts ? this.#comparison.parts(from, to) : []),
        compared?.error && failure(compared),
        steps(nextSteps),
        notes(noted),
      ],
    };
  }
}
