/**
 * Prints lines for a person or a pipe. Control characters are escaped, so that the terminal does not obey them. A terminal
 * also gets colours and lines that are wrapped at words.
 */
import colors from 'picocolors';
import { printable } from '../lib/quote.ts';

/** Colours by their meaning. */
const styles = {
  good: 'green',
  bad: 'red',
  warning: 'yellow',
  command: 'cyan',
  faint: 'dim',
  strong: 'bold',
} as const;

export type Style = keyof typeof styles;

/** The format of a line in a terminal. */
export interface LineFormat {
  readonly style?: Style;
  /** How many characters have the style, from the first; without it the whole line has. */
  readonly length?: number;
  /** How far continued lines are indented; without it as far as the line itself. */
  readonly indent?: number;
  /** For what a person copies, such as a command: the line is never wrapped. */
  readonly isVerbatim?: boolean;
}

/** The stream to print to. */
export interface PrinterTarget {
  write(text: string): void;
  /** Whether the target shows colours. */
  readonly hasColors: boolean;
  /** The terminal; absent in a pipe, where lines are not wrapped. */
  readonly terminal?: Wrapping | undefined;
}

/** The width of a terminal, and how its lines are wrapped. */
export interface Wrapping {
  columns(): number;
  /** Breaks a line at blanks, at a width in columns. A word that is wider stays whole, so that it can be copied. */
  wrap(line: string, columns: number): string;
}

/** A narrower terminal counts as this wide, since each of its lines would hold a single word. */
const LEAST_COLUMNS = 20;

/** Prints a text of one or more lines. */
export type Print = (text: string, format?: LineFormat) => void;

/** The spaces that a line starts with, and the mark of a list item. */
const indentOf = (line: string) => /^ *(?:- )?/.exec(line)?.[0].length ?? 0;

function wrapped(line: string, terminal: Wrapping | undefined, format: LineFormat): string {
  if (!terminal || format.isVerbatim || line.length === 0) return line;
  const columns = Math.max(terminal.columns(), LEAST_COLUMNS);
  const { indent: wanted = 0 } = format;
  // In a narrow terminal, a column at the right has too little space.
  const indent = wanted > 0 && wanted <= columns / 2 ? wanted : indentOf(line);
  const rows = terminal.wrap(line.slice(indent), columns - indent).split('\n');
  return line.slice(0, indent) + rows.join(`\n${' '.repeat(indent)}`);
}

/** Creates the printing of one stream. */
export function createPrinter({ write, hasColors, terminal }: PrinterTarget): Print {
  const paint = colors.createColors(hasColors);
  const painted = (line: string, format: LineFormat) => {
    const laidOut = wrapped(line, terminal, format);
    const { style, length = laidOut.length } = format;
    const head = laidOut.slice(0, length);
    return `${style === undefined ? head : paint[styles[style]](head)}${laidOut.slice(length)}\n`;
  };
  // One write for all lines: a reader that has received the first line has received the others too.
  return (text, format = {}) =>
    write(
      printable(text)
        .split('\n')
        .map(line => painted(line, format))
        .join(''),
    );
}
