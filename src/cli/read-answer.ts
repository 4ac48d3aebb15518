/** Reads one line from the person at a terminal. */
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/**
 * Prints a prompt of one line, which readline redraws at each key, and reads what is typed after it.
 * @returns the line; undefined where the person breaks off (Ctrl-C) or the input ends
 */
export async function readAnswer(
  input: Readable,
  output: Writable,
  prompt: string,
): Promise<string | undefined> {
  const lines = createInterface({ input, output, terminal: true, historySize: 0 });
  try {
    return await new Promise(resolve => {
      lines.once('close', () => resolve(undefined));
      lines.once('SIGINT', () => lines.close());
      lines.question(prompt, resolve);
    });
  } finally {
    lines.close();
  }
}
