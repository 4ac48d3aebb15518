/**
 * Reads and replaces a host's configuration file. It is replaced as a whole in one step, and what it held before is
 * copied to a file in the same folder. If anything fails, the file stays as it was.
 */
import { constants, type Stats } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readFile, realpath, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { errorCodeOf } from '../../lib/error-code.ts';
import type { History } from './change.ts';

/** The content of a file. */
export interface Content {
  /** The text, without a byte order mark; empty where there is no file. */
  readonly text: string;
  readonly exists: boolean;
  /** Whether it begins with a byte order mark. */
  readonly hasMark: boolean;
}

const BYTE_ORDER_MARK = '\ufeff';
const OWNER_ONLY = 0o600;

/** How a message names what is at a path in place of a regular file. */
const kindOf = (stats: Stats) =>
  stats.isDirectory() ? 'folder' : stats.isFIFO() ? 'pipe' : stats.isSocket() ? 'socket' : 'device';

/** @throws Error with one line that says why the file cannot be read */
export async function readConfigFile(file: string): Promise<Content> {
  let bytes: Buffer;
  try {
    const stats = await stat(file);
    // Opening a pipe would wait for a writer, and a device may have no end.
    if (!stats.isFile())
      throw new Error(
        `${file} is a ${kindOf(stats)}, not a file; nothing was written. Move it away and run this again.`,
      );
    bytes = await readFile(file);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === undefined) throw thrown;
    if (code !== 'ENOENT') throw new Error(`${file} cannot be read (${code}); nothing was written.`);
    const link = await lstat(file).catch(() => undefined);
    if (link?.isSymbolicLink())
      throw new Error(
        `${file} is a link to a file that is not there; nothing was written. Make that file or remove the link.`,
      );
    return { text: '', exists: false, hasMark: false };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const hasMark = text.startsWith(BYTE_ORDER_MARK);
    return { text: hasMark ? text.slice(1) : text, exists: true, hasMark };
  } catch {
    throw new Error(`${file} is not UTF-8 text; nothing was written. Save it as UTF-8 and run this again.`);
  }
}

/** The beginning of the path of each backup. */
const backupPrefix = (file: string) => `${file}.backup-`;

/** The most backups that are read. Each `install` makes one. */
const MOST_BACKUPS = 20;

/** Copies the file. @returns the path of the copy: `FILE.backup-2026-01-31T12-30-59`, with a number where that one exists */
export async function backUp(file: string, now: Date): Promise<string> {
  const stamp = now.toISOString().slice(0, 19).replaceAll(':', '-');
  for (let count = 1; ; count++) {
    const copy = `${backupPrefix(file)}${stamp}${count === 1 ? '' : `-${count}`}`;
    try {
      await copyFile(file, copy, constants.COPYFILE_EXCL);
      return copy;
    } catch (thrown) {
      if (errorCodeOf(thrown) !== 'EEXIST') throw thrown;
    }
  }
}

/** Reads the backups of a file. Only those count that have a byte order mark if the file has one, and none otherwise. */
export async function historyOf(file: string, { exists, hasMark }: Content): Promise<History> {
  if (!exists) return { copies: [], isRemovable: false };
  const start = basename(backupPrefix(file));
  // If the folder cannot be listed, the file counts as one without backups.
  const names = await readdir(dirname(file)).catch(() => []);
  const newest = names
    .filter(name => name.startsWith(start))
    .toSorted()
    .toReversed()
    .slice(0, MOST_BACKUPS);
  const contents = await Promise.all(
    // A backup that cannot be read is left out.
    newest.map(name => readConfigFile(join(dirname(file), name)).catch(() => undefined)),
  );
  const isLink = (await lstat(file)).isSymbolicLink();
  return {
    copies: contents.flatMap(content => (content?.exists && content.hasMark === hasMark ? content.text : [])),
    isRemovable: !isLink && !hasMark,
  };
}

/** @throws Error where the file does not hold any more what was read from it */
async function refuseChanged(file: string, before: Content): Promise<void> {
  const current = await readConfigFile(file);
  if (current.exists !== before.exists || current.text !== before.text)
    throw new Error(`${file} was changed by another program meanwhile; nothing was written. Run this again.`);
}

/** The message for what the system refused; every other error as it is. */
function writeError(file: string, thrown: unknown): unknown {
  const { code } = thrown as NodeJS.ErrnoException;
  return code === undefined ? thrown : new Error(`${file} cannot be written (${code}); it is as it was.`);
}

/**
 * Removes a file that `install` made, and the folders around it that are empty then.
 * @param root the folder of the user or the project, which stays
 * @throws Error with one line; then nothing was removed
 */
export async function removeConfigFile(file: string, before: Content, root: string): Promise<void> {
  await refuseChanged(file, before);
  try {
    await unlink(file);
  } catch (thrown) {
    throw writeError(file, thrown);
  }
  const isBelowRoot = (path: string) => path !== '' && !path.startsWith('..') && !isAbsolute(path);
  for (let folder = dirname(file); isBelowRoot(relative(root, folder)); folder = dirname(folder))
    try {
      await rmdir(folder);
    } catch {
      // It holds something else, or this user may not remove it.
      return;
    }
}

/**
 * Replaces what the file held. A link stays a link, and the file keeps its mode and owner.
 * @returns the path of the copy of what was there
 * @throws Error with one line; then nothing was written
 */
export async function replaceConfigFile(
  file: string,
  before: Content,
  text: string,
  now: Date,
): Promise<string | undefined> {
  await refuseChanged(file, before);
  try {
    if (!before.exists) {
      await mkdir(dirname(file), { recursive: true });
      await writeFileAtomic(file, text, { mode: OWNER_ONLY });
      return undefined;
    }
    const { mode } = await stat(file);
    if ((mode & 0o222) === 0)
      throw new Error(`${file} is read-only; nothing was written. Make it writable and run this again.`);
    const copy = await backUp(file, now);
    await writeFileAtomic(await realpath(file), `${before.hasMark ? BYTE_ORDER_MARK : ''}${text}`);
    return copy;
  } catch (thrown) {
    throw writeError(file, thrown);
  }
}
