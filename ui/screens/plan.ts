/** A plan, and the question whether to approve it: a person types a name and presses a button, then its jobs are followed. */
import {
  type Approval,
  answerIn,
  approvalOf,
  type Decommission,
  type Plan,
  type Planned,
  textIn,
} from '../answers.ts';
import { el, named, prose, section } from '../dom.ts';
import { hintFor } from '../hints.ts';
import type { ToolResult } from '../host.ts';
import { NO_BREAK_SPACE } from '../live-region.ts';
import { box, failure, notes } from '../parts.ts';
import type { Screen, ScreenContent, Stage } from '../stage.ts';
import { operationText } from '../text.ts';
import { CloneScreen } from './clone.ts';
import { changedPart } from './plan-changed.ts';
import { type Decision, type DecisionResult, interpretAnswer, interpretFailure } from './plan-decision.ts';
import { PlanFollower } from './plan-follower.ts';
import { endLine, outcome, whyAskedAgain } from './plan-outcome.ts';
import { deletionOf, planParts, planSums } from './plan-parts.ts';
import { focus, planQuestion } from './plan-question.ts';
import {
  CHAT_MESSAGES,
  isUnknown,
  type QuestionStatus,
  readApproval,
  resultText,
  SUBTITLES,
  statusBox,
  statusOf,
} from './plan-status.ts';
import { planSubtitle } from './plan-subtitle.ts';
import { planName, planWords } from './plan-words.ts';

/** Shows a plan, with buttons to answer if it asks for approval. A dry run asks nothing, and some hosts show a form of their own. */
export class PlanScreen implements Screen {
  readonly #stage: Stage;
  #asked: Approval | undefined;
  #given: Partial<Planned>;
  #plan: Plan;
  /** The plan that was approved before it changed and was asked about again. */
  #before: Plan | undefined;
  #status: QuestionStatus = 'asked';
  #answered: ToolResult | undefined;
  /** Whether `#answered` is the answer of the check after the job, not of the approved call. */
  #isRecheck = false;
  readonly #jobs: PlanFollower;
  #sentAt: number | undefined;
  #inputError = '';
  #alert: (() => Node) | undefined;
  #typed = '';
  #round = 0;
  #until: Date | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(stage: Stage, result: ToolResult) {
    this.#stage = stage;
    this.#asked = approvalOf(result);
    this.#given = answerIn<Planned>(result);
    this.#plan = this.#given.plan ?? {};
    this.#jobs = new PlanFollower(stage, (sum, state) => this.#endJob(sum, state));
    void this.#checkQuestion();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#jobs.stop();
  }

  resume(): void {
    void this.#checkQuestion();
    if (this.#jobs.isFollowing) this.#follow();
  }

  isPending(): boolean {
    return ['sending', 'keeping'].includes(this.#status) || this.#jobs.isOpen;
  }

  get #planName(): string {
    return planName(this.#plan, this.#asked?.type ?? '');
  }

  /** Asks the server whether the question is still open: a host may show an old one again, and questions expire. */
  async #checkQuestion(): Promise<void> {
    const asked = this.#asked;
    const answer = await readApproval(this.#stage.host, this.#asked);
    if (!answer || this.#status !== 'asked' || this.#asked !== asked) return;
    if (answer.state !== 'open') this.#closeQuestion(statusOf(answer.state));
    else if (answer.leftMs !== undefined) {
      clearTimeout(this.#timer);
      this.#until = new Date(Date.now() + answer.leftMs);
      this.#timer = setTimeout(() => void this.#checkQuestion(), Math.min(answer.leftMs, 2 ** 31 - 1));
    }
    this.#stage.update();
  }

  #closeQuestion(status: QuestionStatus): void {
    this.#status = status;
    if (status === 'approved') this.#follow();
    else this.#jobs.drop();
    this.#stage.announce(`${SUBTITLES[status]}.`);
    this.#stage.update();
    focus('h1');
  }

  /** Shows the question again after an attempt that sent nothing. @param alert says why */
  #reopenQuestion(alert: () => Node): void {
    this.#status = 'asked';
    this.#alert = alert;
    this.#jobs.drop();
    this.#stage.update();
    focus('#name');
    void this.#checkQuestion();
  }

  /** Tells the model what the person decided. @param text the text of the server's answer, which has no token in it */
  async #tellModel(words: string, text = ''): Promise<void> {
    const { host } = this.#stage;
    await host.updateModelContext(text === '' ? words : `${words}\n${text}`).catch(() => undefined);
    await host.sendMessage(words).catch(() => undefined);
  }

  #refuse(words: string): void {
    // Screen readers announce only changes, so a repeated text has to differ.
    this.#inputError = this.#inputError === words ? words + NO_BREAK_SPACE : words;
    this.#stage.update();
    document.getElementById('name')?.focus();
  }

  #type(text: string): void {
    this.#typed = text;
    if (this.#inputError === '') return;
    this.#inputError = '';
    this.#stage.update();
  }

  async #decide(decision: Decision): Promise<void> {
    if (!this.#asked || this.#status !== 'asked') return;
    const { tool, arguments: args, approval, type } = this.#asked;
    const isApproval = decision === 'approve';
    const name = this.#typed.trim();
    if (isApproval && name !== type.trim())
      return this.#refuse(name === '' ? 'Type the name first.' : 'That is not the name. Nothing was sent.');
    [this.#status, this.#inputError, this.#alert] = [isApproval ? 'sending' : 'keeping', '', undefined];
    this.#stage.announce(isApproval ? 'Sent to AWS.' : 'Keeping: nothing is sent.');
    this.#sentAt = performance.now();
    if (isApproval) this.#follow();
    // The button and the field are disabled from now on, and a disabled element loses the focus.
    document.querySelector('h1')?.focus();
    this.#stage.update();
    const sent = { tool, arguments: args, approval, decision, ...(isApproval && { name }) };
    const { host } = this.#stage;
    const read = () => readApproval(host, this.#asked);
    this.#applyDecision(
      decision,
      await host.callTool('approve_plan', sent).then(
        result => interpretAnswer(decision, result, read),
        thrown => interpretFailure(decision, thrown, host.isAlone, read),
      ),
    );
  }

  #applyDecision(decision: Decision, decided: DecisionResult): void {
    const name = this.#planName;
    if (decided.is === 'asked') this.#askAgain(decided.again, decided.result);
    else if (decided.is === 'refused') {
      if (decision === 'approve') void this.#tellModel(CHAT_MESSAGES.refused(name), decided.text);
      this.#reopenQuestion(decided.why);
    } else if (decided.is === 'closed') {
      const { status } = decided;
      this.#closeQuestion(status);
      void this.#tellModel(status === 'kept' ? CHAT_MESSAGES.kept(name) : CHAT_MESSAGES.closed(name, status));
    } else this.#finish(decided);
  }

  #finish(decided: DecisionResult & { readonly is: 'answered' | 'lost' }): void {
    this.#status = decided.is;
    if (decided.is === 'answered') {
      this.#show(decided.result);
      void this.#tellModel(
        CHAT_MESSAGES.answered(this.#planName, resultText(decided.result)),
        textIn(decided.result),
      );
      if (answerIn<Decommission>(decided.result).verdict !== undefined && this.#showClone()) return;
    } else {
      this.#alert = () => failure({}, `${decided.words} Look at the board before you ask again.`);
      void this.#tellModel(CHAT_MESSAGES.lost(this.#planName));
    }
    this.#stage.update();
    focus('h1');
  }

  /** Shows the next question: the plan has changed meanwhile, or the call has a further step. */
  #askAgain(again: Approval, next: ToolResult): void {
    this.#given = answerIn<Planned>(next);
    const before = this.#plan;
    const plan = this.#given.plan ?? before;
    this.#before = again.hasChanged ? before : undefined;
    [this.#asked, this.#plan, this.#typed, this.#until] = [again, plan, '', undefined];
    this.#round += 1;
    const words = again.hasChanged
      ? 'What this would do has changed since the plan was read. Nothing was sent. Read the new plan, and decide again.'
      : whyAskedAgain(before, plan);
    this.#reopenQuestion(() => box('warn', el('p', { role: 'alert' }, words)));
    if (again.hasChanged) void this.#tellModel(CHAT_MESSAGES.changed(this.#planName));
  }

  /** Shows an answer, and follows the jobs that it names. */
  #show(next: ToolResult): void {
    this.#answered = next;
    // Jobs need no more watching if the answer names no running one, unless the outcome is unknown: then one may still appear.
    if (!this.#jobs.followJobsOf(next) && !isUnknown(next)) this.#jobs.drop();
    this.#stage.announce(`Answer: ${resultText(next, this.#isRecheck)}.`);
  }

  #follow(): void {
    const [asked, plan, sentAt, answered] = [this.#asked, this.#plan, this.#sentAt, this.#answered];
    this.#jobs.follow({ asked, plan, sentAt, answered });
  }

  #endJob(sum: string, state: string | undefined): void {
    // While the call is waiting, its answer will say how the job ended.
    if (this.#status === 'sending') return;
    this.#stage.announce(sum);
    if (this.#status !== 'approved') void this.#tellModel(`The job of the approved plan has ended. ${sum}`);
    if (!this.#jobs.isOpen) {
      this.#jobs.drop();
      if (state === 'succeeded') void this.#checkAfterJob();
    }
    this.#stage.update();
  }

  /** Shows the screen of a clone, with its comparison, if the approved call was one. @returns whether it was */
  #showClone(): boolean {
    if (this.#asked?.tool !== 'clone_environment' || !this.#answered) return false;
    this.#stage.show(new CloneScreen(this.#stage, this.#asked.arguments, this.#answered), true);
    return true;
  }

  /** Repeats a deletion whose job outlasted its call: now it only checks, and deletes nothing without a new approval. */
  async #checkAfterJob(): Promise<void> {
    if (this.#showClone() || this.#asked?.tool !== 'decommission_environment') return;
    const { tool, arguments: args } = this.#asked;
    const next = await this.#stage.host.callTool(tool, args).catch(() => undefined);
    if (!next || next.isError || approvalOf(next) || answerIn<Planned>(next).plan) return;
    [this.#status, this.#isRecheck, this.#alert] = ['answered', true, undefined];
    this.#show(next);
    this.#stage.update();
  }

  #head(): string {
    const [status, answered, isRecheck] = [this.#status, this.#answered, this.#isRecheck];
    if (!this.#asked) return 'Plan: nothing was sent';
    return planSubtitle({ status, answered, isRecheck, isOpen: this.#jobs.isOpen, end: this.#jobs.ends[0] });
  }

  #question() {
    const [asked, status] = [this.#asked, this.#status];
    if (!asked || !['asked', 'sending', 'keeping'].includes(status)) return undefined;
    return planQuestion({
      approval: asked,
      round: this.#round,
      isDeletion: deletionOf(this.#plan).isDeletion,
      words: planWords(this.#plan, asked.type),
      ...{ typed: this.#typed, inputError: this.#inputError, until: this.#until },
      pending: status === 'sending' ? 'approve' : status === 'keeping' ? 'keep' : undefined,
      type: text => this.#type(text),
      decide: decision => void this.#decide(decision),
    });
  }

  render(): ScreenContent {
    const [asked, answered, plan] = [this.#asked, this.#answered, this.#plan];
    const { error } = this.#given;
    const bars = this.#jobs.bars();
    const isAsked = this.#status === 'asked';
    const about = named(plan.environment ?? plan.app?.name ?? plan.app?.id ?? '');
    return {
      title: el('span', null, operationText(plan.request?.operation ?? 'Plan'), ' ', el('span', null, about)),
      subtitle: this.#head(),
      body: [
        !isAsked && !this.#jobs.wasSeen && this.#alert?.(),
        bars.length > 0 && section('Running', 'running', bars),
        ...(answered
          ? outcome(answered, { ends: this.#jobs.ends, plan, isRecheck: this.#isRecheck })
          : this.#jobs.ends.map(endLine)),
        statusBox(this.#status),
        this.#before && !answered && changedPart(this.#before, plan),
        ...(answered ? [] : [...planSums(plan), ...planParts(plan)]),
        !asked && error && box('warn', prose(error.message), prose(hintFor(error.code))),
        !asked && !error && notes(this.#given.notes),
        isAsked && this.#alert?.(),
        this.#question(),
      ],
    };
  }
}
