/** The failure that ends the program, for the person who typed the command. */
import { CommanderError } from 'commander';
import { ConfigError } from '../server/settings.ts';

const USAGE_ERROR = 2;

const portInUse = (port = 0) =>
  `port ${port} is in use: end the program that uses it, or give another port to --port or --metrics-port (0 picks one)`;

/** One line, and the exit code: 2 where a word or a setting is at fault. */
export function explainFailure(thrown: unknown): { line: string; exitCode: number } {
  const { code, port } = Object(thrown) as { readonly code?: string; readonly port?: number };
  if (code === 'EADDRINUSE') return { line: portInUse(port), exitCode: 1 };
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const isUsage = thrown instanceof ConfigError || thrown instanceof CommanderError;
  // Commander says in a second line what may be meant.
  const [message = '', suggestion] = text.replace(/^error: /, '').split('\n(Did you mean ');
  const meant = suggestion === undefined ? '' : `; did you mean ${suggestion.slice(0, -1)}`;
  return { line: `${message.split('\n')[0]}${meant}`, exitCode: isUsage ? USAGE_ERROR : 1 };
}
