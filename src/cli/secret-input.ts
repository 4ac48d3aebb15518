/**
 * Secrets from the person who runs a command: typed at a prompt that shows nothing, or piped in. Never from an
 * argument, which every process on the machine can read.
 */
import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';

/** Reads secrets for a command. */
export interface SecretInput {
  /** Whether a person sits at a terminal. */
  readonly isTerminal: boolean;
  /** Asks for a line for each prompt; what is typed is not shown. @throws Error where the person breaks off */
  ask(prompts: readonly string[]): Promise<string[]>;
  /** Everything that is piped in, without the final newline. @throws Error where it is too long for a secret */
  readAll(): Promise<string>;
}

const MAX_CHARACTERS = 65_536;

/**
 * Creates the input of a process.
 * @param output where prompts go: stderr, since stdout may be piped on
 */
export function createSecretInput(input: Readable & { isTTY?: boolean }, output: Writable): SecretInput {
  return {
    isTerminal: input.isTTY === true,
    async ask(prompts) {
      // With `terminal`, readline writes the echo to its output, which discards it.
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
      lines.on('SIGINT', () => lines.close());
      const answers: string[] = [];
      try {
        const typed = lines[Symbol.asyncIterator]();
        for (const prompt of prompts) {
          output.write(prompt);
          const line = await typed.next();
          output.write('\n');
          if (line.done) throw new Error('nothing was stored: the prompt was left without an answer');
          answers.push(line.value);
        }
      } finally {
        lines.close();
      }
      return answers;
    },
    async readAll() {
      let text = '';
      input.setEncoding('utf8');
      for await (const chunk of input) {
        text += chunk;
        if (text.length > MAX_CHARACTERS)
          throw new Error(`nothing was stored: more than ${MAX_CHARACTERS} characters are not a secret`);
      }
      return text.replace(/\r?\n$/, '');
    },
  };
}
