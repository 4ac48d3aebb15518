/** A comparison as Markdown, for a ticket or a chat. Foreign text stands in code spans that it cannot end. */
import type { Comparison } from './answers.ts';
import type { Row } from './screens/difference-rows.ts';
import { counted, nameText } from './text.ts';

const LONGEST = 400;

/** Text in a cell of a table. */
function code(value: unknown): string {
  const text = nameText(typeof value === 'string' ? value : JSON.stringify(value), LONGEST).replaceAll(
    '|',
    '\\|',
  );
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 || text.trim() === '' ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}

interface Shown {
  readonly comparison: Comparison;
  readonly rows: readonly Row[];
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
    `**${code(left)} and ${code(right)}**: ${counted(total, 'difference')}${rows.length < total ? `, ${rows.length} shown` : ''}`,
    '',
    `| | ${code(left)} | ${code(right)} |`,
    '| --- | --- | --- |',
    ...lines,
    ...(same.length > 0 ? ['', `Without a difference: ${same.map(code).join(', ')}`] : []),
    '',
  ].join('\n');
}
