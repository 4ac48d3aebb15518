/** Differences in an answer: a limited number of each kind, each shortened, with the total and how to get the rest. */
import type { Difference } from '../../environment/index.ts';
import { quoteCell, quoteJson } from '../../lib/quote.ts';

/** The differences that are shown. */
export interface DifferenceReport {
  readonly differences: readonly Difference[];
  /** How many there are, and how many are left out; empty where all are shown. */
  readonly notes: readonly string[];
}

const MOST_OF_A_KIND = 30;
const LONGEST_PATH = 300;
/** Characters of a value's JSON. */
const LONGEST_VALUE = 400;
const LONGEST_EXCERPT = 300;
const LONGEST_CELL = 80;

const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length)}…` : text);

/** The first position at which two texts differ. */
function firstDifference(left: string, right: string): number {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  return at;
}

/** The value, or where it is long, the part of its text that begins shortly before `from`. */
function shortened(value: unknown, from: number): unknown {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  if (text.length <= LONGEST_VALUE) return value;
  const start = Math.max(0, from - LONGEST_EXCERPT / 2);
  const end = start + LONGEST_EXCERPT;
  const excerpt = `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`;
  return `${excerpt} (part of ${text.length} characters)`;
}

/** A difference with its path and its values shortened. */
export function shortDifference({ path, is, left, right }: Difference): Difference {
  const from = typeof left === 'string' && typeof right === 'string' ? firstDifference(left, right) : 0;
  return {
    path: cut(path, LONGEST_PATH),
    is,
    ...(left !== undefined && { left: shortened(left, from) }),
    ...(right !== undefined && { right: shortened(right, from) }),
  };
}

/** The first differences of each kind. @param left and right: the names of the sides @param rest how to get the others */
export function reportDifferences(
  all: readonly Difference[],
  { left, right, rest }: { readonly left: string; readonly right: string; readonly rest: string },
): DifferenceReport {
  const shown: Difference[] = [];
  const counts = { 'only left': 0, 'only right': 0, different: 0 };
  for (const difference of all) {
    counts[difference.is] += 1;
    if (counts[difference.is] <= MOST_OF_A_KIND) shown.push(shortDifference(difference));
  }
  if (shown.length === all.length) return { differences: shown, notes: [] };
  const kinds = `${counts['only left']} only in ${left}, ${counts['only right']} only in ${right}, ${counts.different} set differently`;
  const note = `Of ${all.length} differences (${kinds}), the first ${MOST_OF_A_KIND} of each kind are shown. ${rest}`;
  return { differences: shown, notes: [note] };
}

/** A value in a cell: quoted, on one line and shortened. */
function cell(value: unknown): string {
  return value === undefined ? '' : quoteJson(value, LONGEST_CELL).replaceAll('|', '\\|');
}

/** The row of a difference in a Markdown table. */
export function rowOfTable(difference: Difference): string {
  const cells = [
    quoteCell(difference.path, LONGEST_PATH),
    difference.is === 'only right' ? '(missing)' : cell(difference.left),
    difference.is === 'only left' ? '(missing)' : cell(difference.right),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Differences as a table that a person can read. */
export const tableOf = (differences: readonly Difference[], left: string, right: string): string =>
  [`| setting | ${left} | ${right} |`, '| --- | --- | --- |', ...differences.map(rowOfTable)].join('\n');
