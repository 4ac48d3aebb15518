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
import { button, el, named, on, prose, question, section } from '../dom.ts';
import { hintFor } from '../hints.ts';
import type { ToolResult } from '../host.ts';
import { box, failure, figures, notes } from '../parts.ts';
import type { Look, Screen, Stage } from '../stage.ts';
import { nameText, operationText, timeText } from '../text.ts';
import type { JobAnswer } from './job.ts';
import { JobWatch } from './job-watch.ts';
import { environmentsOf, openJobs } from './plan-jobs.ts';
import { endLine, outcome, whyAskedAgain } from './plan-outcome.ts';
import { deletes, planParts, unsure } from './plan-parts.ts';

type Stand = 'asked' | 'sending' | 'kept' | 'answered' | 'expired';

const HEADS: Readonly<Record<Stand, string>> = {
  asked: 'A person decides: nothing was sent yet',
  sending: 'Sent to AWS',
  kept: 'Kept: nothing was sent',
  answered: 'Approved',
  expired: 'The time to answer is over: nothing was sent',
};

/** A question with its buttons; without one the plan alone, of a dry run or for a form that the host shows itself. */
export class PlanScreen implements Screen {
  readonly #stage: Stage;
  #asked: Approval | undefined;
  #given: Partial<Planned>;
  #plan: Plan;
  #stand: Stand = 'asked';
  #answered: ToolResult | undefined;
  /** How the jobs of the call ended that an answer shows as running. */
  #ends: Partial<JobAnswer>[] = [];
  #watch: JobWatch | undefined;
  #complaint = '';
  #trouble: string | undefined;
  #typed = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(stage: Stage, result: ToolResult) {
    this.#stage = stage;
    this.#asked = approvalOf(result);
    this.#given = answerIn<Planned>(result);
    this.#plan = this.#given.plan ?? {};
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#watch?.stop();
  }

  goesOn(): boolean {
    return this.#stand === 'sending' || (this.#stand === 'answered' && this.#watch?.isOpen === true);
  }

  resume(): void {
    this.#arm();
    if (this.#stand === 'answered' && !this.#answered) this.#follow();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const left = Date.parse(this.#asked?.expiresAt ?? '') - Date.now();
    if (left < 2 ** 31) this.#timer = setTimeout(() => this.#expire(), Math.max(0, left));
  }

  #expire(): void {
    if (this.#stand !== 'asked') return;
    this.#stand = 'expired';
    this.#stage.say('The time to answer is over.');
    this.#stage.update();
  }

  /** Tells the model in a host's way. The answer's text is the server's own, and has no token in it. */
  async #tell(words: string, text: string): Promise<void> {
    const { host } = this.#stage;
    await host.updateModelContext(text === '' ? words : `${words}\n${text}`).catch(() => undefined);
    await host.sendMessage(words).catch(() => undefined);
  }

  async #decide(decision: 'approve' | 'keep'): Promise<void> {
    if (!this.#asked || this.#stand !== 'asked') return;
    const { tool, arguments: args, approval, type } = this.#asked;
    const typed = this.#typed;
    if (decision === 'approve' && typed !== type) {
      this.#complaint = typed === '' ? 'Type the name first.' : 'That is not the name. Nothing was sent.';
      this.#stage.update();
      document.getElementById('name')?.focus();
      return;
    }
    [this.#stand, this.#complaint, this.#trouble] = ['sending', '', undefined];
    this.#stage.say(decision === 'approve' ? 'Sent to AWS.' : 'Nothing is sent.');
    if (decision === 'approve') this.#follow();
    this.#stage.update();
    const sent = {
      tool,
      arguments: args,
      approval,
      decision,
      ...(decision === 'approve' && { name: typed }),
    };
    try {
      this.#take(decision, await this.#stage.host.callTool('approve_plan', sent));
    } catch (thrown) {
      // Whether it was sent is unknown: the question must not be answered again. What runs is shown further on.
      this.#stand = 'answered';
      this.#trouble = thrown instanceof Error ? thrown.message : String(thrown);
      this.#stage.say(this.#trouble);
      this.#stage.update();
    }
  }

  #take(decision: 'approve' | 'keep', next: ToolResult): void {
    const again = approvalOf(next);
    const name = JSON.stringify(this.#asked?.type ?? '');
    if (again) {
      // Another question: the plan has changed meanwhile, or the name was wrong.
      this.#asked = again;
      this.#given = answerIn<Planned>(next);
      this.#complaint = whyAskedAgain(this.#plan, this.#given.plan);
      this.#plan = this.#given.plan ?? this.#plan;
      [this.#stand, this.#typed] = ['asked', ''];
      this.#arm();
    } else if (decision === 'keep') {
      this.#stand = 'kept';
      void this.#tell(`I decided against the plan for ${name}: nothing was sent.`, '');
    } else {
      this.#stand = 'answered';
      const end = this.#show(next);
      void this.#tell(
        `I approved the plan for ${name} on its page. Result: ${nameText(end, 40)}.`,
        textIn(next),
      );
    }
    this.#stage.update();
    document.querySelector('h1')?.focus();
  }

  /** Shows an answer, and follows the jobs that it names. @returns its sum */
  #show(next: ToolResult): string {
    const answer = answerIn<Decommission>(next);
    this.#answered = next;
    const open = openJobs(answer);
    for (const job of open) this.#watch?.expect(job);
    if (open.length === 0) this.#watch?.stop();
    const isRunning = open.length > 0;
    const end = answer.verdict ?? (next.isError ? 'failed' : isRunning ? 'sent, the job runs' : 'done');
    this.#stage.say(`Answer: ${nameText(end)}.`);
    return end;
  }

  /** Shows what runs from now on. */
  #follow(): void {
    const { app, target } = this.#asked?.arguments ?? {};
    const given = app ?? this.#asked?.arguments.appId ?? this.#plan.app?.id;
    if (given === undefined) return;
    const name = target ?? this.#plan.target;
    this.#watch?.stop();
    this.#watch = new JobWatch(this.#stage, {
      app: { app: given, ...(name !== undefined && { target: name }) },
      environments: environmentsOf(this.#plan),
      changed: () => this.#stage.update(),
      ended: (job, answer) => this.#end(operationText(job.operation), answer),
    });
  }

  #end(operation: string, answer: Partial<JobAnswer>): void {
    // The call itself says how it ended, as long as it waits.
    if (this.#stand !== 'answered') return;
    const state = answer.job?.state;
    this.#ends.push(answer);
    const words = state === undefined ? 'ended' : state;
    const sum = `${operation}: ${words}.`;
    this.#stage.say(sum);
    void this.#tell(`The job of the approved plan has ended. ${sum}`, '');
    if (!this.#watch?.isOpen) {
      this.#watch?.stop();
      if (state === 'succeeded') void this.#prove();
    }
    this.#stage.update();
  }

  /** A deletion whose job outlasted its call: the same call proves what went, and deletes nothing without a new answer. */
  async #prove(): Promise<void> {
    if (this.#asked?.tool !== 'decommission_environment') return;
    const { tool, arguments: args } = this.#asked;
    const next = await this.#stage.host.callTool(tool, args).catch(() => undefined);
    if (!next || next.isError || approvalOf(next) || answerIn<Planned>(next).plan) return;
    this.#show(next);
    this.#stage.update();
  }

  #decision(approval: Approval, isDeletion: boolean) {
    const isSending = this.#stand === 'sending';
    const approve = () => void this.#decide('approve');
    const input = el('input', {
      ...{ id: 'name', name: 'name', type: 'text', autocomplete: 'off', spellcheck: 'false' },
      disabled: isSending,
      'aria-invalid': this.#complaint === '' ? undefined : 'true',
      'aria-describedby': 'complaint',
    });
    on(input, 'input', (_event, element) => {
      this.#typed = (element as HTMLInputElement).value;
    });
    const label = isDeletion ? `Delete ${nameText(approval.type, 40)}` : 'Approve';
    const until = timeText(approval.expiresAt).split(', ')[1];
    const name = el('strong', null, named(approval.type));
    return question(
      'Your decision',
      'decision',
      approve,
      el('label', { for: 'name' }, 'Type ', name, isDeletion ? ' to delete it' : ' to approve this'),
      el(
        'div',
        { class: 'row' },
        input,
        button(isSending ? 'Sent, waiting for AWS…' : label, approve, {
          ...{ class: isDeletion ? 'danger' : 'primary', disabled: isSending },
        }),
        button(isDeletion ? 'Keep' : 'Do nothing', () => void this.#decide('keep'), { disabled: isSending }),
      ),
      el('p', { id: 'complaint', class: 'badly', role: 'alert' }, this.#complaint),
      until !== undefined &&
        !isSending &&
        el('p', { class: 'quiet' }, `You can answer until ${until}. Nothing was sent yet.`),
    );
  }

  #head(): string {
    if (!this.#asked) return 'Plan: nothing was sent';
    if (this.#stand !== 'answered') return HEADS[this.#stand];
    if (!this.#answered) return 'Whether it was sent is unknown';
    if (this.#watch?.isOpen) return 'Approved: AWS works on it';
    if (this.#answered.isError) return 'The call failed';
    const { verdict } = answerIn<Decommission>(this.#answered);
    if (verdict !== undefined) return `Approved: ${nameText(verdict)}`;
    const [end] = this.#ends;
    return end ? `Approved: ${nameText(end.job?.state ?? 'ended')}` : HEADS.answered;
  }

  /** The sums of a deletion. */
  #sums() {
    const { resources, things } = deletes(this.#plan);
    const open = unsure(this.#plan).length;
    return figures([
      ['resources go', resources, 'bad'],
      ['things of theirs go', things, 'bad'],
      ['stay', (this.#plan.stays ?? []).length],
      ['unsure', open, open > 0 ? 'warn' : 'idle'],
    ]);
  }

  look(): Look {
    const { isDeletion } = deletes(this.#plan);
    const [stand, asked, answered, plan] = [this.#stand, this.#asked, this.#answered, this.#plan];
    const bars = stand === 'sending' || stand === 'answered' ? (this.#watch?.bars() ?? []) : [];
    const { error } = this.#given;
    const isOpen = stand === 'asked' || stand === 'sending';
    return {
      title: el(
        'span',
        null,
        operationText(plan.request?.operation ?? 'Plan'),
        ' ',
        el('span', null, named(plan.environment ?? plan.app?.name ?? plan.app?.id ?? '')),
      ),
      subtitle: this.#head(),
      body: [
        this.#trouble !== undefined &&
          failure({}, `${this.#trouble} Look at the board before you ask again.`),
        bars.length > 0 && section('Running', 'running', bars),
        ...(answered ? outcome(answered, this.#ends, plan) : this.#ends.map(endLine)),
        stand === 'kept' && box('good', el('p', null, 'Nothing was deleted or changed.')),
        stand === 'expired' && box('warn', el('p', null, 'Ask for the plan again to decide.')),
        !answered && isDeletion && this.#sums(),
        ...(answered ? [] : planParts(plan)),
        !asked && error && box('warn', prose(error.message), prose(hintFor(error.code))),
        !asked && !error && notes(this.#given.notes),
        asked && isOpen && this.#decision(asked, isDeletion),
      ],
    };
  }
}
