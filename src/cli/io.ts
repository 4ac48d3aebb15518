/** What a command may do to the world outside: handed in by the bin, which alone touches `process`. */

/** The surroundings of a command. */
export interface Io {
  /** Writes a line to stdout. */
  out(line: string): void;
  /** Writes raw text to stdout, for a line that is drawn again. */
  draw(text: string): void;
  /** Whether a person watches stdout in a terminal. */
  readonly isTerminal: boolean;
  /**
   * Shows the person at the terminal a text, on stderr, and reads the line that they type; undefined where they leave
   * without one. Absent where stdin or stderr is no terminal.
   */
  readonly ask?: ((text: string) => Promise<string | undefined>) | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The command line that starts this program again: node and the bin. */
  readonly self: readonly [command: string, ...args: string[]];
  /** Resolves when the person or the system asks the program to end; without this call a signal just ends it. */
  interrupted(): Promise<void>;
}
