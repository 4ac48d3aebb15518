/** A comparison as Markdown, for a ticket or a chat. Foreign text stands in code spans that it cannot end. */
import { counted, nameText } from './text.ts';

const LONGEST = 400;

/** Text of which every character stands for itself, whatever a reader of Markdown makes of it. */
const literal = (text: string) =>
  text.replace(/[^\p{L}\p{N} ]/gu, character => `&#${character.codePointAt(0)};`);

/** Foreign text in a code span that it cannot end, nor the cell of a table around it. */
function code(value: unknown, place: 'cell' | 'line' = 'cell'): string {
  const text = nameText(typeof value === 'string' ? value : JSON.stringify(value), LONGEST);
  // Readers disagree on what a backslash before an escaped pipe is, and then the pipe ends the cell.
  if (text.includes('\\|')) return literal(text);
  const inPlace = place === 'cell' ? text.replaceAll('|', '\\|') : text;
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 || text.trim() === '' ? `${fence} ${inPlace} ${fence}` : `${fence}${inPlace}${fence}`;
}

/** What of a comparison is written. */
interface Shown {
  readonly comparison: {
    readonly counts?: { readonly differences?: number | undefined } | undefined;
    readonly same?: readonly unknown[] | undefined;
  };
  readonly rows: readonly {
    readonly resource: string;
    readonly setting: string;
    readonly difference: {
      readonly is?: string | undefined;
      readonly left?: unknown;
      readonly right?: unknown;
    };
  }[];
  readonly left: string;
  readonly right: string;
}

export function markdownOf({ comparison, rows, left, right }: Shown): string {
  const total = comparison.counts?.differences ?? rows.length;
  const lines = rows.map(({ resource, setting, difference: { is, left: one, right: other } }) => {
    const path = code(setting === '' ? resource : `${resource}/${setting}`);
    return `| ${path} | ${is === 'only right' ? '—' : code(one)} | ${is === 'only left' ? '—' : code(other)} |`;
  });
  const same = comparison.same ?? [];
  return [
    `**${code(left, 'line')} and ${code(right, 'line')}**: ${counted(total, 'difference')}${rows.length < total ? `, ${rows.length} shown` : ''}`,
    '',
    `| | ${code(left)} | ${code(right)} |`,
    '| --- | --- | --- |',
    ...lines,
    ...(same.length > 0
      ? ['', `Without a difference: ${same.map(one => code(one, 'line')).join(', ')}`]
      : []),
    '',
  ].join('\n');
}
