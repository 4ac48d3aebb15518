#!/usr/bin/env node
/**
 * The bin: command line and environment in, a transport or a command out. The only file that touches
 * `process`. Whatever is unknown or malformed ends with exit code 2 and one line that names it.
 */
import { Console } from 'node:console';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, Option } from 'commander';
import pkg from '../package.json' with { type: 'json' };
import type { Io } from './commands/io.ts';
import {
  CONFIG_FILE_VARIABLE,
  type Config,
  ConfigError,
  parseConfig,
  settingsTable,
  toFlags,
} from './config.ts';

const { name, version } = pkg;
const USAGE_ERROR = 2;

const io: Io = {
  out: line => void process.stdout.write(`${line}\n`),
  draw: text => void process.stdout.write(text),
  isTerminal: process.stdout.isTTY === true,
  env: process.env,
  self: [process.execPath, fileURLToPath(import.meta.url)],
  interrupted: () =>
    new Promise(resolve => {
      process.once('SIGINT', () => resolve());
      process.once('SIGTERM', () => resolve());
    }),
};

/** The file's settings; YAML is a superset of JSON, so one parser reads both. */
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

async function configFrom(
  { config: path, ...flags }: Record<string, unknown>,
  defaults: Partial<Config> = {},
): Promise<Config> {
  const file = await readFileSettings(
    (path as string | undefined) ?? (process.env[CONFIG_FILE_VARIABLE] || undefined),
  );
  return parseConfig({ defaults, flags, env: process.env, file });
}

async function serveStdio(config: Config): Promise<number> {
  // Nothing but the protocol may reach stdout: what a dependency prints goes to stderr.
  globalThis.console = new Console(process.stderr);
  // The AWS SDK is bundled: which Node its next releases ask for is no concern of the person who runs this one.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const [{ createApp }, { serveOverStdio }] = await Promise.all([
    import('./app.ts'),
    import('./transports/stdio.ts'),
  ]);
  const app = createApp(config, version);
  const served = serveOverStdio(app.createServer, process.stdin, process.stdout);
  await Promise.race([served, io.interrupted()]);
  await app.close();
  return 0;
}

/** A command that takes every setting as a flag. */
function withSettings(command: Command): Command {
  for (const { flag, type, description } of settingsTable)
    command.option(type === 'boolean' ? flag : `${flag} <value>`, description);
  return command.option('--config <file>', 'settings from a JSON or YAML file');
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new ConfigError(`flag --port: ${text} is no port`);
  return value;
}

function createProgram(finish: (exitCode: number) => void): Command {
  const program = new Command(name)
    .description(pkg.description)
    .version(version)
    .exitOverride()
    .showSuggestionAfterError(false)
    .helpCommand(false)
    .configureOutput({ outputError: () => {} });
  const add = (usage: string, description: string, options?: { isDefault: boolean }) =>
    program.command(usage, options).description(description).allowExcessArguments();
  const refuseMore = (command: Command) => {
    const [extra] = command.args.slice(command.registeredArguments.length);
    const isNamed = program.args[0] === command.name();
    if (extra !== undefined) throw new ConfigError(`unknown ${isNamed ? 'argument' : 'command'} ${extra}`);
  };

  withSettings(add('stdio', 'serve MCP over stdio (the default)', { isDefault: true })).action(
    async (options, command) => {
      refuseMore(command);
      finish(await serveStdio(await configFrom(options)));
    },
  );

  add('sandbox', 'run the embedded AmplifyBackend alone, for any AWS client')
    .option('--port <number>', 'port on 127.0.0.1; 0 picks one', port, 4580)
    .option('--job-ms <number>', 'how long a job takes, in milliseconds')
    .option('--any-credentials', 'accept any access key')
    .action(async ({ port: number, jobMs, anyCredentials = false }, command) => {
      refuseMore(command);
      const config = await configFrom({ jobMs });
      const { runSandbox } = await import('./commands/sandbox.ts');
      finish(await runSandbox(io, { port: number, jobMs: config.jobMs, anyCredentials }));
    });

  add('demo', 'clone dev to qa in the sandbox, through a real MCP client, and verify it')
    .option('--job-ms <number>', 'how long the clone takes, in milliseconds')
    .addOption(new Option('--fault <kind>', 'let the clone meet a fault of the sandbox, such as job-fails'))
    .action(async ({ jobMs, fault }, command) => {
      refuseMore(command);
      const config = await configFrom({ jobMs });
      const { demo } = await import('./commands/demo.ts');
      finish(await demo(io, { jobMs: config.jobMs, fault }));
    });

  withSettings(add('call <tool> [json]', 'call one tool through a real MCP client; exit 1 on a tool error'))
    .option('--json', 'print the whole result as JSON, in a terminal too')
    .action(async (tool, text, { json = false, ...options }, command) => {
      refuseMore(command);
      const config = await configFrom(options, { logLevel: 'warn' });
      const { call, parseArguments } = await import('./commands/call.ts');
      finish(await call(io, toFlags(config), tool, parseArguments(text ?? '{}'), json));
    });

  withSettings(add('tools', 'list the tools as this configuration serves them'))
    .option('--json', 'print the list as the protocol carries it')
    .action(async ({ json = false, ...options }, command) => {
      refuseMore(command);
      const config = await configFrom(options);
      const { listTools } = await import('./commands/tools.ts');
      finish(await listTools(io, toFlags(config), json));
    });

  add('help [command]', 'show this, or what a command takes').action((wanted, _, command) => {
    refuseMore(command);
    const target = wanted ? program.commands.find(candidate => candidate.name() === wanted) : program;
    if (!target) throw new ConfigError(`unknown command ${wanted}`);
    target.help();
  });

  return program;
}

/** What ended the program, as one line for the person who typed it. */
function explain(thrown: unknown): { line: string; exitCode: number } {
  if (thrown instanceof ConfigError) return { line: thrown.message, exitCode: USAGE_ERROR };
  if (thrown instanceof CommanderError)
    return { line: thrown.message.replace(/^error: /, ''), exitCode: USAGE_ERROR };
  return { line: thrown instanceof Error ? thrown.message : String(thrown), exitCode: 1 };
}

/** Ends the process once stdout has taken everything: idle sockets must not keep it alive. */
function exit(exitCode: number): void {
  process.stdout.write('', () => process.exit(exitCode));
}

// A reader that has seen enough, such as head or a host that is gone, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

try {
  await createProgram(exit).parseAsync();
} catch (thrown) {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) exit(0);
  else {
    const { line, exitCode } = explain(thrown);
    process.stderr.write(`${name}: ${line.split('\n')[0]}\n`);
    exit(exitCode);
  }
}
