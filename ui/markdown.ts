/** A comparison as Markdown, for a ticket or a chat. Foreign text stands in code spans that it cannot end. */
import { counted, nameText } from './text.ts';

const LONGEST = 400;

/** Escapes a text so that no Markdown reader interprets any of its characters. */
const literal = (text: string) =>
  text.replace(/[^\p{L}\p{N} ]/gu, character => `&#${character.codePointAt(0)};`);

/** Foreign text in a code span. It can end neither the span nor the table cell around it. */
function code(value: unknown, place: 'cell' | 'line' = 'cell'): string {
  const text = nameText(typeof value === 'string' ? value : JSON.stringify(value), LONGEST);
  // Markdown readers disagree about a backslash before an escaped pipe: for some, the pipe ends the cell.
  if (text.includes('\\|')) return literal(text);
  const inPlace = place === 'cell' ? text.replaceAll('|', '\\|') : text;
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 || text.trim() === '' ? `${fence} ${inPlace} ${fence}` : `${fence}${inPlace}${fence}`;
}

/** The parts of a comparison that are written. */
interface MarkdownSource {
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

export function markdownOf({ comparison, rows, left, right }: MarkdownSource): string {
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
