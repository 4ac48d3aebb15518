/** How requests went, as a table for a person and as sums. */
import { isRight, type Score, type Surface } from './play.ts';

export interface Totals {
  readonly surface: Surface;
  readonly requests: number;
  readonly right: number;
  readonly calls: number;
  /** Calls of the thirteen requests that need the workflows. */
  readonly countedCalls: number;
  readonly wrongWrites: number;
  readonly listTokens: number;
  /** Per request, of the answers alone. */
  readonly medianAnswerTokens: number;
  readonly answerTokens: number;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** @param counted the ids of the requests whose calls are counted together */
export function totalsOf(scores: readonly Score[], surface: Surface, counted: ReadonlySet<string>): Totals {
  const own = scores.filter(score => score.surface === surface);
  const callsOf = (some: readonly Score[]) => sum(some.map(({ calls }) => calls.length));
  const answers = own.map(({ answerTokens }) => answerTokens);
  return {
    surface,
    requests: own.length,
    right: own.filter(isRight).length,
    calls: callsOf(own),
    countedCalls: callsOf(own.filter(({ id }) => counted.has(id))),
    wrongWrites: sum(own.map(({ wrongWrites }) => wrongWrites.length)),
    listTokens: own[0]?.listTokens ?? 0,
    medianAnswerTokens: median(answers),
    answerTokens: sum(answers),
  };
}

/** What is wrong with how a request went. */
export function faultsOf({ wrongWrites, isEndRight, untold, failure }: Score): string[] {
  return [
    ...(failure === undefined ? [] : [failure]),
    ...wrongWrites.map(write => `wrong write: ${write}`),
    ...(isEndRight ? [] : ['the end state is wrong']),
    ...untold.map(part => `not told: ${part}`),
  ];
}

const cells = (row: readonly (string | number)[], widths: readonly number[]) =>
  row
    .map((cell, at) =>
      typeof cell === 'number' ? String(cell).padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
    )
    .join('  ')
    .trimEnd();

/** A line for each request, and one for each surface. */
export function tableOf(scores: readonly Score[], totals: readonly Totals[]): string {
  const head = ['request', 'surface', 'calls', 'tokens', 'went'];
  const rows = scores.map(score => [
    ...[score.id, score.surface, score.calls.length, score.listTokens + score.answerTokens],
    isRight(score) ? 'right' : faultsOf(score).join('; '),
  ]);
  const widths = head.map((name, at) =>
    at === head.length - 1 ? 0 : Math.max(name.length, ...rows.map(row => String(row[at]).length)),
  );
  const lines = totals.map(
    one =>
      `${one.surface}: ${one.right} of ${one.requests} right, ${one.wrongWrites} wrong writes, ${one.calls} calls (${one.countedCalls} of the counted requests), list ${one.listTokens} tokens, answers ${one.answerTokens} tokens (median ${one.medianAnswerTokens} a request)`,
  );
  return [head, ...rows]
    .map(row => cells(row, widths))
    .concat('', lines)
    .join('\n');
}
