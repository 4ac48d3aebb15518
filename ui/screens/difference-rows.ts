/** The rows of a comparison, by resource: settings with both values, and schemas by type and field or by lines. */
import type { Comparison, Difference } from '../answers.ts';
import { el, named, section, table } from '../dom.ts';
import { nameText } from '../text.ts';

const SCHEMA = 'transformSchema/';

/** The environments' names. */
type Names = readonly [left: string, right: string];

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

export const valueText = (value: unknown) =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

/** Splits two texts into their common beginning, the parts that differ, and their common end. */
function splitAtDifference(left: string, right: string) {
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < shorter - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  const parts = (text: string) =>
    [text.slice(0, start), text.slice(start, text.length - end), text.slice(text.length - end)] as const;
  return { isAlike: start + end >= 4, left: parts(left), right: parts(right) };
}

const missing = (side: string) =>
  el(
    'td',
    { class: 'missing', 'data-side': side },
    el('span', { 'aria-hidden': 'true' }, '—'),
    el('span', { class: 'unseen' }, 'missing'),
  );
const LONGEST_VALUE = 400;
const marked = ([before, middle, after]: readonly [string, string, string], side: string) =>
  el(
    'td',
    { class: 'value', 'data-side': side },
    el(
      'bdi',
      null,
      nameText(before, LONGEST_VALUE),
      middle !== '' && el('mark', null, nameText(middle, LONGEST_VALUE)),
      nameText(after, LONGEST_VALUE),
    ),
  );

/** A resource in words, such as "Lambda, deployed"; undefined if the value is not a resource. */
function resourceText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { service, origin, state, ...others } = value as Readonly<Record<string, unknown>>;
  if (typeof service !== 'string' || Object.keys(others).length > 0) return undefined;
  return [service, origin === 'own' ? undefined : origin, state]
    .flatMap(one => (typeof one === 'string' ? [one] : []))
    .join(', ');
}

/** The cells of both environments. @param isWhole whether the row is about the whole resource */
function sides({ is, left, right }: Difference, names: Names, isWhole: boolean): readonly HTMLElement[] {
  const valueIn = (value: unknown) => (isWhole ? resourceText(value) : undefined) ?? valueText(value);
  const [leftName, rightName] = names.map(name => nameText(name, 40)) as [string, string];
  const cell = (value: unknown, side: string) =>
    el('td', { class: 'value', 'data-side': side }, named(value, LONGEST_VALUE));
  if (is === 'only left') return [cell(valueIn(left), leftName), missing(rightName)];
  if (is === 'only right') return [missing(leftName), cell(valueIn(right), rightName)];
  const [one, other] = [valueIn(left), valueIn(right)];
  // A text and a number can look alike, such as "3" and 3: written as JSON, they differ.
  if (one === other) return [cell(JSON.stringify(left), leftName), cell(JSON.stringify(right), rightName)];
  const found = splitAtDifference(one, other);
  if (found.isAlike && one.length + other.length < 2 * LONGEST_VALUE)
    return [marked(found.left, leftName), marked(found.right, rightName)];
  return [cell(one, leftName), cell(other, rightName)];
}

const row = ({ setting, difference }: Row, names: Names, head = setting) =>
  el(
    'tr',
    { class: String(difference.is).replace(' ', '-') },
    el('th', { scope: 'row' }, setting === '' ? 'the whole resource' : named(head, 300)),
    ...sides(difference, names, setting === ''),
  );

/** Table bodies for the types of a schema, each followed by its fields. */
function schemaBodies(rows: readonly Row[], names: Names) {
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
      fields.map(({ row: one, field }) => row(one, names, field === '' ? `type ${type}` : field)),
    ),
  );
}

export function resourcePart(
  resource: string,
  rows: readonly Row[],
  names: Names,
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
        others.map(one => row(one, names)),
        'sides',
      ),
    inSchema.length > 0 &&
      table(`Schema of ${key}`, columns('Type or field'), schemaBodies(inSchema, names), 'sides'),
  );
}

/** Two schemas that were compared by lines. */
export function schemaLines({ schema }: Comparison) {
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
    el(
      'pre',
      { role: 'group', tabindex: 0, 'aria-label': 'Lines that differ' },
      lines.map(line),
      isCut && '…',
    ),
  );
}
