/** What all commands of the command line share: settings as flags, the configuration, and the refusal of unknown words. */
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import colors from 'picocolors';
import pkg from '../../package.json' with { type: 'json' };
import { didYouMean } from '../operations/closest-words.ts';
import type { ListenOptions } from '../server/hosted.ts';
import { type Config, ConfigError, settingsTable } from '../server/settings.ts';
import { CONFIG_FILE_VARIABLE, parseConfig } from './config.ts';
import type { Io } from './io.ts';
import type { SecretInput } from './secret-input.ts';

export const { name: packageName, version } = pkg;

/** What the commands need from the process. */
export interface ProgramDeps {
  readonly io: Io;
  /** Serves MCP on the process's own stdin and stdout until they end. */
  serveStdio(config: Config, version: string): Promise<void>;
  serveHttp(config: Config, version: string, listen: ListenOptions): Promise<void>;
  /** Serves the board until a signal arrives. */
  serveBoard(config: Config, version: string, options: BoardOptions): Promise<void>;
  /** Reads a secret that is typed or piped in. */
  secretInput(): Promise<SecretInput>;
  /** Ends the process. */
  finish(exitCode: number): void;
}

/** Where the board is served. */
export interface BoardOptions {
  /** 0 picks one. */
  readonly port: number;
  /** Called with the board's address, which opens it once. @returns what is to be done once the board ends */
  onOpen(address: string, notOffered: readonly string[]): Promise<() => Promise<void>>;
}

const paint = colors.createColors(true);

export type Options = Record<string, unknown>;

/** Reads the configuration file; YAML is a superset of JSON, so one parser reads both. */
export async function readFileSettings(path: string | undefined): Promise<unknown> {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new ConfigError(`cannot read the configuration file ${path}`);
  }
  const { parse } = await import('yaml');
  try {
    return parse(text) ?? undefined;
  } catch {
    throw new ConfigError(`the configuration file ${path} is neither JSON nor YAML`);
  }
}

/** Every setting as a flag, shared by all commands that take settings. */
const settingOptions = [
  ...settingsTable.map(
    ({ flag, type, description }) => new Option(type === 'boolean' ? flag : `${flag} <value>`, description),
  ),
  new Option('--config <file>', 'settings from a JSON or YAML file'),
];

/** A command that takes the settings with these flags, or every one, and a configuration file. */
function withSettings(command: Command, flags?: readonly string[]): Command {
  for (const option of settingOptions)
    if (!flags || [...flags, '--config'].includes(option.long ?? '')) command.addOption(option);
  return command;
}

/** Parses a port. @throws ConfigError */
export function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new ConfigError(`flag --port: ${text} is not a port`);
  return value;
}

/** The names of all commands. */
export const commandNames = (program: Command): string[] => program.commands.map(command => command.name());

/** What the actions of commands use. */
export interface CommandLine extends ProgramDeps {
  readonly program: Command;
  add(usage: string, description: string, options?: { isDefault: boolean }): Command;
  /** Lets a command take the settings with these flags, and a configuration file. */
  withSettings(command: Command, flags: readonly string[]): Command;
  /** Adds a command that takes every setting as a flag. */
  addWithSettings(usage: string, description: string, options?: { isDefault: boolean }): Command;
  /** Whether the command was named; the default command also runs where none was. */
  isNamed(command: Command): boolean;
  /** The arguments that the command does not take. */
  extraArguments(command: Command): string[];
  /** @throws ConfigError where there are such arguments */
  refuseExtra(command: Command): void;
  /** The configuration file that a flag or the environment names. */
  pathOf(config: unknown): string | undefined;
  configFrom(options: Options, defaults?: Partial<Config>): Promise<Config>;
  /** The settings of a server that a command starts as its child. */
  configForChild(options: Options, defaults?: Partial<Config>): Promise<Config>;
}

/** The command line without commands. It throws for unknown and malformed words and prints nothing for them. */
export function createCommandLine(deps: ProgramDeps): CommandLine {
  const { io } = deps;
  const program = new Command(packageName)
    .description(pkg.description)
    .version(version)
    .exitOverride()
    .helpCommand(false)
    .configureHelp({
      styleTitle: text => paint.bold(text),
      styleCommandText: text => paint.cyan(text),
      styleSubcommandText: text => paint.cyan(text),
      styleOptionText: text => paint.cyan(text),
    })
    // Commander takes the colours out again where the terminal has none.
    .configureOutput({ outputError: () => {} });
  const add = (usage: string, description: string, options?: { isDefault: boolean }) =>
    program.command(usage, options).description(description).allowExcessArguments();
  const extraArguments = (command: Command) => command.args.slice(command.registeredArguments.length);
  const isNamed = (command: Command) => program.args[0] === command.name();
  const refuseExtra = (command: Command) => {
    const [extra] = extraArguments(command);
    if (extra === undefined) return;
    if (isNamed(command)) throw new ConfigError(`unknown argument ${extra}`);
    throw new ConfigError(`unknown command ${extra}${didYouMean(extra, commandNames(program))}`);
  };
  const pathOf = (config: unknown) =>
    (config as string | undefined) ?? (io.env[CONFIG_FILE_VARIABLE] || undefined);
  const configFrom = async ({ config, ...flags }: Options, defaults: Partial<Config> = {}) =>
    parseConfig({ defaults, flags, env: io.env, file: await readFileSettings(pathOf(config)) });

  /** The settings of a server that a command starts as its child. */
  const configForChild = async (options: Options, defaults?: Partial<Config>) => {
    const config = await configFrom(options, defaults);
    if (config.auditFile !== undefined)
      await (await import('../server/open-audit.ts')).refuseUnsafeAudit(config);
    return config;
  };

  const addWithSettings: CommandLine['addWithSettings'] = (...command) => withSettings(add(...command));
  return {
    ...deps,
    ...{
      program,
      add,
      withSettings,
      addWithSettings,
      isNamed,
      extraArguments,
      refuseExtra,
      pathOf,
      configFrom,
      configForChild,
    },
  };
}
