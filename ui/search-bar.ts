/** A search field with a choice beside it, above a list of rows. */
import { el, on } from './dom.ts';

export interface SearchBarOptions {
  /** What is searched, for screen readers. */
  readonly label: string;
  readonly choice: {
    readonly id: string;
    readonly label: string;
    readonly options: readonly (readonly [value: string, label: string])[];
    readonly selected: string;
  };
  /** @param query without blanks at its ends, in lower case */
  readonly onQuery: (query: string) => void;
  readonly onChoice: (value: string) => void;
}

/** @param more elements after the choice */
export function searchBar(
  { label, choice, onQuery, onChoice }: SearchBarOptions,
  ...more: readonly Node[]
): HTMLElement {
  const input = el('input', {
    ...{ id: 'search', type: 'search', placeholder: 'Search', autocomplete: 'off', spellcheck: 'false' },
  });
  const select = el(
    'select',
    { id: choice.id },
    choice.options.map(([value, words]) =>
      el('option', { value, selected: value === choice.selected }, words),
    ),
  );
  const readValue = (element: HTMLElement) => (element as HTMLInputElement | HTMLSelectElement).value;
  on(input, 'input', (_event, element) => onQuery(readValue(element).trim().toLowerCase()));
  on(select, 'change', (_event, element) => onChoice(readValue(element)));
  return el(
    'div',
    { class: 'row', role: 'search', 'data-key': 'search' },
    el('label', { for: 'search', class: 'unseen' }, label),
    input,
    el('label', { for: choice.id, class: 'unseen' }, choice.label),
    select,
    ...more,
  );
}
