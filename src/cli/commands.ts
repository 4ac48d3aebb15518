/** The commands: name, flags, and action of each. An action loads its own code. */
import { Option } from 'commander';
import { ConfigError } from '../server/settings.ts';
import { type CommandLine, packageName as name, type Options, port, version } from './command-line.ts';

function addStdio({ addWithSettings, configFrom, refuseMore, serveStdio, finish }: CommandLine): void {
  addWithSettings('stdio', 'serve MCP over stdio (the default)', { isDefault: true }).action(
    async (options: Options, command) => {
      refuseMore(command);
      // Hosts show stderr to their users as errors.
      await serveStdio(await configFrom(options, { logLevel: 'warn' }), version);
      finish(0);
    },
  );
}

function addHttp({ addWithSettings, configFrom, refuseMore, serveHttp, finish }: CommandLine): void {
  addWithSettings('http', 'serve MCP over streamable HTTP at /mcp')
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
}

function addSandbox({ add, configFrom, refuseMore, io, finish }: CommandLine): void {
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
}

function addDemo({ add, configFrom, refuseMore, io, finish }: CommandLine): void {
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
}

function addCall({ addWithSettings, configForChild, refuseMore, io, finish }: CommandLine): void {
  addWithSettings('call <tool> [json]', 'call one tool through a real MCP client; exit 1 on a tool error')
    .option('--json', 'print the whole result as JSON, in a terminal too')
    .action(async (tool, text, { json = false, ...options }, command) => {
      refuseMore(command);
      const config = await configForChild(options, { logLevel: 'warn' });
      const { call, parseArguments } = await import('./call.ts');
      finish(await call(io, config, tool, parseArguments(text ?? '{}'), json));
    });
}

function addTools({ addWithSettings, configForChild, refuseMore, io, finish }: CommandLine): void {
  addWithSettings('tools', 'list the tools as this configuration serves them')
    .option('--json', 'print the list as the protocol carries it')
    .action(async ({ json = false, ...options }, command) => {
      refuseMore(command);
      const config = await configForChild(options, { logLevel: 'warn' });
      const { listTools } = await import('./tools.ts');
      finish(await listTools(io, config, json));
    });
}

function addDoctor({ addWithSettings, configFrom, pathOf, refuseMore, io, finish }: CommandLine): void {
  addWithSettings('doctor', 'check configuration, credentials, clock, reachability and permissions').action(
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
}

function addIamPolicy({ addWithSettings, configFrom, refuseMore, io, finish }: CommandLine): void {
  addWithSettings('iam-policy', 'print the least-privilege IAM policy for the tools that are served').action(
    async (options: Options, command) => {
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
    },
  );
}

function addVault({ addWithSettings, configFrom, excessOf, io, secretInput, finish }: CommandLine): void {
  addWithSettings('vault <action> [name]', 'put, list or remove an entry of the vault, or rotate its key')
    .option('--kind <kind>', 'what is put: aws (keys) or secret (one text)')
    .option('--new-key <key>', 'the key to seal with from now on, for rotate')
    .action(async (action, entry, { kind, newKey, ...options }, command) => {
      const { vaultFile, vaultKey } = await configFrom(options);
      const { vault } = await import('./vault.ts');
      const hasMore = excessOf(command).length > 0;
      const asked = { action, name: entry, kind, newKey, hasMore, vaultFile, vaultKey };
      finish(await vault(io, { ...asked, input: await secretInput() }));
    });
}

function addHelp({ program, add, refuseMore }: CommandLine): void {
  add('help [command]', 'show this, or what a command takes').action((wanted, _, command) => {
    refuseMore(command);
    const target = wanted ? program.commands.find(candidate => candidate.name() === wanted) : program;
    if (!target) throw new ConfigError(`unknown command ${wanted}`);
    target.help();
  });
}

/** Every command, in the order of the help. */
export const commands: readonly ((line: CommandLine) => void)[] = [
  addStdio,
  addHttp,
  addSandbox,
  addDemo,
  addCall,
  addTools,
  addDoctor,
  addIamPolicy,
  addVault,
  addHelp,
];
