/** Reads one line from the person at a terminal. */
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/**
 * Prints a text and reads the line that is typed after it.
 * @returns the line; undefined where the person breaks off (Ctrl-C) or the input ends
 */
export async function readAnswer(
  input: Readable,
  output: Writable,
  text: string,
): Promise<string | undefined> {
  const lines = createInterface({ input, output, terminal: true, historySize: 0 });
  const [shown, prompt = ''] = splitLast(text);
  if (shown !== '') output.write(`${shown}\n`);
  try {
    return await new Promise(resolve => {
      lines.once('close', () => resolve(undefined));
      lines.once('SIGINT', () => lines.close());
      // readline redraws the prompt at each key, so only the last line is the prompt.
      lines.question(prompt, resolve);
    });
  } finally {
    lines.close();
  }
}

/** The text before its last line, and the last line. */
function splitLast(text: string): [string, string?] {
  const at = text.lastIndexOf('\n');
  return at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
}
