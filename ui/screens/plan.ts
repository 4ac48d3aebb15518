/**
 * A plan: what goes, what stays, what is unsure. Where it is a question, a person answers it here, with the name and a
 * button; then the jobs of the call are followed to their end.
 */
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
import { box, failure, notes } from '../parts.ts';
import type { Look, Screen, Stage } from '../stage.ts';
import { operationText } from '../text.ts';
import { CloneScreen } from './clone.ts';
import { changedPart } from './plan-changed.ts';
import { PlanJobs } from './plan-follow.ts';
import { planHead } from './plan-head.ts';
import { type Decision, type Judgement, judgeAnswer, judgeFailure } from './plan-judge.ts';
import { endLine, outcome, whyAskedAgain } from './plan-outcome.ts';
import { deletes, planParts, planSums } from './plan-parts.ts';
import { focus, planQuestion } from './plan-question.ts';
import { endOf, HEADS, isUnknown, readApproval, type Stand, standBox, standOf, TOLD } from './plan-stands.ts';
import { planName, planWords } from './plan-words.ts';

const NO_BREAK_SPACE = '\u00a0';

/** A question with its buttons; without one the plan alone, of a dry run or for a form that the host shows itself. */
export class PlanScreen implements Screen {
  readonly #stage: Stage;
  #asked: Approval | undefined;
  #given: Partial<Planned>;
  #plan: Plan;
  /** The plan that was approved, where another one took its place. */
  #before: Plan | undefined;
  #stand: Stand = 'asked';
  #answered: ToolResult | undefined;
  /** Whether the answer is of a check after the job's end, and not the approved call's own. */
  #isLater = false;
  readonly #jobs: PlanJobs;
  #sentAt: number | undefined;
  #complaint = '';
  #trouble: (() => Node) | undefined;
  #typed = '';
  #round = 0;
  #until: Date | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(stage: Stage, result: ToolResult) {
    this.#stage = stage;
    this.#asked = approvalOf(result);
    this.#given = answerIn<Planned>(result);
    this.#plan = this.#given.plan ?? {};
    this.#jobs = new PlanJobs(stage, (sum, state) => this.#endJob(sum, state));
    void this.#check();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#jobs.stop();
  }

  resume(): void {
    void this.#check();
    if (this.#jobs.isFollowing) this.#follow();
  }

  goesOn(): boolean {
    return ['sending', 'keeping'].includes(this.#stand) || this.#jobs.isOpen;
  }

  /** What the model knows the plan by. */
  get #name(): string {
    return planName(this.#plan, this.#asked?.type ?? '');
  }

  /** A host may show an old question again, and the time to answer ends: the server alone knows. */
  async #check(): Promise<void> {
    const asked = this.#asked;
    const answer = await readApproval(this.#stage.host, this.#asked);
    if (!answer || this.#stand !== 'asked' || this.#asked !== asked) return;
    if (answer.state !== 'open') this.#close(standOf(answer.state));
    else if (answer.leftMs !== undefined) {
      clearTimeout(this.#timer);
      this.#until = new Date(Date.now() + answer.leftMs);
      this.#timer = setTimeout(() => void this.#check(), Math.min(answer.leftMs, 2 ** 31 - 1));
    }
    this.#stage.update();
  }

  /** Ends the question. */
  #close(stand: Stand): void {
    this.#stand = stand;
    if (stand === 'approved') this.#follow();
    else this.#jobs.drop();
    this.#stage.say(`${HEADS[stand]}.`);
    this.#stage.update();
    focus('h1');
  }

  /** Puts the question back after an answer that did nothing. @param trouble says so, as an alert */
  #ask(trouble: () => Node): void {
    this.#stand = 'asked';
    this.#trouble = trouble;
    this.#jobs.drop();
    this.#stage.update();
    focus('#name');
    void this.#check();
  }

  /** Tells the model in a host's way. The answer's text is the server's own, and has no token in it. */
  async #tell(words: string, text = ''): Promise<void> {
    const { host } = this.#stage;
    await host.updateModelContext(text === '' ? words : `${words}\n${text}`).catch(() => undefined);
    await host.sendMessage(words).catch(() => undefined);
  }

  #complain(words: string): void {
    // A screen reader says what changes.
    this.#complaint = this.#complaint === words ? words + NO_BREAK_SPACE : words;
    this.#stage.update();
    document.getElementById('name')?.focus();
  }

  #type(text: string): void {
    this.#typed = text;
    if (this.#complaint === '') return;
    this.#complaint = '';
    this.#stage.update();
  }

  async #decide(decision: Decision): Promise<void> {
    if (!this.#asked || this.#stand !== 'asked') return;
    const { tool, arguments: args, approval, type } = this.#asked;
    const isApproval = decision === 'approve';
    const name = this.#typed.trim();
    if (isApproval && name !== type.trim())
      return this.#complain(name === '' ? 'Type the name first.' : 'That is not the name. Nothing was sent.');
    [this.#stand, this.#complaint, this.#trouble] = [isApproval ? 'sending' : 'keeping', '', undefined];
    this.#stage.say(isApproval ? 'Sent to AWS.' : 'Keeping: nothing is sent.');
    this.#sentAt = performance.now();
    if (isApproval) this.#follow();
    // What is pressed or typed into is disabled now, which would lose the focus.
    document.querySelector('h1')?.focus();
    this.#stage.update();
    const sent = { tool, arguments: args, approval, decision, ...(isApproval && { name }) };
    const { host } = this.#stage;
    const read = () => readApproval(host, this.#asked);
    this.#take(
      decision,
      await host.callTool('approve_plan', sent).then(
        result => judgeAnswer(decision, result, read),
        thrown => judgeFailure(decision, thrown, host.isAlone, read),
      ),
    );
  }

  #take(decision: Decision, judgement: Judgement): void {
    const name = this.#name;
    if (judgement.is === 'asked') this.#askAgain(judgement.again, judgement.result);
    else if (judgement.is === 'refused') {
      if (decision === 'approve') void this.#tell(TOLD.refused(name), judgement.text);
      this.#ask(judgement.why);
    } else if (judgement.is === 'closed') {
      const { stand } = judgement;
      this.#close(stand);
      void this.#tell(stand === 'kept' ? TOLD.kept(name) : TOLD.closed(name, stand));
    } else this.#end(judgement);
  }

  /** The call was made, or may have been. */
  #end(judgement: Judgement & { readonly is: 'answered' | 'lost' }): void {
    const name = this.#name;
    this.#stand = judgement.is;
    if (judgement.is === 'answered') {
      this.#show(judgement.result);
      void this.#tell(TOLD.answered(name, endOf(judgement.result)), textIn(judgement.result));
      if (answerIn<Decommission>(judgement.result).verdict !== undefined && this.#showClone()) return;
    } else {
      this.#trouble = () => failure({}, `${judgement.words} Look at the board before you ask again.`);
      void this.#tell(TOLD.lost(name));
    }
    this.#stage.update();
    focus('h1');
  }

  /** Another question: the plan has changed meanwhile, or the call goes on with a further plan. */
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
    this.#ask(() => box('warn', el('p', { role: 'alert' }, words)));
    if (again.hasChanged) void this.#tell(TOLD.changed(this.#name));
  }

  /** Shows an answer, and follows the jobs that it names. */
  #show(next: ToolResult): void {
    this.#answered = next;
    // The call itself has followed what has ended; of what is unknown a job may still turn up.
    if (!this.#jobs.expect(next) && !isUnknown(next)) this.#jobs.drop();
    this.#stage.say(`Answer: ${endOf(next, this.#isLater)}.`);
  }

  #follow(): void {
    const [asked, plan, sentAt, answered] = [this.#asked, this.#plan, this.#sentAt, this.#answered];
    this.#jobs.follow({ asked, plan, sentAt, answered });
  }

  #endJob(sum: string, state: string | undefined): void {
    // The call itself says how it ended, as long as it waits.
    if (this.#stand === 'sending') return;
    this.#stage.say(sum);
    if (this.#stand !== 'approved') void this.#tell(`The job of the approved plan has ended. ${sum}`);
    if (!this.#jobs.isOpen) {
      this.#jobs.drop();
      if (state === 'succeeded') void this.#prove();
    }
    this.#stage.update();
  }

  /** An approved clone has its comparison, as one that nobody was asked about. @returns whether it is one */
  #showClone(): boolean {
    if (this.#asked?.tool !== 'clone_environment' || !this.#answered) return false;
    this.#stage.show(new CloneScreen(this.#stage, this.#asked.arguments, this.#answered), true);
    return true;
  }

  /** A deletion whose job outlasted its call: the same call proves what went, and deletes nothing without a new answer. */
  async #prove(): Promise<void> {
    if (this.#showClone() || this.#asked?.tool !== 'decommission_environment') return;
    const { tool, arguments: args } = this.#asked;
    const next = await this.#stage.host.callTool(tool, args).catch(() => undefined);
    if (!next || next.isError || approvalOf(next) || answerIn<Planned>(next).plan) return;
    [this.#stand, this.#isLater, this.#trouble] = ['answered', true, undefined];
    this.#show(next);
    this.#stage.update();
  }

  #head(): string {
    const [stand, answered, isLater] = [this.#stand, this.#answered, this.#isLater];
    if (!this.#asked) return 'Plan: nothing was sent';
    return planHead({ stand, answered, isLater, isOpen: this.#jobs.isOpen, end: this.#jobs.ends[0] });
  }

  #question() {
    const [asked, stand] = [this.#asked, this.#stand];
    if (!asked || !['asked', 'sending', 'keeping'].includes(stand)) return undefined;
    return planQuestion({
      approval: asked,
      round: this.#round,
      isDeletion: deletes(this.#plan).isDeletion,
      words: planWords(this.#plan, asked.type),
      ...{ typed: this.#typed, complaint: this.#complaint, until: this.#until },
      pending: stand === 'sending' ? 'approve' : stand === 'keeping' ? 'keep' : undefined,
      type: text => this.#type(text),
      decide: decision => void this.#decide(decision),
    });
  }

  look(): Look {
    const [asked, answered, plan] = [this.#asked, this.#answered, this.#plan];
    const { error } = this.#given;
    const bars = this.#jobs.bars();
    const isAsked = this.#stand === 'asked';
    const about = named(plan.environment ?? plan.app?.name ?? plan.app?.id ?? '');
    return {
      title: el('span', null, operationText(plan.request?.operation ?? 'Plan'), ' ', el('span', null, about)),
      subtitle: this.#head(),
      body: [
        !isAsked && !this.#jobs.wasSeen && this.#trouble?.(),
        bars.length > 0 && section('Running', 'running', bars),
        ...(answered
          ? outcome(answered, { ends: this.#jobs.ends, plan, isLater: this.#isLater })
          : this.#jobs.ends.map(endLine)),
        standBox(this.#stand),
        this.#before && !answered && changedPart(this.#before, plan),
        ...(answered ? [] : [...planSums(plan), ...planParts(plan)]),
        !asked && error && box('warn', prose(error.message), prose(hintFor(error.code))),
        !asked && !error && notes(this.#given.notes),
        isAsked && this.#trouble?.(),
        this.#question(),
      ],
    };
  }
}
