/** `install` and `uninstall`: add this server to the configuration of an MCP host, and remove it. */
import { homedir, platform } from 'node:os';
import { resolve } from 'node:path';
import { quoteName } from '../../lib/quote.ts';
import { didYouMean } from '../../operations/closest-words.ts';
import { digestOf } from '../../secrets/digest.ts';
import { noLock, temporaryLock } from '../../server/exclusive.ts';
import { ConfigError } from '../../server/settings.ts';
import type { Io } from '../io.ts';
import { SERVER_NAME, settingsIn } from './block.ts';
import { type Change, planInstall, planUninstall, type ServerEntry } from './change.ts';
import {
  backUp,
  type Content,
  historyOf,
  readConfigFile,
  removeConfigFile,
  replaceConfigFile,
} from './config-file.ts';
import { addingArguments, findClaude, removingArguments, runClaude } from './host-command.ts';
import { type Host, type HostName, hostNames, hosts } from './hosts.ts';
import { fileOf, type Machine } from './machine.ts';
import { showDiff } from './show-diff.ts';

/** The arguments of `install` and `uninstall`. */
export interface InstallRequest {
  readonly host: string | undefined;
  /** The settings that go into the block, as arguments of the program. */
  readonly settings?: readonly string[];
  readonly name?: string | undefined;
  readonly isProject?: boolean;
  readonly isDryRun?: boolean;
}

/** Hosts show tools under names such as `mcp__SERVER__TOOL` and take 64 characters; the longest tool has 27. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,29}$/i;

/** @throws ConfigError that lists the hosts */
function hostNamed(name: string | undefined): { host: Host; key: HostName } {
  const known = hostNames.find(host => host === name);
  if (known) return { host: hosts[known], key: known };
  const list = `there are ${hostNames.join(', ')}`;
  if (name === undefined) throw new ConfigError(`no host was named; ${list}`);
  throw new ConfigError(`unknown host ${quoteName(name)}${didYouMean(name, hostNames) || ';'} ${list}`);
}

/** The machine that this program runs on. */
export const thisMachine = ({ env }: Pick<Io, 'env'>): Machine => ({
  platform: platform(),
  home: homedir(),
  env,
  folder: resolve('.'),
});

/** Resolves a request to the host's file and the name of the server in it. @throws ConfigError */
function resolveRequest(
  { host: asked, name = SERVER_NAME, isProject = false }: InstallRequest,
  machine: Machine,
  { self: [, self] }: Io,
) {
  const { host, key } = hostNamed(asked);
  if (!NAME.test(name))
    throw new ConfigError('flag --name: expected a letter or digit, then up to 29 letters, digits, _ and -');
  const file = fileOf(host, machine, isProject);
  if (file === undefined)
    throw new ConfigError(`flag --project: ${host.title} has no configuration of a project`);
  const entry: ServerEntry = { file, host, name, self };
  return {
    entry,
    isProject,
    root: isProject ? machine.folder : machine.home,
    hasCommand: key === 'claude-code' && !isProject,
  };
}

type ResolvedRequest = ReturnType<typeof resolveRequest>;
/** @throws Error with one line where the file cannot be changed */
type Plan = (text: string) => Change;

/** Lets Claude Code add or remove the server. @returns whether its file is then as planned, and the path of the backup */
async function changeByCommand(
  { entry: { file, name } }: ResolvedRequest,
  plan: Plan,
  change: Change,
  before: Content,
  { env }: Io,
) {
  // Claude Code can add and remove a block, but not change one and keep what people added to it.
  const program = change.existing && change.wanted ? undefined : await findClaude(env);
  if (program === undefined) return { isDone: false, copy: undefined };
  const copy = before.exists ? await backUp(file, new Date()) : undefined;
  const args = change.wanted ? addingArguments(name, change.wanted) : removingArguments(name);
  await runClaude(program, args, env);
  const { text } = await readConfigFile(file);
  return { isDone: plan(text).after === text, copy };
}

/** Changes the file, or removes it. @returns the path of the backup of the file */
async function apply({ entry: { file }, root }: ResolvedRequest, change: Change, before: Content) {
  if (!change.removesFile) return replaceConfigFile(file, before, change.after, new Date());
  await removeConfigFile(file, before, root);
  return undefined;
}

/** Changes the file by the host's own command where there is one. @returns the path of the backup of the file */
async function write(resolved: ResolvedRequest, plan: Plan, change: Change, before: Content, io: Io) {
  if (!resolved.hasCommand) return apply(resolved, change, before);
  const { isDone, copy } = await changeByCommand(resolved, plan, change, before, io);
  if (isDone) return copy;
  const current = await readConfigFile(resolved.entry.file);
  return apply(resolved, plan(current.text), current);
}

/** Tells the person what was changed, and what to do next. */
function reportChange(
  { entry, isProject }: ResolvedRequest,
  change: Change,
  copy: string | undefined,
  io: Io,
): void {
  const { file, host, name } = entry;
  const { existing, wanted, removesFile } = change;
  if (removesFile) io.out(`Removed ${file} (${host.title}), which held nothing but ${name}.`);
  else if (!wanted) io.out(`Removed ${name} from ${file} (${host.title}).`);
  else io.out(`${existing ? 'Changed' : 'Added'} ${name} in ${file} (${host.title}).`);
  if (existing && wanted) io.out(`Settings before: ${settingsIn(existing)}. Now: ${settingsIn(wanted)}.`);
  if (copy !== undefined) io.out(`What was there before: ${copy}`);
  if (isProject && wanted) io.out('The block holds paths of this machine: do not commit it for others.');
  io.out((wanted ? undefined : host.reloadAfterRemoval) ?? host.reload);
  if (wanted) io.out('Then ask: "List my Amplify apps."');
}

/** Makes a change, or only shows it in a dry run. @returns the exit code */
async function carryOut(
  resolved: ResolvedRequest,
  before: Content,
  plan: Plan,
  isDryRun: boolean,
  io: Io,
): Promise<number> {
  const { file, name } = resolved.entry;
  const change = plan(before.text);
  if (change.after === before.text) {
    io.out(change.wanted ? `${file} has ${name} as it should be.` : `${file} has no server ${name}.`);
    return 0;
  }
  if (isDryRun) {
    io.out(showDiff(file, before.text, change).join('\n'), { isVerbatim: true });
    if (change.removesFile) io.out(`${file} holds nothing else and would be removed.`);
    io.out('This was a dry run: nothing was written.');
    return 0;
  }
  const copy = await write(resolved, plan, change, before, io);
  reportChange(resolved, change, copy, io);
  return 0;
}

/** Refuses a program in npm's cache: npm may empty the cache at any time, and the block would then start nothing. */
function refuseCache(program: string): void {
  if (/[\\/]_npx[\\/]/.test(program))
    throw new Error(
      "this program runs from npm's cache, which npm may empty: install it (npm install --global), then run install again",
    );
}

/** How long a command waits while another one changes the same file. */
const LOCK_WAIT_MS = 10_000;

/** Runs a function while no other command of this user works on the file. */
async function withFileLock<Result>(
  { entry: { file } }: ResolvedRequest,
  work: () => Promise<Result>,
): Promise<Result> {
  // Without a lock, for instance for want of a temporary folder, the check before replacing the file still protects it.
  const lock = await temporaryLock().catch(() => noLock);
  const unlock = await lock(digestOf([file]), AbortSignal.timeout(LOCK_WAIT_MS));
  try {
    return await work();
  } finally {
    await unlock();
  }
}

/**
 * Adds the server to a host, or renews its block.
 * @returns the exit code
 * @throws ConfigError for what is not known; Error with one line where the file cannot be changed
 */
export async function install(io: Io, request: InstallRequest, machine = thisMachine(io)): Promise<number> {
  const resolved = resolveRequest(request, machine, io);
  const [command, ...program] = io.self;
  refuseCache(program[0] ?? '');
  const launch = { command, args: [...program, ...(request.settings ?? [])] };
  return withFileLock(resolved, async () => {
    const before = await readConfigFile(resolved.entry.file);
    const plan = (text: string) => planInstall(resolved.entry, text, launch);
    return carryOut(resolved, before, plan, request.isDryRun ?? false, io);
  });
}

/** Takes the server out of a host's configuration. @returns the exit code @throws as `install` */
export async function uninstall(io: Io, request: InstallRequest, machine = thisMachine(io)): Promise<number> {
  const resolved = resolveRequest(request, machine, io);
  return withFileLock(resolved, async () => {
    const before = await readConfigFile(resolved.entry.file);
    const history = await historyOf(resolved.entry.file, before);
    const plan = (text: string) => planUninstall(resolved.entry, text, history);
    return carryOut(resolved, before, plan, request.isDryRun ?? false, io);
  });
}
