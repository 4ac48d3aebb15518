/** What a command may do to its process: passed in by the bin, the only file that touches `process`. */

/** Input and output of a command. */
export interface Io {
  /** Writes a line to stdout. */
  out(line: string): void;
  /** Writes raw text to stdout, for a line that is drawn again. */
  draw(text: string): void;
  /** Whether a person watches stdout in a terminal. */
  readonly isTerminal: boolean;
  /**
   * Prints a text on stderr and reads the line that the person types; undefined where the person ends the input.
   * Absent where stdin or stderr is no terminal.
   */
  readonly ask?: ((text: string) => Promise<string | undefined>) | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The command line that starts this program again: node and the bin. */
  readonly self: readonly [command: string, ...args: string[]];
  /** Resolves at the first signal that asks the program to end. Without this call a signal ends it at once. */
  interrupted(): Promise<void>;
}
