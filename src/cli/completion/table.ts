/** What can be typed after each command, from the commands themselves. */
import type { Argument, Command, Option } from 'commander';
import { settingsTable } from '../../server/settings.ts';
import { toolNames } from '../../server/tool-names.ts';
import { hostNames } from '../install/hosts.ts';

/** A flag, and what its value may be. */
export interface FlagEntry {
  readonly flag: string;
  readonly description: string;
  /** Whether a value follows. */
  readonly takesValue: boolean;
  /** The words that the value may be; empty where these cannot be listed. */
  readonly values: readonly string[];
  /** Whether the value is a file or folder. */
  readonly isPath: boolean;
}

/** A command. */
export interface CommandEntry {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly FlagEntry[];
  /** The words that its first argument may be. */
  readonly words: readonly string[];
}

/** Values that are names of files. */
const isPath = ({ flags }: Option) => /<(file|path)>|-file /.test(flags);

function valuesOf({ long, argChoices }: Option): readonly string[] {
  return argChoices ?? settingsTable.find(({ flag }) => flag === long)?.choices ?? [];
}

function wordsOf(argument: Argument | undefined, commands: readonly string[]): readonly string[] {
  if (argument?.name() === 'tool') return toolNames;
  if (argument?.name() === 'command') return commands;
  if (argument?.name() === 'host') return hostNames;
  return argument?.argChoices ?? [];
}

/** Lists the commands of the program. */
export function completionTable(program: Command): CommandEntry[] {
  const names = program.commands.map(command => command.name());
  return program.commands.map(command => ({
    name: command.name(),
    description: command.description(),
    words: wordsOf(command.registeredArguments[0], names),
    flags: command
      .createHelp()
      .visibleOptions(command)
      .map(option => ({
        flag: option.long ?? option.flags,
        description: option.description,
        takesValue: option.required || option.optional,
        values: valuesOf(option),
        isPath: isPath(option),
      })),
  }));
}
