/**
 * Which program a command line starts, and whether that is this one. Only the program counts: another server may well
 * have this one's name among its arguments, as a folder that it may read.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { memberOf, parseStructure, textOf } from '../../lib/json.ts';

/** The name under which this package is published; its command and its container image have the same. */
const PACKAGE = 'amplify-backend-mcp';

const LONGEST_MANIFEST_BYTES = 1_000_000;

/** The program in a command line: its position, and how it is named. */
export interface Program {
  readonly at: number;
  readonly kind: 'path' | 'package' | 'image';
}

/** A program that runs another one. */
interface Runner {
  readonly names: RegExp;
  /** What it runs. */
  readonly kind: Program['kind'];
  /** Words between it and what it runs. */
  readonly verbs: readonly string[];
  /** Whether the next argument belongs to an option. */
  readonly takesValue: (option: string) => boolean;
}

const containerFlags = new Set([
  ...['--rm', '--init', '--interactive', '--tty', '--detach', '--quiet', '--privileged', '--read-only'],
  ...['--publish-all', '--no-healthcheck', '--oom-kill-disable', '--sig-proxy', '--disable-content-trust'],
]);

const runners: readonly Runner[] = [
  {
    names: /^(?:node|bun|deno|tsx)$/,
    kind: 'path',
    verbs: ['run'],
    takesValue: option =>
      /^(?:-r|-C|--(?:require|import|loader|experimental-loader|env-file|conditions|config))$/.test(option),
  },
  {
    names: /^(?:npx|bunx|pnpx|npm|pnpm|yarn)$/,
    kind: 'package',
    verbs: ['exec', 'x', 'dlx'],
    takesValue: option =>
      /^(?:-w|--(?:workspace|registry|cache|prefix|userconfig|node-options))$/.test(option),
  },
  {
    names: /^(?:docker|podman|nerdctl)$/,
    kind: 'image',
    verbs: ['run'],
    // Most of their options take a value. The exceptions are these and some of one letter, which can be combined.
    takesValue: option =>
      option.startsWith('--')
        ? !option.includes('=') && !containerFlags.has(option)
        : /^-[^itdqP]$/.test(option),
  },
];

/** The name of a command, without its folder and its ending on Windows. */
const nameOf = (command: string) => (command.split(/[\\/]/).at(-1) ?? '').replace(/\.(?:exe|cmd|ps1)$/i, '');

/** The program that a command line starts, past Node, npx or a container's command. */
export function programIn(line: readonly string[]): Program | undefined {
  // On Windows, hosts start npx.cmd through the shell.
  const isByShell = /^cmd$/i.test(nameOf(line[0] ?? '')) && /^\/c$/i.test(line[1] ?? '');
  const start = isByShell ? 2 : 0;
  const name = nameOf(line[start] ?? '');
  const runner = runners.find(({ names }) => names.test(name));
  if (!runner) return { at: start, kind: 'path' };
  const { kind, takesValue } = runner;
  const verbs = new Set(runner.verbs);
  for (let at = start + 1; at < line.length; at++) {
    const part = line[at] ?? '';
    if (kind === 'package' && /^(?:-p|--package)$/.test(part)) return { at: at + 1, kind };
    if (kind === 'package' && part.startsWith('--package=')) return { at, kind };
    if (takesValue(part)) at++;
    else if (verbs.has(part)) verbs.clear();
    else if (!part.startsWith('-')) return { at, kind };
  }
  return undefined;
}

/** The name of the package or bundle that a file or folder belongs to: of the nearest manifest that has one. */
function packageOf(file: string): string | undefined {
  for (let folder = statSync(file).isDirectory() ? file : dirname(file); ; folder = dirname(folder)) {
    for (const manifest of ['package.json', 'manifest.json']) {
      const path = join(folder, manifest);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (!stats?.isFile() || stats.size > LONGEST_MANIFEST_BYTES) continue;
      const name = textOf(memberOf(parseStructure(readFileSync(path, 'utf8')), 'name'));
      if (name !== undefined) return name;
    }
    if (dirname(folder) === folder) return undefined;
  }
}

/** Whether the text of a path says that it is the program of this package. */
function hasOwnName(path: string): boolean {
  const segments = path.split(/[\\/]/);
  if (nameOf(path) !== PACKAGE && !/^cli\.[cm]?[jt]s$/.test(nameOf(path))) return false;
  // What lies in node_modules belongs to the package that is named there.
  const modules = segments.lastIndexOf('node_modules');
  if (modules === -1) return segments.includes(PACKAGE) || nameOf(path) === PACKAGE;
  const owner = segments[modules + 1];
  return owner === PACKAGE || (owner === '.bin' && nameOf(path) === PACKAGE);
}

/** @param folder the folder from which a relative path leads, where it is known */
function isOwnPath(path: string, folder: string | undefined, self: string | undefined): boolean {
  const full = folder === undefined ? path : resolve(folder, path);
  if (full === self) return true;
  if (!isAbsolute(full)) return hasOwnName(full);
  try {
    const owner = packageOf(realpathSync(full));
    return owner === undefined ? hasOwnName(full) : owner === PACKAGE;
  } catch {
    // The file is not there any more, or this user may not read it.
    return hasOwnName(full);
  }
}

/** @param spec what npx takes: a name with or without a version, a repository, or a path */
function isOwnPackage(spec: string, folder: string | undefined, self: string | undefined): boolean {
  if (/^[.~/]|\\/.test(spec)) return isOwnPath(spec, folder, self);
  const [name = '', version = ''] = spec.replace(/^--package=/, '').split('@');
  return (name === PACKAGE && !version.includes(':')) || name === `github:${PACKAGE}/${PACKAGE}`;
}

/** Whether the last name of an image, before its tag and digest, is this package's. */
const isOwnImage = (image: string) => image.split('/').at(-1)?.split(/[:@]/)[0] === PACKAGE;

/**
 * @param folder the folder in which the command line is run, where it is known
 * @param self the path of this very program
 */
export function startsOwnProgram(
  line: readonly string[],
  folder: string | undefined,
  self: string | undefined,
): boolean {
  const program = programIn(line);
  const named = program && line[program.at];
  if (!program || !named) return false;
  if (program.kind === 'image') return isOwnImage(named);
  if (program.kind === 'package') return isOwnPackage(named, folder, self);
  // A command of this name, wherever it lies, is the one that npm makes for the package.
  return (named === line[0] && nameOf(named) === PACKAGE) || isOwnPath(named, folder, self);
}
