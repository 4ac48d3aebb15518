/** Runs the built command in a pseudo-terminal, with util-linux's `script`, which not every system has. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { childEnv, cli, type Env } from './child.ts';

export const hasTerminals = spawnSync('script', ['--version']).stdout?.includes('util-linux') ?? false;

export interface Shown {
  readonly code: number;
  /** Everything that was written to the terminal. */
  readonly text: string;
  /** The visible text, without colours and without erased rows. */
  readonly rows: readonly string[];
}

/** The text that stays visible after everything was written. */
function rowsOf(text: string): string[] {
  const esc = '\u001b';
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map(row => (row.split(`\r${esc}[K`).at(-1) ?? '').replaceAll(new RegExp(`${esc}\\[[0-9;]*m`, 'g'), ''));
}

/** Runs the command to its end, in a terminal of this width. */
export async function runInTerminal(args: readonly string[], env: Env = {}, columns = 80): Promise<Shown> {
  const words = [process.execPath, cli, ...args].map(word => `'${word}'`);
  const line = `stty cols ${columns}; ${words.join(' ')}`;
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    env: childEnv({ TERM: 'xterm', ...env }),
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', more => {
    text += more;
  });
  const [code] = await once(child, 'close');
  return { code: Number(code), text, rows: rowsOf(text) };
}
