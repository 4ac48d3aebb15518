/** Finds a host's configuration file on this machine. */
import { existsSync, readdirSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { Host, System } from './hosts.ts';

/** The facts about a machine and its user on which paths depend. */
export interface Machine {
  readonly platform: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder of the project. */
  readonly folder: string;
  /** The files that exist; by default those of the file system. */
  readonly disk?: Disk;
}

export interface Disk {
  exists(path: string): boolean;
  /** The names in a folder; none where there is no such folder. */
  list(folder: string): readonly string[];
}

const fileSystem: Disk = {
  exists: existsSync,
  list: folder => (existsSync(folder) ? readdirSync(folder) : []),
};

const systemOf = ({ platform }: Machine): System =>
  platform === 'darwin' || platform === 'win32' ? platform : 'linux';

const pathOf = ({ platform }: Machine) => (platform === 'win32' ? win32 : posix);

/** The folder for each word in braces. */
function foldersOf(machine: Machine): Readonly<Record<string, string>> {
  const { home, env } = machine;
  const { join } = pathOf(machine);
  const config = env.XDG_CONFIG_HOME || join(home, '.config');
  const apps = {
    darwin: join(home, 'Library', 'Application Support'),
    win32: env.APPDATA || join(home, 'AppData', 'Roaming'),
    linux: config,
  }[systemOf(machine)];
  return {
    home,
    config,
    apps,
    localApps: env.LOCALAPPDATA || join(home, 'AppData', 'Local'),
    claude: env.CLAUDE_CONFIG_DIR || home,
    codex: env.CODEX_HOME || join(home, '.codex'),
    gemini: env.GEMINI_CLI_HOME || home,
  };
}

/** The existing paths that match a path with `*` in a folder's name. */
function matching(path: string, machine: Machine): string[] {
  const { join, dirname, basename } = pathOf(machine);
  const at = path.indexOf('*');
  if (at === -1) return [path];
  const folder = dirname(path.slice(0, at + 1));
  const [start = ''] = basename(path.slice(0, at + 1)).split('*');
  const rest = path.slice(at + 2);
  return (machine.disk ?? fileSystem)
    .list(folder)
    .filter(name => name.startsWith(start))
    .toSorted()
    .map(name => join(folder, name, rest));
}

/** Every file that the host may read, the usual one first. Paths of packaged apps are listed where the app is installed. */
export function candidates(host: Host, machine: Machine, isProject: boolean): string[] {
  const { join, normalize } = pathOf(machine);
  if (isProject) return (host.project ?? []).map(path => join(machine.folder, path));
  const user: readonly string[] = 'darwin' in host.user ? host.user[systemOf(machine)] : host.user;
  const folders = foldersOf(machine);
  return user
    .map(path => normalize(path.replace(/\{(\w+)\}/, (_, word: string) => folders[word] ?? '')))
    .flatMap(path => matching(path, machine));
}

/** The file to change: a packaged app's own, else one that exists, else one whose folder exists, else the usual one. */
export function fileOf(host: Host, machine: Machine, isProject: boolean): string | undefined {
  const paths = candidates(host, machine, isProject);
  const { dirname } = pathOf(machine);
  const { exists } = machine.disk ?? fileSystem;
  const isPackaged = (path: string) => /[\\/]Packages[\\/]/.test(path);
  return (
    paths.find(isPackaged) ??
    paths.find(path => exists(path)) ??
    paths.find(path => exists(dirname(path))) ??
    paths[0]
  );
}
