/** The inventory: every environment and backend of all apps in one table, with filters and sorting. */
import { answerIn, type Inventory } from '../answers.ts';
import { button, el, named, section, table } from '../dom.ts';
import { messageIn } from '../hints.ts';
import type { Arguments } from '../host.ts';
import { createPieces, figures, notes, state } from '../parts.ts';
import { searchBar } from '../search-bar.ts';
import type { Screen, ScreenContent, Stage } from '../stage.ts';
import { counted, nameText, timeText } from '../text.ts';

type Row = NonNullable<Inventory['rows']>[number];

interface Column {
  readonly name: string;
  readonly textOf: (row: Row) => string;
  readonly cell: (row: Row) => Node | string;
}

const list = (texts: readonly unknown[] | undefined) =>
  texts && texts.length > 0
    ? el(
        'details',
        null,
        el('summary', null, counted(texts.length, 'resource')),
        el(
          'ul',
          { class: 'plain' },
          texts.slice(0, 50).map(text => el('li', null, named(text, 200))),
          texts.length > 50 && el('li', { class: 'quiet' }, `and ${texts.length - 50} more`),
        ),
      )
    : el('span', { class: 'quiet' }, 'none');

const GENERATIONS: Readonly<Record<string, string>> = {
  gen1: 'Gen 1',
  gen2: 'Gen 2',
  both: 'both',
  none: 'none',
  unknown: 'unknown',
};

const unknown = () => el('span', { class: 'quiet' }, 'unknown');

/** Whether AWS could not read the environment, so that its content is unknown. */
const isUnreadable = ({ state: word }: Row) => word === 'unreadable';

/** A cell about the content of an environment; empty for a row of something else. */
const contentCell = (row: Row, texts: readonly unknown[] | undefined) =>
  row.environment === undefined ? '' : isUnreadable(row) ? unknown() : list(texts);

/** The number of entries, padded so that texts sort like numbers. */
const sortableCount = (texts: readonly unknown[] | undefined) => String(texts?.length ?? 0).padStart(6, '0');

const columns: readonly Column[] = [
  {
    name: 'App',
    textOf: ({ app, appId }) => app ?? appId ?? '',
    cell: ({ app, appId }) => el('span', { title: nameText(appId) }, named(app ?? appId)),
  },
  {
    name: 'Environment',
    textOf: ({ environment, branch }) => environment ?? branch ?? '',
    cell: ({ environment, branch }) =>
      environment === undefined
        ? branch === undefined
          ? ''
          : el('span', null, named(branch), el('span', { class: 'quiet' }, ' branch'))
        : named(environment),
  },
  {
    name: 'Generation',
    textOf: ({ generation }) => generation ?? '',
    cell: ({ generation = '' }) => GENERATIONS[generation] ?? nameText(generation),
  },
  {
    name: 'State',
    textOf: ({ state: word }) => word ?? '',
    cell: ({ state: word }) => (word === undefined ? '' : state(word)),
  },
  {
    name: 'Last change',
    textOf: ({ lastChange }) => lastChange ?? '',
    cell: row => (isUnreadable(row) ? unknown() : el('span', { class: 'number' }, timeText(row.lastChange))),
  },
  {
    name: 'Holds data',
    textOf: ({ data }) => sortableCount(data),
    cell: row => contentCell(row, row.data),
  },
  {
    name: 'Imported',
    textOf: ({ imported }) => sortableCount(imported),
    cell: row => contentCell(row, row.imported),
  },
  { name: 'Hosting', textOf: ({ hosting }) => hosting ?? '', cell: ({ hosting }) => nameText(hosting) },
  {
    name: 'Migration',
    textOf: ({ migration }) => migration ?? '',
    cell: ({ migration }) => (migration === undefined ? '' : state(migration)),
  },
];

const FILTERS: readonly (readonly [id: string, label: string, fits: (row: Row) => boolean])[] = [
  ['', 'everything', () => true],
  ['gen1', 'Gen 1 environments', ({ environment }) => environment !== undefined],
  ['data', 'holds data, or unknown', row => isUnreadable(row) || (row.data?.length ?? 0) > 0],
  ['imported', 'imports, or unknown', row => isUnreadable(row) || (row.imported?.length ?? 0) > 0],
  [
    'migrating',
    'in migration, or unknown',
    ({ migration }) => migration !== undefined && migration !== 'none',
  ],
  ['gen2', 'Gen 2 backends', ({ branch }) => branch !== undefined],
  [
    'trouble',
    'not readable',
    ({ state: word, generation }) => word === 'unreadable' || generation === 'unknown',
  ],
];

/** A sum as text. @param isPart whether there may be more than were counted */
const lowerBound = (sum: number | undefined, isPart: boolean) =>
  isPart ? (sum ? `at least ${sum}` : 'unknown') : sum;

function totalFigures({ totals = {}, accounts = [] }: Partial<Inventory>) {
  const { unread = 0, unknown: apps = 0, gen2Unknown = 0, contentUnknown = 0, migrationUnknown = 0 } = totals;
  const isPart = (totals.notCounted ?? 0) > 0 || accounts.some(account => account.apps === undefined);
  const isPartOfGen1 = isPart || apps > 0;
  return [
    ['apps', lowerBound(totals.apps, isPart)],
    ['Gen 1 environments', lowerBound(totals.environments, isPartOfGen1)],
    ['Gen 2 backends', lowerBound(totals.gen2Backends, isPart || gen2Unknown > 0)],
    ['hold data', lowerBound(totals.holdingData, isPartOfGen1 || contentUnknown > 0)],
    ['in migration', lowerBound(totals.migrating, isPartOfGen1 || migrationUnknown > 0)],
    ['not read', lowerBound(unread, isPart), unread > 0 || isPart ? 'warn' : 'idle'],
  ] as const;
}

/** How many accounts were read. Two targets can name the same account and region. */
function accountsText(accounts: NonNullable<Inventory['accounts']>): string {
  const { size } = new Set(accounts.map(one => String(one.account ? [one.account, one.region] : one.target)));
  return counted(size, 'account') + (size < accounts.length ? ` under ${accounts.length} names` : '');
}

export class InventoryScreen implements Screen {
  readonly #stage: Stage;
  readonly #answer: Partial<Inventory>;
  readonly #args: Arguments;
  readonly #pieces: ReturnType<typeof createPieces>;
  /** The searchable text of each row, in lower case. */
  readonly #texts = new WeakMap<Row, string>();
  #rows: readonly Row[];
  #after: Inventory['after'];
  #query = '';
  #filter = '';
  #order: { readonly column: number; readonly isDown: boolean } | undefined;
  #isReading = false;
  #readError = '';

  constructor(stage: Stage, answer: Partial<Inventory>, args: Arguments) {
    this.#stage = stage;
    this.#answer = answer;
    this.#args = args;
    this.#pieces = createPieces(stage.update);
    this.#rows = answer.rows ?? [];
    this.#after = answer.after;
  }

  #textOf(row: Row): string {
    const made = this.#texts.get(row) ?? JSON.stringify(Object.values(row)).toLowerCase();
    this.#texts.set(row, made);
    return made;
  }

  #fitting(): readonly Row[] {
    const fits = FILTERS.find(([id]) => id === this.#filter)?.[2] ?? (() => true);
    const query = this.#query;
    const found = this.#rows.filter(row => fits(row) && (query === '' || this.#textOf(row).includes(query)));
    const by = this.#order && columns[this.#order.column];
    if (!by) return found;
    const sorted = [...found].sort((a, b) => by.textOf(a).localeCompare(by.textOf(b)));
    return this.#order?.isDown ? sorted.reverse() : sorted;
  }

  async #more(): Promise<void> {
    [this.#isReading, this.#readError] = [true, ''];
    this.#stage.update();
    try {
      const args = { ...this.#args, after: this.#after };
      const result = await this.#stage.host.callTool('take_inventory', args);
      if (result.isError) throw new Error(messageIn(result));
      const next = answerIn<Inventory>(result);
      this.#rows = [...this.#rows, ...(next.rows ?? [])];
      this.#after = next.after;
      this.#stage.announce(`${counted(this.#rows.length, 'row')} read.`);
    } catch (thrown) {
      const why = thrown instanceof Error ? nameText(thrown.message, 600) : '';
      this.#readError = `The next page could not be read. ${why}`;
      this.#stage.announce(this.#readError);
    }
    this.#isReading = false;
    this.#stage.update();
  }

  #head({ name }: Column, column: number) {
    const isBy = this.#order?.column === column;
    const isDown = this.#order?.isDown;
    const sort = () => {
      this.#order = { column, isDown: isBy && !isDown };
      this.#stage.announce(`Sorted by ${name}, ${this.#order.isDown ? 'descending' : 'ascending'}.`);
      this.#stage.update();
    };
    return el(
      'th',
      { scope: 'col', 'aria-sort': isBy ? (isDown ? 'descending' : 'ascending') : undefined },
      button(name, sort, { class: 'sort' }),
      el('span', { 'aria-hidden': 'true' }, isBy ? (isDown ? '↓' : '↑') : ''),
    );
  }

  #tools() {
    const change = (set: () => void) => {
      set();
      this.#pieces.reset();
      this.#stage.announce(`${counted(this.#fitting().length, 'row')} of ${this.#rows.length}`);
      this.#stage.update();
    };
    const options = FILTERS.map(([id, label]) => [id, label] as const);
    return searchBar({
      label: 'Search the inventory',
      choice: { id: 'filter', label: 'Which rows', options, selected: this.#filter },
      onQuery: query =>
        change(() => {
          this.#query = query;
        }),
      onChoice: filter =>
        change(() => {
          this.#filter = filter;
        }),
    });
  }

  #table() {
    const found = this.#fitting();
    const line = (row: Row) =>
      el(
        'tr',
        null,
        columns.map(({ cell }, at) =>
          el(at === 0 ? 'th' : 'td', at === 0 ? { scope: 'row' } : null, cell(row)),
        ),
      );
    const heads = columns.map((column, at) => this.#head(column, at));
    const title = 'Environments and backends';
    const sum = `${found.length} of ${counted(this.#rows.length, 'row')}`;
    const isMore = this.#after !== undefined;
    return section(
      title,
      'rows',
      this.#tools(),
      el('p', { class: 'quiet number' }, `${sum}${isMore ? ', there are more' : ''}`),
      table(title, heads, this.#pieces.of(found).map(line), 'dense sorted'),
      this.#pieces.more(found.length),
      isMore &&
        button(this.#isReading ? 'Reading…' : 'Read the next page', () => void this.#more(), {
          ...{ disabled: this.#isReading, 'data-key': 'next-page' },
        }),
      this.#readError !== '' && el('p', { class: 'badly' }, this.#readError),
    );
  }

  render(): ScreenContent {
    const { totals, accounts = [], daysLeft, endOfLife } = this.#answer;
    const where = accounts.map(({ target, account, region, apps }) =>
      [target, account, region, apps === undefined ? 'not listed' : counted(apps, 'app')]
        .filter(Boolean)
        .map(part => nameText(part))
        .join(' · '),
    );
    return {
      title: 'Inventory',
      subtitle: where.length === 1 ? where[0] : accountsText(accounts),
      body: [
        figures([
          ['days until Gen 1 ends', daysLeft ?? '', (daysLeft ?? 999) < 90 ? 'bad' : 'idle'],
          ...(totals ? totalFigures(this.#answer) : []),
        ]),
        where.length > 1 &&
          el(
            'ul',
            { class: 'sentences quiet' },
            where.map(one => el('li', null, one)),
          ),
        this.#table(),
        endOfLife !== undefined && el('p', { class: 'quiet' }, `AWS ends Gen 1 on ${nameText(endOfLife)}.`),
        notes(this.#answer.notes),
      ],
    };
  }
}
