/** The command line: every command, its flags, and its action. A command loads its own code when it is chosen. */
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import pkg from '../../package.json' with { type: 'json' };
import { type Config, ConfigError, settingsTable } from '../server/settings.ts';
import { CONFIG_FILE_VARIABLE, parseConfig } from './config.ts';
import type { Io } from './io.ts';
import type { SecretInput } from './secret-input.ts';

const { name, version } = pkg;

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

type Options = Record<string, unknown>;

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

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new ConfigError(`flag --port: ${text} is no port`);
  return value;
}

/** Builds the program, which `parseAsync` runs. It throws for unknown and malformed words and prints nothing for them. */
export function createProgram({ io, serveStdio, serveHttp, secretInput, finish }: ProgramDeps): Command {
  const program = new Command(name)
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

  withSettings(add('stdio', 'serve MCP over stdio (the default)', { isDefault: true })).action(
    async (options: Options, command) => {
      refuseMore(command);
      await serveStdio(await configFrom(options), version);
      finish(0);
    },
  );

  withSettings(add('http', 'serve MCP over streamable HTTP at /mcp'))
    .option('--host <name>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port; 0 picks one', port, 3000)
    .option(
      '--auth <how>',
      'tokens, or none on this machine alone (otherwise tokens where there is an issuer)',
    )
    .action(async ({ host, port: number, auth, ...options }, command) => {
      refuseMore(command);
      if (auth !== undefined && auth !== 'none' && auth !== 'tokens')
        throw new ConfigError(`flag --auth: ${auth} is neither tokens nor none`);
      await serveHttp(await configFrom(options), version, { host, port: number, auth });
      finish(0);
    });

  add('sandbox', 'run the embedded AmplifyBackend alone, for any AWS client')
    .option('--port <number>', 'port on 127.0.0.1; 0 picks one', port, 4580)
    .option('--job-ms <number>', 'how long a job takes, in milliseconds')
    .option('--any-credentials', 'accept any access key')
    .option(
      '--load <path>',
      'load an environment: an amplify-meta.json, the folder of an app, or a file of what POST /_sandbox/environments takes; may be repeated',
      (path: string, paths: string[]) => [...paths, path],
      [],
    )
    .action(async ({ port: number, jobMs, anyCredentials = false, load }, command) => {
      refuseMore(command);
      const config = await configFrom({ jobMs });
      const { runSandbox } = await import('./sandbox.ts');
      finish(await runSandbox(io, { port: number, jobMs: config.jobMs, anyCredentials }, load));
    });

  add('demo', 'clone dev to qa in the sandbox, through a real MCP client, and verify it')
    .option('--job-ms <number>', 'how long the clone takes, in milliseconds')
    .addOption(
      new Option('--fault <kind>', 'inject a fault of the sandbox into the clone, such as job-fails'),
    )
    .action(async ({ jobMs, fault }, command) => {
      refuseMore(command);
      const config = await configFrom({ jobMs });
      const { demo } = await import('./demo.ts');
      finish(await demo(io, { jobMs: config.jobMs, fault }));
    });

  withSettings(add('call <tool> [json]', 'call one tool through a real MCP client; exit 1 on a tool error'))
    .option('--json', 'print the whole result as JSON, in a terminal too')
    .action(async (tool, text, { json = false, ...options }, command) => {
      refuseMore(command);
      const config = await configForChild(options, { logLevel: 'warn' });
      const { call, parseArguments } = await import('./call.ts');
      finish(await call(io, config, tool, parseArguments(text ?? '{}'), json));
    });

  withSettings(add('tools', 'list the tools as this configuration serves them'))
    .option('--json', 'print the list as the protocol carries it')
    .action(async ({ json = false, ...options }, command) => {
      refuseMore(command);
      const config = await configForChild(options);
      const { listTools } = await import('./tools.ts');
      finish(await listTools(io, config, json));
    });

  withSettings(add('doctor', 'check configuration, credentials, clock, reachability and permissions')).action(
    async (options: Options, command) => {
      refuseMore(command);
      const config = await configFrom(options);
      const [{ openAccess, servedOperations }, { inspectAudit }, { doctor }] = await Promise.all([
        import('../server/access.ts'),
        import('../server/open-audit.ts'),
        import('./doctor.ts'),
      ]);
      const { auditFile: file } = config;
      const audit = file === undefined ? undefined : { file, inspect: () => inspectAudit(file) };
      const { targets, close } = await openAccess(config, io.env, `${name}/${version}`);
      const served = servedOperations(config);
      const exitCode = await doctor(io, { targets, served, audit, configPath: pathOf(options.config) });
      await close();
      finish(exitCode);
    },
  );

  withSettings(
    add('iam-policy', 'print the least-privilege IAM policy for the tools that are served'),
  ).action(async (options: Options, command) => {
    refuseMore(command);
    const config = await configFrom(options);
    const [{ servedOperations, servedWorkflowActions }, { iamPolicy }] = await Promise.all([
      import('../server/access.ts'),
      import('./iam-policy.ts'),
    ]);
    const roleArns = Object.values(config.targets).flatMap(({ roleArn }) => roleArn ?? []);
    const served = [...servedOperations(config), ...servedWorkflowActions(config)];
    io.out(JSON.stringify(iamPolicy(served, { roleArns }), null, 2));
    finish(0);
  });

  withSettings(add('vault <action> [name]', 'put, list or remove an entry of the vault, or rotate its key'))
    .option('--kind <kind>', 'what is put: aws (keys) or secret (one text)')
    .option('--new-key <key>', 'the key to seal with from now on, for rotate')
    .action(async (action, entry, { kind, newKey, ...options }, command) => {
      const { vaultFile, vaultKey } = await configFrom(options);
      const { vault } = await import('./vault.ts');
      const hasMore = excessOf(command).length > 0;
      const asked = { action, name: entry, kind, newKey, hasMore, vaultFile, vaultKey };
      finish(await vault(io, { ...asked, input: await secretInput() }));
    });

  add('help [command]', 'show this, or what a command takes').action((wanted, _, command) => {
    refuseMore(command);
    const target = wanted ? program.commands.find(candidate => candidate.name() === wanted) : program;
    if (!target) throw new ConfigError(`unknown command ${wanted}`);
    target.help();
  });

  return program;
}
