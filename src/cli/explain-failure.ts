/** The failure that ends the program, for the person who typed the command. */
import { CommanderError } from 'commander';
import { ConfigError } from '../server/settings.ts';

const USAGE_ERROR = 2;

/** One line, and the exit code: 2 where a word or a setting is at fault. */
export function explainFailure(thrown: unknown): { line: string; exitCode: number } {
  const line = thrown instanceof Error ? thrown.message : String(thrown);
  const isUsage = thrown instanceof ConfigError || thrown instanceof CommanderError;
  return { line: line.replace(/^error: /, '').split('\n')[0] ?? '', exitCode: isUsage ? USAGE_ERROR : 1 };
}
