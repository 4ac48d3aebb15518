/** The question of a plan: the name to type, the buttons, and how long there is to answer. */
import type { Approval } from '../answers.ts';
import { button, el, named, on, question } from '../dom.ts';
import type { PlanWords } from './plan-words.ts';

export interface QuestionOptions {
  readonly approval: Approval;
  /** The number of the question on this page. Each has a field of its own, so that no typed text carries over. */
  readonly round: number;
  readonly isDeletion: boolean;
  readonly words: PlanWords;
  readonly typed: string;
  /** Why the typed name is not accepted; empty if nothing is wrong with it. */
  readonly inputError: string;
  /** The decision that was sent and is not answered yet. The buttons are disabled meanwhile. */
  readonly pending: 'approve' | 'keep' | undefined;
  /** When the question expires, by this computer's clock. */
  readonly until: Date | undefined;
  type(text: string): void;
  decide(decision: 'approve' | 'keep'): void;
}

const clockText = (date: Date) => date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

/** Moves the focus to an element, unless the person has moved it elsewhere. */
export function focus(selector: string): void {
  const { activeElement } = document;
  if (!activeElement || ['BODY', 'H1'].includes(activeElement.tagName))
    document.querySelector<HTMLElement>(selector)?.focus();
}

export function planQuestion(options: QuestionOptions): HTMLElement {
  const { approval, words, round, isDeletion, typed, inputError, pending, until } = options;
  const isPending = pending !== undefined;
  const approve = () => options.decide('approve');
  const input = el('input', {
    ...{ id: 'name', name: 'name', type: 'text', autocomplete: 'off', spellcheck: 'false' },
    ...{ disabled: isPending, value: typed, 'data-key': `name ${round}` },
    'aria-invalid': inputError === '' ? undefined : 'true',
    'aria-describedby': 'complaint',
  });
  on(input, 'input', (_event, element) => options.type((element as HTMLInputElement).value));
  const name = el('strong', null, named(approval.type));
  return question(
    'Your decision',
    'decision',
    approve,
    el('label', { for: 'name' }, 'Type ', name, ` ${words.typeTo}`),
    el(
      'div',
      { class: 'row' },
      input,
      button(pending === 'approve' ? 'Sent, waiting for AWS…' : words.approve, approve, {
        ...{ class: isDeletion ? 'danger' : 'primary', disabled: isPending },
      }),
      button(pending === 'keep' ? 'Keeping…' : words.keep, () => options.decide('keep'), {
        disabled: isPending,
      }),
    ),
    el('p', { id: 'complaint', class: 'badly', role: 'alert' }, inputError),
    pending !== 'approve' &&
      el(
        'p',
        { class: 'quiet' },
        until && !isPending && `You can answer until ${clockText(until)}. `,
        'Nothing was sent yet.',
      ),
  );
}
