/** `completion SHELL`: a script by which a shell completes commands, flags, their values, and tools. */
import type { Command } from 'commander';
import { packageName } from '../command-line.ts';
import type { Shell } from './shells.ts';
import { type CommandEntry, completionTable, type FlagEntry } from './table.ts';

/** The name of the shell function that completes. */
const FUNCTION = `_${packageName.replaceAll('-', '_')}`;
/** Where no command is typed, the flags are those of this one. */
const DEFAULT_COMMAND = 'stdio';

/** A text in single quotes, as the three shells read it. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** Different flags of all commands that take a value. */
function flagsWithValue(table: readonly CommandEntry[]): FlagEntry[] {
  const flags = table.flatMap(command => command.flags).filter(({ takesValue }) => takesValue);
  return [...new Map(flags.map(entry => [entry.flag, entry])).values()];
}

const flagsOf = (table: readonly CommandEntry[], name: string) =>
  (table.find(command => command.name === name)?.flags ?? []).map(({ flag }) => flag).join(' ');

function bash(table: readonly CommandEntry[]): string {
  // Bash 3.2, which macOS brings, has neither `mapfile` nor `compopt`. An empty reply lets bash complete files.
  const values = flagsWithValue(table).map(({ flag, values }) =>
    values.length === 0
      ? `    ${flag}) return ;;`
      : `    ${flag}) COMPREPLY=($(compgen -W ${quoted(values.join(' '))} -- "$cur")); return ;;`,
  );
  const commands = table.map(
    ({ name, words, flags }) =>
      `    ${name}) words=${quoted(words.join(' '))} flags=${quoted(flags.map(({ flag }) => flag).join(' '))} ;;`,
  );
  return [
    `# bash completion of ${packageName}: source <(${packageName} completion bash)`,
    `${FUNCTION}() {`,
    `  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" words= flags=`,
    '  COMPREPLY=()',
    '  case "$prev" in',
    ...values,
    '  esac',
    `  case "\${COMP_WORDS[1]}" in`,
    ...commands,
    `    *) flags=${quoted(flagsOf(table, DEFAULT_COMMAND))} ;;`,
    '  esac',
    `  if [ "$COMP_CWORD" -eq 1 ]; then words=${quoted(table.map(({ name }) => name).join(' '))}`,
    '  elif [ "$COMP_CWORD" -ne 2 ]; then words=; fi',
    '  case "$cur" in -*) words=$flags ;; esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    '}',
    `complete -o default -F ${FUNCTION} ${packageName}`,
  ].join('\n');
}

/** A word and its description, as `_describe` takes them. */
const described = (word: string, description: string) =>
  quoted(`${word.replaceAll(':', '\\:')}:${description}`);

function zsh(table: readonly CommandEntry[]): string {
  const values = flagsWithValue(table).map(
    ({ flag, values, isPath }) =>
      `    ${flag}) ${isPath ? '_files' : `compadd -- ${values.join(' ')}`}; return ;;`,
  );
  const commands = table.map(
    ({ name, words, flags }) =>
      `    ${name}) words_of=(${words.join(' ')}) flags=(${flags.map(({ flag, description }) => described(flag, description)).join(' ')}) ;;`,
  );
  const named = table.map(({ name, description }) => described(name, description));
  return [
    `#compdef ${packageName}`,
    `# zsh completion of ${packageName}: source <(${packageName} completion zsh)`,
    `${FUNCTION}() {`,
    '  local -a commands words_of flags',
    '  local command=$words[2]',
    `  commands=(${named.join(' ')})`,
    `  [[ -z $command || $command == -* ]] && command=${DEFAULT_COMMAND}`,
    '  case $words[CURRENT-1] in',
    ...values,
    '  esac',
    '  case $command in',
    ...commands,
    '  esac',
    '  if [[ $words[CURRENT] == -* ]]; then _describe -o flag flags',
    '  elif (( CURRENT == 2 )); then _describe command commands',
    '  elif (( CURRENT == 3 )) && (( $#words_of )); then compadd -a words_of; fi',
    '}',
    `compdef ${FUNCTION} ${packageName}`,
  ].join('\n');
}

function fish(table: readonly CommandEntry[]): string {
  const complete = `complete -c ${packageName}`;
  const flagLine = ({ flag, description, takesValue, values, isPath }: FlagEntry, condition: string) => {
    const value = isPath ? ' -r -F' : ` -x -a ${quoted(values.join(' '))}`;
    return `${complete} -n ${quoted(condition)} -l ${flag.slice(2)} -d ${quoted(description)}${takesValue ? value : ''}`;
  };
  return [
    `# fish completion of ${packageName}: ${packageName} completion fish | source`,
    `${complete} -f`,
    ...table.flatMap(({ name, description, words, flags }) => {
      const seen = `__fish_seen_subcommand_from ${name}`;
      // The argument is offered once, right after the command.
      const isNext = `test (count (commandline -opc)) -eq 2; and ${seen}`;
      return [
        `${complete} -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
        ...(words.length > 0 ? [`${complete} -n ${quoted(isNext)} -a ${quoted(words.join(' '))}`] : []),
        ...flags.map(entry => flagLine(entry, seen)),
        ...(name === DEFAULT_COMMAND ? flags.map(entry => flagLine(entry, '__fish_use_subcommand')) : []),
      ];
    }),
  ].join('\n');
}

const scripts: Readonly<Record<Shell, (table: readonly CommandEntry[]) => string>> = { bash, zsh, fish };

/** The script for a shell, of the commands that the program has. */
export const completionScript = (shell: Shell, program: Command): string =>
  scripts[shell](completionTable(program));
