/** The commands: name, flags, and action of each. An action loads its own code. */
import { Argument, type Command, Option } from 'commander';
import { didYouMean } from '../operations/closest-words.ts';
import { ConfigError } from '../server/settings.ts';
import {
  type CommandLine,
  commandNames,
  packageName as name,
  type Options,
  port,
  version,
} from './command-line.ts';
import { type Shell, shells } from './completion/shells.ts';

function addStdio(line: CommandLine): void {
  const { addWithSettings, configFrom, refuseExtra, isNamed, serveStdio, io, program, finish } = line;
  addWithSettings('stdio', 'serve MCP over stdio (the default)', { isDefault: true }).action(
    async (options: Options, command) => {
      refuseExtra(command);
      // Hosts show stderr to their users as errors.
      const config = await configFrom(options, { logLevel: 'warn' });
      // A host that starts the server writes to a pipe; a person at a terminal would wait for an answer in vain.
      if (io.isInputTerminal && !isNamed(command))
        (await import('./welcome.ts')).welcome(io, commandNames(program));
      else await serveStdio(config, version);
      finish(0);
    },
  );
}

function addHttp({ addWithSettings, configFrom, refuseExtra, serveHttp, finish }: CommandLine): void {
  addWithSettings('http', 'serve MCP over streamable HTTP at /mcp')
    .option('--host <name>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port; 0 picks one', port, 3000)
    .option(
      '--auth <how>',
      'tokens, or none on this machine alone (otherwise tokens where there is an issuer)',
    )
    .action(async ({ host, port: number, auth, ...options }, command) => {
      refuseExtra(command);
      if (auth !== undefined && auth !== 'none' && auth !== 'tokens')
        throw new ConfigError(`flag --auth: ${auth} is neither tokens nor none`);
      await serveHttp(await configFrom(options), version, { host, port: number, auth });
      finish(0);
    });
}

function addBoard({ addWithSettings, configFrom, refuseExtra, io, serveBoard, finish }: CommandLine): void {
  addWithSettings('board', 'look at environments and jobs in a browser, on this machine alone')
    .option('--port <number>', 'port on 127.0.0.1; 0 picks one', port, 0)
    .option('--open', 'open the browser (otherwise where a person sits at the terminal)')
    .option('--no-open', 'print the address alone')
    .action(async ({ port: number, open, ...options }, command) => {
      refuseExtra(command);
      const config = await configFrom(options, { logLevel: 'warn' });
      const { showAddress } = await import('./board.ts');
      await serveBoard(config, version, {
        port: number,
        onOpen: (address, notOffered) => showAddress(io, address, notOffered, open),
      });
      finish(0);
    });
}

function addSandbox({ add, configFrom, refuseExtra, io, finish }: CommandLine): void {
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
      refuseExtra(command);
      const config = await configFrom({ jobMs });
      const { runSandbox } = await import('./sandbox.ts');
      finish(await runSandbox(io, { port: number, jobMs: config.jobMs, anyCredentials }, load));
    });
}

function addDemo({ add, configFrom, refuseExtra, io, finish }: CommandLine): void {
  add('demo', 'clone dev to qa in the sandbox, through a real MCP client, and verify it')
    .option('--job-ms <number>', 'how long the clone takes, in milliseconds')
    .addOption(
      new Option('--fault <kind>', 'inject a fault of the sandbox into the clone, such as job-fails'),
    )
    .action(async ({ jobMs, fault }, command) => {
      refuseExtra(command);
      const config = await configFrom({ jobMs });
      const { demo } = await import('./demo.ts');
      finish(await demo(io, { jobMs: config.jobMs, fault }));
    });
}

function addCall({ addWithSettings, configForChild, refuseExtra, io, finish }: CommandLine): void {
  addWithSettings('call [tool] [json]', 'call one tool through a real MCP client; exit 1 on a tool error')
    .option('--json', 'print the whole result as JSON, in a terminal too')
    .option('--csv', 'print the list of the answer as CSV, with all its pages')
    .option('--all-pages', 'print the answer with all its pages as JSON')
    .helpOption(false)
    .option('-h, --help', 'show this; with a tool, show the arguments that it takes')
    .action(
      async (
        tool,
        text,
        { json = false, csv = false, allPages = false, help = false, ...options },
        command,
      ) => {
        refuseExtra(command);
        if (help && tool === undefined) command.help();
        if (tool === undefined)
          throw new ConfigError(`call needs the name of a tool; type ${name} tools for the list`);
        const config = await configForChild(options, { logLevel: 'error' });
        const { call, explainTool, parseArguments } = await import('./call.ts');
        if (help) finish(await explainTool(io, config, tool));
        else {
          const how = { isJson: json, isCsv: csv, isWhole: allPages };
          finish(await call(io, config, { tool, args: parseArguments(text ?? '{}'), ...how }));
        }
      },
    );
}

function addTools({ addWithSettings, configForChild, refuseExtra, io, finish }: CommandLine): void {
  addWithSettings('tools', 'list the tools as this configuration serves them')
    .option('--json', 'print the list as the protocol carries it')
    .action(async ({ json = false, ...options }, command) => {
      refuseExtra(command);
      const config = await configForChild(options, { logLevel: 'warn' });
      const { listTools } = await import('./tools.ts');
      finish(await listTools(io, config, json));
    });
}

function addDoctor({ addWithSettings, configFrom, pathOf, refuseExtra, io, finish }: CommandLine): void {
  addWithSettings('doctor', 'check configuration, credentials, clock, reachability and permissions').action(
    async (options: Options, command) => {
      refuseExtra(command);
      const config = await configFrom(options);
      const [access, { boardSignInOf }, { inspectAudit }, { doctor }, { checkHosts }, { thisMachine }] =
        await Promise.all([
          import('../server/access.ts'),
          import('../server/board-documents.ts'),
          import('../server/open-audit.ts'),
          import('./doctor.ts'),
          import('./host-findings.ts'),
          import('./install/index.ts'),
        ]);
      const { auditFile: file } = config;
      const audit = file === undefined ? undefined : { file, inspect: () => inspectAudit(file) };
      const { targets, close } = await access.openAwsAccess(config, io.env, `${name}/${version}`);
      const served = access.servedOperations(config);
      const isSandbox = config.sandbox;
      const exitCode = await doctor(io, {
        targets,
        served,
        audit,
        board: boardSignInOf(config),
        isSandbox,
        configPath: pathOf(options.config),
        checkHosts: report => checkHosts(report, thisMachine(io), io.self[1]),
      });
      await close();
      finish(exitCode);
    },
  );
}

function addIamPolicy({ addWithSettings, configFrom, refuseExtra, io, finish }: CommandLine): void {
  addWithSettings('iam-policy', 'print the least-privilege IAM policy for the tools that are served').action(
    async (options: Options, command) => {
      refuseExtra(command);
      const config = await configFrom(options);
      const [{ servedOperations }, { servedGuardActions, servedWorkflowActions }, { iamPolicy }] =
        await Promise.all([
          import('../server/access.ts'),
          import('../server/served-actions.ts'),
          import('./iam-policy.ts'),
        ]);
      const roleArns = Object.values(config.targets).flatMap(({ roleArn }) => roleArn ?? []);
      const served = [
        ...servedOperations(config),
        ...servedWorkflowActions(config),
        ...servedGuardActions(config),
      ];
      io.out(JSON.stringify(iamPolicy(served, { roleArns }), null, 2), { isVerbatim: true });
      finish(0);
    },
  );
}

function addVault({
  addWithSettings,
  configFrom,
  extraArguments,
  io,
  secretInput,
  finish,
}: CommandLine): void {
  addWithSettings('vault <action> [name]', 'put, list or remove an entry of the vault, or rotate its key')
    .option('--kind <kind>', 'what is put: aws (keys) or secret (one text)')
    .option('--new-key <key>', 'the key to seal with from now on, for rotate')
    .action(async (action, entry, { kind, newKey, ...options }, command) => {
      const { vaultFile, vaultKey } = await configFrom(options);
      const { vault } = await import('./vault.ts');
      const hasMore = extraArguments(command).length > 0;
      const asked = { action, name: entry, kind, newKey, hasMore, vaultFile, vaultKey };
      finish(await vault(io, { ...asked, input: await secretInput() }));
    });
}

/** The settings that go into a host's block; all others go through a configuration file. */
const INSTALLED = ['--sandbox', '--profile', '--region', '--read-only', '--surface'];

function addInstall({ add, withSettings, refuseExtra, io, finish }: CommandLine): void {
  const shared = (command: Command) =>
    command
      .option('--project', "the host's file in this folder instead of the user's")
      .option('--name <name>', 'how the host calls the server')
      .option('--dry-run', 'show the change and write nothing');
  shared(
    withSettings(add('install [host]', 'add this server to an MCP host, such as cursor'), INSTALLED),
  ).action(async (host, { project: isProject, name, dryRun: isDryRun, ...options }, command) => {
    refuseExtra(command);
    const { install } = await import('./install/index.ts');
    const { installedSettings } = await import('./install/settings.ts');
    const settings = await installedSettings(options);
    finish(await install(io, { host, name, isProject, isDryRun, settings }));
  });
  shared(add('uninstall [host]', 'take this server out of an MCP host')).action(
    async (host, { project: isProject, name, dryRun: isDryRun }, command) => {
      refuseExtra(command);
      const { uninstall } = await import('./install/index.ts');
      finish(await uninstall(io, { host, name, isProject, isDryRun }));
    },
  );
}

function addCompletion({ program, add, refuseExtra, io, finish }: CommandLine): void {
  add('completion', 'print a script by which a shell completes commands, flags and tools')
    .addArgument(new Argument('<shell>', 'the shell').choices(shells))
    .action(async (shell: Shell, _, command) => {
      refuseExtra(command);
      const { completionScript } = await import('./completion/index.ts');
      io.out(completionScript(shell, program), { isVerbatim: true });
      finish(0);
    });
}

function addHelp({ program, add, refuseExtra }: CommandLine): void {
  add('help [command]', 'show this, or what a command takes').action((wanted, _, command) => {
    refuseExtra(command);
    const target = wanted ? program.commands.find(candidate => candidate.name() === wanted) : program;
    if (!target)
      throw new ConfigError(`unknown command ${wanted}${didYouMean(wanted, commandNames(program))}`);
    target.help();
  });
}

/** Every command, in the order of the help. */
export const commands: readonly ((line: CommandLine) => void)[] = [
  addStdio,
  addHttp,
  addBoard,
  addSandbox,
  addDemo,
  addCall,
  addTools,
  addDoctor,
  addIamPolicy,
  addVault,
  addInstall,
  addCompletion,
  addHelp,
];
