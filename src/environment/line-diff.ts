/** Compares two texts by lines, within bounds: for schemas that do not parse. */

/** The lines that differ. */
export interface LineDiff {
  /** `-` before what only the left has, `+` before what only the right has; at most 40. Foreign text. */
  readonly lines: readonly string[];
  /** Whether there is more than is shown. */
  readonly isCut: boolean;
}

const MOST_LINES = 40;
const LONGEST_LINE = 200;
/** The longest differing part that is compared in full: a longer one would block other calls. */
const MOST_COMPARED = 2_000;
const MOST_EDITS = 400;

const shown = (sign: string, line: string) =>
  `${sign} ${line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line}`;

/** The lines between the common beginning and the common end of both texts. */
function differingPart(left: readonly string[], right: readonly string[]) {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  const most = Math.min(left.length, right.length) - start;
  while (end < most && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  return { left: left.slice(start, left.length - end), right: right.slice(start, right.length - end) };
}

/** The first lines of each side, where the differing part is too long to be compared. */
function unaligned(left: readonly string[], right: readonly string[]): LineDiff {
  const half = MOST_LINES / 2;
  return {
    lines: [
      ...left.slice(0, half).map(line => shown('-', line)),
      ...right.slice(0, half).map(line => shown('+', line)),
    ],
    isCut: left.length > half || right.length > half,
  };
}

/** Compares two texts. Trailing blanks and line endings do not count. */
export async function diffLines(leftText: string, rightText: string): Promise<LineDiff> {
  const linesOf = (text: string) => text.split('\n').map(line => line.trimEnd());
  const { left, right } = differingPart(linesOf(leftText), linesOf(rightText));
  if (left.length > MOST_COMPARED || right.length > MOST_COMPARED) return unaligned(left, right);
  const { diffArrays } = await import('diff');
  const changes = diffArrays([...left], [...right], { maxEditLength: MOST_EDITS });
  if (!changes) return unaligned(left, right);
  const lines = changes.flatMap(({ added, removed, value }) =>
    added || removed ? value.map(line => shown(added ? '+' : '-', line)) : [],
  );
  return { lines: lines.slice(0, MOST_LINES), isCut: lines.length > MOST_LINES };
}
