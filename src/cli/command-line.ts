/** What all commands of the command line share: settings as flags, the configuration, and the refusal of unknown words. */
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import pkg from '../../package.json' with { type: 'json' };
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
  serveHttp(config: Config, version: string, where: Where): Promise<void>;
  /** Reads a secret that is typed or piped in. */
  secretInput(): Promise<SecretInput>;
  /** Ends the process. */
  finish(exitCode: number): void;
}

/** Where a server on the network listens, and whether callers need tokens. */
export interface Where {
  readonly host: string;
  readonly port: number;
  readonly auth?: 'tokens' | 'none' | undefined;
}

export type Options = Record<string, unknown>;

/** Reads the configuration file; YAML is a superset of JSON, so one parser reads both. */
async function readFileSettings(path: string | undefined): Promise<unknown> {
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

/** A command that takes every setting. */
function withSettings(command: Command): Command {
  for (const option of settingOptions) command.addOption(option);
  return command;
}

/** Parses a port. @throws ConfigError */
export function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new ConfigError(`flag --port: ${text} is not a port`);
  return value;
}

/** What the actions of commands use. */
export interface CommandLine extends ProgramDeps {
  readonly program: Command;
  add(usage: string, description: string, options?: { isDefault: boolean }): Command;
  /** Adds a command that takes every setting as a flag. */
  addWithSettings(usage: string, description: string, options?: { isDefault: boolean }): Command;
  /** The arguments that the command does not take. */
  excessOf(command: Command): string[];
  /** @throws ConfigError where there are such arguments */
  refuseMore(command: Command): void;
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
    .showSuggestionAfterError(false)
    .helpCommand(false)
    .configureOutput({ outputError: () => {} });
  const add = (usage: string, description: string, options?: { isDefault: boolean }) =>
    program.command(usage, options).description(description).allowExcessArguments();
  const excessOf = (command: Command) => command.args.slice(command.registeredArguments.length);
  const refuseMore = (command: Command) => {
    const [extra] = excessOf(command);
    const isNamed = program.args[0] === command.name();
    if (extra !== undefined) throw new ConfigError(`unknown ${isNamed ? 'argument' : 'command'} ${extra}`);
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
    ...{ program, add, addWithSettings, excessOf, refuseMore, pathOf, configFrom, configForChild },
  };
}
