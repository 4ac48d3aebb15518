/** A plan: what goes, what stays, what is unsure. Where it is a question, a person answers it here: with the name and a button. */
import { type Approval, answerIn, approvalOf, type Decommission, type Planned, textIn } from '../answers.ts';
import { button, el, named, on, prose, question } from '../dom.ts';
import type { ToolResult } from '../host.ts';
import { box, failure, figures, notes } from '../parts.ts';
import type { Screen, Stage } from '../stage.ts';
import { nameText, operationText, timeText } from '../text.ts';
import { outcome } from './plan-outcome.ts';
import { deletes, planParts, unsure } from './plan-parts.ts';

type Stand = 'asked' | 'sending' | 'kept' | 'answered' | 'expired';

/** A question with its buttons; without one the plan alone, of a dry run or for a form that the host shows itself. */
export function planScreen(stage: Stage, result: ToolResult): Screen {
  let asked: Approval | undefined = approvalOf(result);
  let { plan = {} } = answerIn<Planned>(result);
  let given: Partial<Planned> = answerIn<Planned>(result);
  let stand: Stand = 'asked';
  let answered: ToolResult | undefined;
  let complaint = '';
  let trouble: string | undefined;
  let typed = '';
  let timer: ReturnType<typeof setTimeout> | undefined;

  const isOver = () => asked?.expiresAt !== undefined && Date.parse(asked.expiresAt) <= Date.now();
  function expire(): void {
    if (stand !== 'asked' || !isOver()) return;
    stand = 'expired';
    stage.say('The time to answer is over.');
    stage.update();
  }
  function arm(): void {
    clearTimeout(timer);
    const left = Date.parse(asked?.expiresAt ?? '') - Date.now();
    if (left > 0 && left < 2 ** 31) timer = setTimeout(expire, left);
  }
  arm();

  /** Tells the model in a host's way. The answer's text is the server's own, and has no token in it. */
  async function tell(words: string, text: string): Promise<void> {
    await stage.host.updateModelContext(text === '' ? words : `${words}\n${text}`).catch(() => undefined);
    await stage.host.sendMessage(words).catch(() => undefined);
  }

  async function decide(decision: 'approve' | 'keep'): Promise<void> {
    if (!asked || stand !== 'asked') return;
    const { tool, arguments: args, approval, type } = asked;
    if (decision === 'approve' && typed !== type) {
      complaint = typed === '' ? 'Type the name first.' : 'That is not the name. Nothing was sent.';
      stage.update();
      document.getElementById('name')?.focus();
      return;
    }
    [stand, complaint, trouble] = ['sending', '', undefined];
    stage.say(decision === 'approve' ? 'Sent to AWS.' : 'Nothing is sent.');
    stage.update();
    try {
      const next = await stage.host.callTool('approve_plan', {
        tool,
        arguments: args,
        approval,
        decision,
        ...(decision === 'approve' && { name: typed }),
      });
      take(decision, next);
    } catch (thrown) {
      // Whether it was sent is unknown: the question must not be answered again.
      stand = 'answered';
      trouble = thrown instanceof Error ? thrown.message : String(thrown);
      stage.update();
    }
  }

  function take(decision: 'approve' | 'keep', next: ToolResult): void {
    const again = approvalOf(next);
    const name = JSON.stringify(asked?.type ?? '');
    if (again) {
      // Another question: the plan has changed meanwhile, or the name was wrong.
      asked = again;
      given = answerIn<Planned>(next);
      plan = given.plan ?? plan;
      [stand, typed] = ['asked', ''];
      complaint = 'It was not sent: look at the plan again.';
      arm();
    } else if (decision === 'keep') {
      stand = 'kept';
      void tell(`I decided against the plan for ${name}: nothing was sent.`, '');
    } else {
      [stand, answered] = ['answered', next];
      const { verdict } = answerIn<Decommission>(next);
      const end = verdict ?? (next.isError ? 'failed' : 'done');
      stage.say(`Answer: ${nameText(end)}.`);
      void tell(`I approved the plan for ${name} on its page. Result: ${nameText(end, 40)}.`, textIn(next));
    }
    stage.update();
    document.querySelector('h1')?.focus();
  }

  function decision(approval: Approval, isDeletion: boolean) {
    const isSending = stand === 'sending';
    const approve = () => void decide('approve');
    const input = el('input', {
      ...{ id: 'name', name: 'name', type: 'text', autocomplete: 'off', spellcheck: 'false' },
      disabled: isSending,
      'aria-invalid': complaint === '' ? undefined : 'true',
      'aria-describedby': 'complaint',
    });
    on(input, 'input', (_event, element) => {
      typed = (element as HTMLInputElement).value;
    });
    const label = isDeletion ? `Delete ${nameText(approval.type, 40)}` : 'Approve';
    const until = timeText(approval.expiresAt).split(', ')[1];
    return question(
      'Your decision',
      'decision',
      approve,
      el(
        'label',
        { for: 'name' },
        ...[
          'Type ',
          el('strong', null, named(approval.type)),
          isDeletion ? ' to delete it' : ' to approve this',
        ],
      ),
      el(
        'div',
        { class: 'row' },
        input,
        button(isSending ? 'Sent, waiting for AWS…' : label, approve, {
          class: isDeletion ? 'danger' : 'primary',
          disabled: isSending,
        }),
        button(isDeletion ? 'Keep' : 'Do nothing', () => void decide('keep'), { disabled: isSending }),
      ),
      el('p', { id: 'complaint', class: 'badly', role: 'alert' }, complaint),
      until !== undefined &&
        el('p', { class: 'quiet' }, `You can answer until ${until}. Nothing was sent yet.`),
    );
  }

  return {
    stop: () => clearTimeout(timer),
    look() {
      const { isDeletion, resources, things } = deletes(plan);
      const operation = operationText(plan.request?.operation ?? 'Plan');
      const shown = [...planParts(plan)];
      const sums =
        isDeletion &&
        figures([
          ['resources go', resources, 'bad'],
          ['things of theirs go', things, 'bad'],
          ['stay', (plan.stays ?? []).length],
          ['unsure', unsure(plan).length, unsure(plan).length > 0 ? 'warn' : 'idle'],
        ]);
      const heads = {
        asked: 'A person decides: nothing was sent yet',
        sending: 'Sent to AWS',
        kept: 'Kept: nothing was sent',
        answered: answered ? 'Approved' : 'Whether it was sent is unknown',
        expired: 'The time to answer is over: nothing was sent',
      };
      const isOpen = asked && (stand === 'asked' || stand === 'sending');
      return {
        title: el(
          'span',
          null,
          operation,
          ' ',
          el('span', null, named(plan.environment ?? plan.app?.name ?? plan.app?.id ?? '')),
        ),
        subtitle: asked ? heads[stand] : 'Plan: nothing was sent',
        body: [
          trouble !== undefined && failure({}, `${trouble} Look at the board before you ask again.`),
          ...(answered ? outcome(answered) : []),
          stand === 'kept' && box('good', el('p', null, 'Nothing was deleted or changed.')),
          stand === 'expired' && box('warn', el('p', null, 'Ask for the plan again to decide.')),
          !answered && sums,
          ...(answered ? [] : shown),
          !asked &&
            (given.error || given.notes) &&
            (given.error
              ? box('warn', prose(given.error.message), prose(given.error.hint))
              : notes(given.notes)),
          isOpen && decision(asked as Approval, isDeletion),
        ],
      };
    },
  };
}
