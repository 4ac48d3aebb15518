/** The inventory: every environment and backend of all apps in one table, with filters and an order of one's own. */
import { answerIn, type Inventory } from '../answers.ts';
import { button, el, named, on, section, table } from '../dom.ts';
import { messageIn } from '../hints.ts';
import type { Arguments } from '../host.ts';
import { createPieces, figures, notes, state } from '../parts.ts';
import type { Screen, Stage } from '../stage.ts';
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

/** How many lists of a row have something, for their order. */
const padded = (texts: readonly unknown[] | undefined) => String(texts?.length ?? 0).padStart(6, '0');

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
    cell: ({ lastChange }) => el('span', { class: 'number' }, timeText(lastChange)),
  },
  {
    name: 'Holds data',
    textOf: ({ data }) => padded(data),
    cell: ({ data, environment }) => (environment === undefined ? '' : list(data)),
  },
  {
    name: 'Imported',
    textOf: ({ imported }) => padded(imported),
    cell: ({ imported, environment }) => (environment === undefined ? '' : list(imported)),
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
  ['data', 'holds data', ({ data }) => (data?.length ?? 0) > 0],
  ['imported', 'imported resources', ({ imported }) => (imported?.length ?? 0) > 0],
  [
    'migrating',
    'in migration',
    ({ migration }) => migration !== undefined && !['none', 'unknown'].includes(migration),
  ],
  ['gen2', 'Gen 2 backends', ({ branch }) => branch !== undefined],
  [
    'trouble',
    'not readable',
    ({ state: word, generation }) => word === 'unreadable' || generation === 'unknown',
  ],
];

export function inventoryScreen(stage: Stage, answer: Partial<Inventory>, args: Arguments): Screen {
  let rows: readonly Row[] = answer.rows ?? [];
  let after = answer.after;
  let [query, filter] = ['', ''];
  let order: { readonly column: number; readonly isDown: boolean } | undefined;
  let isReading = false;
  const pieces = createPieces(stage.update);

  /** Everything of a row that can be searched, in lower case; made once. */
  const texts = new WeakMap<Row, string>();
  const textOf = (row: Row) => {
    const made = texts.get(row) ?? JSON.stringify(Object.values(row)).toLowerCase();
    texts.set(row, made);
    return made;
  };

  function fitting(): readonly Row[] {
    const fits = FILTERS.find(([id]) => id === filter)?.[2] ?? (() => true);
    const found = rows.filter(row => fits(row) && (query === '' || textOf(row).includes(query)));
    const by = order && columns[order.column];
    if (!by) return found;
    const sorted = [...found].sort((a, b) => by.textOf(a).localeCompare(by.textOf(b)));
    return order?.isDown ? sorted.reverse() : sorted;
  }

  async function more(): Promise<void> {
    isReading = true;
    stage.update();
    try {
      const result = await stage.host.callTool('take_inventory', { ...args, after });
      if (result.isError) throw new Error(messageIn(result));
      const next = answerIn<Inventory>(result);
      rows = [...rows, ...(next.rows ?? [])];
      after = next.after;
      stage.say(`${counted(rows.length, 'row')} read.`);
    } catch {
      stage.say('The next page could not be read.');
    }
    isReading = false;
    stage.update();
  }

  const change = (set: (value: string) => void) => (_event: Event, element: HTMLElement) => {
    set((element as HTMLInputElement).value);
    pieces.reset();
    stage.say(`${counted(fitting().length, 'row')} of ${rows.length}`);
    stage.update();
  };

  function head({ name }: Column, column: number) {
    const isBy = order?.column === column;
    const sort = () => {
      order = { column, isDown: isBy && !order?.isDown };
      stage.say(`Sorted by ${name}, ${order.isDown ? 'descending' : 'ascending'}.`);
      stage.update();
    };
    const arrow = isBy ? (order?.isDown ? '↓' : '↑') : '';
    return el(
      'th',
      { scope: 'col', 'aria-sort': isBy ? (order?.isDown ? 'descending' : 'ascending') : undefined },
      button(name, sort, { class: 'sort' }),
      el('span', { 'aria-hidden': 'true' }, arrow),
    );
  }

  function tools() {
    const input = el('input', {
      id: 'search',
      type: 'search',
      placeholder: 'Search',
      autocomplete: 'off',
      spellcheck: 'false',
    });
    const select = el(
      'select',
      { id: 'filter' },
      FILTERS.map(([id, label]) => el('option', { value: id, selected: id === filter }, label)),
    );
    return el(
      'div',
      { class: 'row', role: 'search', 'data-key': 'search' },
      el('label', { for: 'search', class: 'unseen' }, 'Search the inventory'),
      on(
        input,
        'input',
        change(value => {
          query = value.trim().toLowerCase();
        }),
      ),
      el('label', { for: 'filter', class: 'unseen' }, 'Which rows'),
      on(
        select,
        'change',
        change(value => {
          filter = value;
        }),
      ),
    );
  }

  return {
    look() {
      const { totals, accounts = [], daysLeft, endOfLife } = answer;
      const found = fitting();
      const line = (row: Row) =>
        el(
          'tr',
          null,
          columns.map(({ cell }, at) =>
            el(at === 0 ? 'th' : 'td', at === 0 ? { scope: 'row' } : null, cell(row)),
          ),
        );
      const where = accounts.map(({ target, account, region, apps }) =>
        [target, account, region, apps === undefined ? 'not listed' : counted(apps, 'app')]
          .filter(Boolean)
          .map(part => nameText(part))
          .join(' · '),
      );
      return {
        title: 'Inventory',
        subtitle: where.length === 1 ? where[0] : counted(where.length, 'account'),
        body: [
          figures([
            ['days until Gen 1 ends', daysLeft ?? '', (daysLeft ?? 999) < 90 ? 'bad' : 'idle'],
            ...(totals
              ? ([
                  ['apps', totals.apps],
                  ['Gen 1 environments', totals.environments],
                  ['Gen 2 backends', totals.gen2Backends],
                  ['hold data', totals.holdingData],
                  ['in migration', totals.migrating],
                  ['not read', totals.unread, (totals.unread ?? 0) > 0 ? 'warn' : 'idle'],
                ] as const)
              : []),
          ]),
          where.length > 1 &&
            el(
              'ul',
              { class: 'sentences quiet' },
              where.map(one => el('li', null, one)),
            ),
          section(
            'Environments and backends',
            'rows',
            tools(),
            el(
              'p',
              { class: 'quiet number' },
              `${found.length} of ${counted(rows.length, 'row')}${after === undefined ? '' : ', there are more'}`,
            ),
            table('Environments and backends', columns.map(head), pieces.of(found).map(line), 'dense'),
            pieces.more(found.length),
            after !== undefined &&
              button(isReading ? 'Reading…' : 'Read the next page', more, {
                disabled: isReading,
                'data-key': 'next-page',
              }),
          ),
          endOfLife !== undefined && el('p', { class: 'quiet' }, `AWS ends Gen 1 on ${nameText(endOfLife)}.`),
          notes(answer.notes),
        ],
      };
    },
  };
}
