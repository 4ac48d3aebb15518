/** The program of the command line, which `parseAsync` runs. */
import type { Command } from 'commander';
import { createCommandLine, type ProgramDeps } from './command-line.ts';
import { commands } from './commands.ts';

/** Builds the program with all commands. */
export function createProgram(deps: ProgramDeps): Command {
  const line = createCommandLine(deps);
  for (const addTo of commands) addTo(line);
  return line.program;
}
