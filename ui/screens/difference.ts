/** Two environments compared: what differs by resource, a schema's types side by side, and what is equal, folded. */
import { answerIn, type Compared, type Comparison, type Difference, textIn } from '../answers.ts';
import { copyText } from '../copy.ts';
import { button, el, named, on, section, sentences, table } from '../dom.ts';
import type { Arguments } from '../host.ts';
import { markdownOf } from '../markdown.ts';
import { box, createPieces, figures, folded, notes } from '../parts.ts';
import type { Screen, Stage } from '../stage.ts';
import { counted, nameText } from '../text.ts';

const SCHEMA = 'transformSchema/';

export interface Row {
  readonly resource: string;
  /** The path within the resource; empty for the resource itself. */
  readonly setting: string;
  readonly difference: Difference;
}

/** The resource of a path: the longest label that it begins with, else its first two names. */
function resourceOf(path: string, labels: ReadonlySet<string>): string {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1))
    if (labels.has(path.slice(0, end))) return path.slice(0, end);
  return path.split('/', 2).join('/');
}

export function rowsOf({ differences = [], resources = [] }: Comparison): Row[] {
  const labels = new Set(resources.flatMap(({ resource }) => (resource === undefined ? [] : [resource])));
  return differences.map(difference => {
    const path = String(difference.path ?? '');
    const resource = resourceOf(path, labels);
    return { resource, setting: path.slice(resource.length + 1), difference };
  });
}

const valueText = (value: unknown) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** Both texts in three: what they begin with alike, what differs, and what they end with alike. */
function apart(left: string, right: string) {
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shorter - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const parts = (text: string) =>
    [text.slice(0, start), text.slice(start, text.length - end), text.slice(text.length - end)] as const;
  return { isAlike: start + end >= 4, left: parts(left), right: parts(right) };
}

const missing = () =>
  el(
    'td',
    { class: 'missing' },
    el('span', { 'aria-hidden': 'true' }, '—'),
    el('span', { class: 'unseen' }, 'missing'),
  );
const LONGEST_VALUE = 400;
const marked = ([before, middle, after]: readonly [string, string, string]) =>
  el(
    'td',
    { class: 'value' },
    el(
      'bdi',
      null,
      nameText(before, LONGEST_VALUE),
      middle !== '' && el('mark', null, nameText(middle, LONGEST_VALUE)),
      nameText(after, LONGEST_VALUE),
    ),
  );

/** The cells of both sides. */
function sides({ is, left, right }: Difference): readonly HTMLElement[] {
  const cell = (value: unknown) => el('td', { class: 'value' }, named(value, LONGEST_VALUE));
  if (is === 'only left') return [cell(valueText(left)), missing()];
  if (is === 'only right') return [missing(), cell(valueText(right))];
  const [one, other] = [valueText(left), valueText(right)];
  // "3" and 3 differ.
  if (one === other) return [cell(JSON.stringify(left)), cell(JSON.stringify(right))];
  const found = apart(one, other);
  if (found.isAlike && one.length + other.length < 2 * LONGEST_VALUE)
    return [marked(found.left), marked(found.right)];
  return [cell(one), cell(other)];
}

const row = ({ setting, difference }: Row, head = setting) =>
  el(
    'tr',
    { class: String(difference.is).replace(' ', '-') },
    el('th', { scope: 'row' }, setting === '' ? 'the whole resource' : named(head, 300)),
    ...sides(difference),
  );

/** The types of a schema, each with its fields below it. */
function schemaBodies(rows: readonly Row[]) {
  const types = new Map<string, { readonly row: Row; readonly field: string }[]>();
  for (const one of rows) {
    const [type = '', ...field] = one.setting.slice(SCHEMA.length).split('/');
    const own = types.get(type) ?? [];
    types.set(type, own);
    own.push({ row: one, field: field.join('/') });
  }
  return [...types].map(([type, fields]) =>
    el(
      'tbody',
      null,
      fields.some(({ field }) => field === '')
        ? undefined
        : el(
            'tr',
            { class: 'group' },
            el('th', { scope: 'rowgroup', colspan: 3 }, el('span', { class: 'quiet' }, 'type '), named(type)),
          ),
      fields.map(({ row: one, field }) => row(one, field === '' ? `type ${type}` : field)),
    ),
  );
}

function resourcePart(
  resource: string,
  rows: readonly Row[],
  names: readonly [string, string],
  comparedBy: string | undefined,
) {
  const inSchema = rows.filter(({ setting }) => setting.startsWith(SCHEMA));
  const others = rows.filter(({ setting }) => !setting.startsWith(SCHEMA));
  const columns = (first: string) => [first, ...names.map(name => el('th', { scope: 'col' }, named(name)))];
  const key = nameText(resource);
  return el(
    'details',
    { open: true, class: 'resource', 'data-key': `resource ${key}` },
    el(
      'summary',
      null,
      el('h3', null, named(resource)),
      el('span', { class: 'count' }, String(rows.length)),
      comparedBy === 'name' && el('span', { class: 'quiet' }, 'by name alone'),
    ),
    others.length > 0 &&
      table(
        `Settings of ${key}`,
        columns('Setting'),
        others.map(one => row(one)),
        'sides',
      ),
    inSchema.length > 0 &&
      table(`Schema of ${key}`, columns('Type or field'), schemaBodies(inSchema), 'sides'),
  );
}

/** Two schemas that were compared by lines. */
function schemaLines({ schema }: Comparison) {
  if (!schema) return undefined;
  const { resource, why, lines = [], isCut } = schema;
  const line = (text: string) => {
    const kind = text.startsWith('+') ? 'only-right' : text.startsWith('-') ? 'only-left' : '';
    return el('span', { class: `line ${kind}` }, `${nameText(text)}\n`);
  };
  return section(
    'Schema by lines',
    'schema-lines',
    el('p', { class: 'quiet' }, named(resource), `: one of the schemas ${nameText(why, 200)}`),
    el('pre', { tabindex: 0, 'aria-label': 'Lines that differ' }, lines.map(line), isCut && '…'),
  );
}

type Kind = '' | 'only left' | 'only right' | 'different';

/** The rows with their search; also a part of a clone's screen. */
export function createComparison(stage: Stage, read: (page: number) => Promise<Comparison>) {
  let [query, kind]: [string, Kind] = ['', ''];
  let comparison: Comparison = {};
  let rows: Row[] = [];
  let [page, isReading] = [1, false];
  let copied = '';
  const pieces = createPieces(stage.update);

  function fits({ resource, setting, difference }: Row): boolean {
    if (kind !== '' && difference.is !== kind) return false;
    if (query === '') return true;
    return [resource, setting, valueText(difference.left), valueText(difference.right)].some(text =>
      text.toLowerCase().includes(query),
    );
  }

  async function more(): Promise<void> {
    isReading = true;
    stage.update();
    const next = await read(page + 1).catch(() => undefined);
    isReading = false;
    if (next?.differences) {
      page += 1;
      const differences = [...(comparison.differences ?? []), ...next.differences];
      const both = <T>(one: readonly T[] | undefined, other: readonly T[] | undefined) => [
        ...(one ?? []),
        ...(other ?? []),
      ];
      comparison = {
        ...comparison,
        differences,
        resources: both(comparison.resources, next.resources),
        same: both(comparison.same, next.same),
      };
      rows = rowsOf(comparison);
      stage.say(`${counted(rows.length, 'difference')} read.`);
    } else stage.say('The next page could not be read.');
    stage.update();
  }

  const search = (left: string, right: string) => {
    const change = (set: (value: string) => void) => (_event: Event, element: HTMLElement) => {
      set((element as HTMLInputElement).value);
      pieces.reset();
      stage.say(`${counted(rows.filter(fits).length, 'row')} of ${rows.length}`);
      stage.update();
    };
    const words: readonly (readonly [Kind, string])[] = [
      ['', 'all differences'],
      ['different', 'set differently'],
      ['only left', `only in ${nameText(left)}`],
      ['only right', `only in ${nameText(right)}`],
    ];
    const input = el('input', {
      id: 'search',
      type: 'search',
      placeholder: 'Search',
      autocomplete: 'off',
      spellcheck: 'false',
    });
    const select = el(
      'select',
      { id: 'kind' },
      words.map(([value, label]) => el('option', { value, selected: value === kind }, label)),
    );
    const copy = async () => {
      const isCopied = await copyText(markdownOf({ comparison, rows: rows.filter(fits), left, right }));
      copied = isCopied ? 'Copied' : 'The host does not let this page copy';
      stage.say(copied);
      stage.update();
    };
    return el(
      'div',
      { class: 'row', role: 'search', 'data-key': 'search' },
      el('label', { for: 'search', class: 'unseen' }, 'Search the differences'),
      on(
        input,
        'input',
        change(value => {
          query = value.trim().toLowerCase();
        }),
      ),
      el('label', { for: 'kind', class: 'unseen' }, 'Which differences'),
      on(
        select,
        'change',
        change(value => {
          kind = value as Kind;
        }),
      ),
      button('Copy as Markdown', copy),
      el('span', { class: 'quiet' }, copied),
    );
  };

  function found(names: readonly [string, string]) {
    const fitting = rows.filter(fits);
    const groups = new Map<string, Row[]>();
    for (const one of pieces.of(fitting)) {
      const own = groups.get(one.resource);
      if (own) own.push(one);
      else groups.set(one.resource, [one]);
    }
    const comparedBy = new Map(
      (comparison.resources ?? []).map(({ resource, comparedBy: by }) => [resource, by]),
    );
    return [
      ...[...groups].map(([resource, own]) => resourcePart(resource, own, names, comparedBy.get(resource))),
      fitting.length === 0 && rows.length > 0 ? el('p', { class: 'quiet' }, 'No row fits.') : undefined,
      pieces.more(fitting.length),
    ];
  }

  return {
    set(next: Comparison) {
      comparison = next;
      rows = rowsOf(next);
      page = 1;
    },
    parts(left: string, right: string): (Node | undefined)[] {
      const { counts, same = [], notCompared = [], valuesNotCompared = [], unreadable = [] } = comparison;
      const total = counts?.differences ?? rows.length;
      const unread = total - rows.length;
      const next = button(isReading ? 'Reading…' : `Read ${counted(unread, 'difference')} more`, more, {
        disabled: isReading,
        'data-key': 'next-page',
      });
      const notSeen = notCompared.map(
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
        rows.length > 0
          ? section(
              'Differences',
              'differences',
              search(left, right),
              ...found([left, right]),
              unread > 0 ? next : undefined,
            )
          : undefined,
        schemaLines(comparison),
        folded('Without a difference', 'same', same),
        folded('Not compared, because AWS does not show it', 'not-compared', notSeen),
        folded('Values that two environments never share', 'never-shared', valuesNotCompared),
      ].map(part => part || undefined);
    },
  };
}

/** @param args the arguments of the call that compared, for further pages */
export function differenceScreen(stage: Stage, answer: Compared, args: Arguments): Screen {
  const { appId, left = 'left', right = 'right', identical, counts } = answer;
  const comparison = createComparison(stage, async page => {
    const result = await stage.host.callTool('compare_environments', {
      ...args,
      app: args.app ?? appId,
      left,
      right,
      page,
    });
    if (result.isError) throw new Error(textIn(result));
    return answerIn<Compared>(result);
  });
  comparison.set(answer);
  const total = counts?.differences ?? 0;
  const sum = identical
    ? 'Set up alike, as far as they were compared'
    : counts
      ? counted(total, 'difference')
      : 'Not compared';
  return {
    look: () => ({
      title: el('span', null, named(left), el('span', { class: 'quiet' }, ' and '), named(right)),
      subtitle: [sum, nameText(appId)].filter(Boolean).join(' · '),
      body: [...comparison.parts(left, right), notes(answer.notes)],
    }),
  };
}
