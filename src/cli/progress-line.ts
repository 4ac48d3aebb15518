/** A line at the bottom of a terminal that shows the progress of a call. */
import wrapAnsi from 'wrap-ansi';
import { durationText } from '../lib/duration.ts';
import { printable } from '../lib/quote.ts';
import { type Clock, systemClock } from '../lib/timers.ts';

/** A terminal on which a line can be drawn again. */
export interface Screen {
  /** Writes text with control sequences. */
  draw(text: string): void;
  /** The width in columns. */
  columns(): number | undefined;
}

/** What MCP reports of a call's progress. */
export interface Step {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/** Shows the progress of one call. */
export interface ProgressLine {
  show(step: Step): void;
  /** Takes the line off the screen until the next step. */
  clear(): void;
  /** Takes the line off the screen for good. */
  end(): void;
}

const REDRAW_MS = 250;
/** A call that ends sooner than this shows no line. */
const FIRST_DRAW_MS = 500;
/** A share that is estimated from the time stays below this until the call ends. */
const MOST_ESTIMATED = 0.99;
const BAR_WIDTH = 24;
const DEFAULT_COLUMNS = 80;
/** Moves to the start of the line and erases it. */
const ERASE = '\r\u001b[K';

function barOf(share: number): string {
  const filled = Math.round(share * BAR_WIDTH);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}] ${percent} %  `;
}

/** What the line is about. */
export interface ProgressSubject {
  /** What is drawn before the first step. */
  readonly title: string;
  /** How long it is expected to take: a call that reports no total gets a bar by the time. */
  readonly expectedMs?: number | undefined;
}

/** Starts a line that counts the time from now on. It is drawn at the first step, or soon if none comes. */
export function createProgressLine(
  { draw, columns }: Screen,
  { title, expectedMs }: ProgressSubject,
  clock: Clock = systemClock,
): ProgressLine {
  const startedAt = clock.now();
  let step: Step = { progress: 0, message: title };
  let isDrawn = false;
  const shareAt = (elapsed: number) => {
    if (step.total) return Math.min(1, Math.max(0, step.progress / step.total));
    return expectedMs ? Math.min(MOST_ESTIMATED, elapsed / expectedMs) : undefined;
  };
  const redraw = () => {
    const elapsed = clock.now() - startedAt;
    const share = shareAt(elapsed);
    const bar = share === undefined ? '' : barOf(share);
    const line = printable(`${bar}${durationText(elapsed)}  ${step.message ?? title}`).replaceAll('\n', ' ');
    const [row = ''] = wrapAnsi(line, (columns() || DEFAULT_COLUMNS) - 1, { hard: true }).split('\n');
    draw(`${ERASE}${row}`);
    isDrawn = true;
    stopTimer();
    stopTimer = clock.after(REDRAW_MS, redraw);
  };
  let stopTimer = clock.after(FIRST_DRAW_MS, redraw);
  const clear = () => {
    stopTimer();
    if (isDrawn) draw(ERASE);
    isDrawn = false;
  };
  let hasEnded = false;
  return {
    show(next) {
      if (hasEnded) return;
      step = next;
      redraw();
    },
    clear,
    end() {
      hasEnded = true;
      clear();
    },
  };
}
