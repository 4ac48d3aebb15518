/** The parts of a comparison: totals, differences by resource with a search, and what is equal. The screen of a clone shows them too. */
import type { Comparison } from '../answers.ts';
import { copyText } from '../copy.ts';
import { button, el, section, sentences } from '../dom.ts';
import { markdownOf } from '../markdown.ts';
import { box, createPieces, figures, folded } from '../parts.ts';
import { searchBar } from '../search-bar.ts';
import type { Stage } from '../stage.ts';
import { counted, nameText } from '../text.ts';
import { type Row, resourcePart, rowsOf, schemaLines, valueText } from './difference-rows.ts';

type Kind = '' | 'only left' | 'only right' | 'different';

const both = <T>(one: readonly T[] | undefined, other: readonly T[] | undefined) => [
  ...(one ?? []),
  ...(other ?? []),
];

export class ComparisonParts {
  readonly #stage: Stage;
  readonly #read: (page: number) => Promise<Comparison>;
  readonly #pieces: ReturnType<typeof createPieces>;
  #query = '';
  #kind: Kind = '';
  #comparison: Comparison = {};
  #rows: readonly Row[] = [];
  #page = 1;
  #isReading = false;
  #readError = '';
  #copied = '';

  /** @param read reads a further page of the same comparison */
  constructor(stage: Stage, read: (page: number) => Promise<Comparison>) {
    this.#stage = stage;
    this.#read = read;
    this.#pieces = createPieces(stage.update);
  }

  set(next: Comparison): void {
    this.#comparison = next;
    this.#rows = rowsOf(next);
    this.#page = 1;
  }

  parts(left: string, right: string): (Node | undefined)[] {
    const { counts, same = [], valuesNotCompared = [], unreadable = [] } = this.#comparison;
    const notSeen = (this.#comparison.notCompared ?? []).map(
      ({ what, resources = 0, of = [] }) => `${what} (${counted(resources, 'resource')}: ${of.join(', ')})`,
    );
    return [
      unreadable.length > 0 ? box('warn', sentences(unreadable)) : undefined,
      counts &&
        figures([
          ['set differently', counts.different],
          [`only in ${nameText(left, 40)}`, counts.onlyLeft],
          [`only in ${nameText(right, 40)}`, counts.onlyRight],
          ['resources alike', `${counts.same} of ${counts.resources}`],
        ]),
      this.#differences(left, right),
      schemaLines(this.#comparison),
      folded('Without a difference', 'same', same),
      folded('Not compared, because AWS does not show it', 'not-compared', notSeen),
      folded('Values that two environments never share', 'never-shared', valuesNotCompared),
    ].map(part => part || undefined);
  }

  #differences(left: string, right: string) {
    if (this.#rows.length === 0) return undefined;
    const total = this.#comparison.counts?.differences ?? this.#rows.length;
    const unread = total - this.#rows.length;
    const next = button(
      this.#isReading ? 'Reading…' : `Read ${counted(unread, 'difference')} more`,
      () => void this.#more(),
      { disabled: this.#isReading, 'data-key': 'next-page' },
    );
    return section(
      'Differences',
      'differences',
      this.#search(left, right),
      ...this.#found([left, right]),
      unread > 0 ? next : undefined,
      this.#readError === '' ? undefined : el('p', { class: 'badly' }, this.#readError),
    );
  }

  #found(names: readonly [string, string]) {
    const fitting = this.#fitting();
    const groups = new Map<string, Row[]>();
    for (const one of this.#pieces.of(fitting)) {
      const own = groups.get(one.resource);
      if (own) own.push(one);
      else groups.set(one.resource, [one]);
    }
    const comparedBy = new Map(
      (this.#comparison.resources ?? []).map(({ resource, comparedBy: by }) => [resource, by]),
    );
    return [
      ...[...groups].map(([resource, own]) => resourcePart(resource, own, names, comparedBy.get(resource))),
      fitting.length === 0 ? el('p', { class: 'quiet' }, 'No row fits.') : undefined,
      this.#pieces.more(fitting.length),
    ];
  }

  #fitting(): readonly Row[] {
    return this.#rows.filter(({ resource, setting, difference }) => {
      if (this.#kind !== '' && difference.is !== this.#kind) return false;
      if (this.#query === '') return true;
      return [resource, setting, valueText(difference.left), valueText(difference.right)].some(text =>
        text.toLowerCase().includes(this.#query),
      );
    });
  }

  async #more(): Promise<void> {
    [this.#isReading, this.#readError] = [true, ''];
    this.#stage.update();
    const next = await this.#read(this.#page + 1).catch((thrown: Error) => thrown.message);
    this.#isReading = false;
    const before = this.#comparison;
    if (typeof next === 'object' && next.counts?.differences !== before.counts?.differences) {
      this.#readError = 'One of the environments has changed meanwhile: compare them again.';
      this.#stage.announce(this.#readError);
    } else if (typeof next === 'object' && next.differences) {
      this.#page += 1;
      this.#comparison = {
        ...before,
        differences: both(before.differences, next.differences),
        resources: both(before.resources, next.resources),
        same: both(before.same, next.same),
      };
      this.#rows = rowsOf(this.#comparison);
      this.#stage.announce(`${counted(this.#rows.length, 'difference')} read.`);
    } else {
      const why = typeof next === 'string' ? ` ${nameText(next, 600)}` : '';
      this.#readError = `The next page could not be read.${why}`;
      this.#stage.announce(this.#readError);
    }
    this.#stage.update();
  }

  #search(left: string, right: string) {
    const change = (set: () => void) => {
      set();
      this.#pieces.reset();
      this.#stage.announce(`${counted(this.#fitting().length, 'row')} of ${this.#rows.length}`);
      this.#stage.update();
    };
    const options: readonly (readonly [Kind, string])[] = [
      ['', 'all differences'],
      ['different', 'set differently'],
      ['only left', `only in ${nameText(left)}`],
      ['only right', `only in ${nameText(right)}`],
    ];
    return searchBar(
      {
        label: 'Search the differences',
        choice: { id: 'kind', label: 'Which differences', options, selected: this.#kind },
        onQuery: query =>
          change(() => {
            this.#query = query;
          }),
        onChoice: kind =>
          change(() => {
            this.#kind = kind as Kind;
          }),
      },
      button('Copy as Markdown', () => void this.#copy(left, right)),
      el('span', { class: 'quiet' }, this.#copied),
    );
  }

  async #copy(left: string, right: string): Promise<void> {
    const shown = { comparison: this.#comparison, rows: this.#fitting(), left, right };
    const isCopied = await copyText(markdownOf(shown));
    this.#copied = isCopied ? 'Copied' : 'The host does not let this page copy';
    this.#stage.announce(this.#copied);
    this.#stage.update();
  }
}
