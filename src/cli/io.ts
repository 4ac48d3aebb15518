/** What a command may do to its process: passed in by the bin, the only file that touches `process`. */
import type { Transport } from '@modelcontextprotocol/client';
import type { Print } from './printer.ts';
import type { Screen } from './progress-line.ts';

/** Input and output of a command. */
export interface Io {
  /** Prints lines to stdout. */
  readonly out: Print;
  /** Prints lines to stderr. */
  readonly err: Print;
  /** stdout, where it is a terminal on which a line can be drawn again. */
  readonly screen?: Screen | undefined;
  /** stderr, where it is such a terminal. */
  readonly errorScreen?: Screen | undefined;
  /** Whether a person watches stdout in a terminal. */
  readonly isTerminal: boolean;
  /** Whether a person types at stdin. */
  readonly isInputTerminal: boolean;
  /**
   * Prints a text on stderr and reads the line that the person types; undefined where the person ends the input.
   * Absent where stdin or stderr is no terminal.
   */
  readonly ask?: ((text: string) => Promise<string | undefined>) | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The command line that starts this program again: node and the bin. */
  readonly self: readonly [command: string, ...args: string[]];
  /** Connects to a server with this environment. Where absent, `self` is started as one. */
  readonly serve?: ((env: Record<string, string>) => Transport) | undefined;
  /** Resolves at the first signal that asks the program to end. Without this call a signal ends it at once. */
  interrupted(): Promise<void>;
}
