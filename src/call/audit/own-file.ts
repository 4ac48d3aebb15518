/**
 * Opens a file that must belong to this process's user alone. Its owner, its permissions and who may replace it are
 * checked on the opened file.
 */
import { constants, type Stats } from 'node:fs';
import { access, type FileHandle, lstat, open, realpath, stat } from 'node:fs/promises';
import { platform, userInfo } from 'node:os';
import { dirname } from 'node:path';
import { errorCodeOf } from '../../lib/error-code.ts';

/** A file that cannot or must not be used. The message is one line, with the command to type where one helps. */
export class FileProblem extends Error {
  readonly what: string;
  /** The command that fixes it. */
  readonly fix: string | undefined;

  constructor(what: string, fix?: string, options?: ErrorOptions) {
    super(fix === undefined ? what : `${what}; type: ${fix}`, options);
    this.what = what;
    this.fix = fix;
  }
}

const OTHERS = 0o077;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/** A path, quoted for a shell where it needs that. */
const shellQuoted = (path: string) =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

/**
 * The uid of this process; undefined where the system has no uids, or has no entry for this one, as in some containers.
 */
function ownUid(): number | undefined {
  try {
    const { uid } = userInfo();
    return uid < 0 ? undefined : uid;
  } catch {
    return undefined;
  }
}

/** @throws FileProblem where another user could read or change the file, or where it is not a regular file */
export function checkOwn(path: string, stats: Stats): void {
  if (!stats.isFile())
    throw new FileProblem(
      `${path} is not a regular file: name a regular file, or one that does not exist yet`,
    );
  if (platform() === 'win32') return;
  const own = ownUid();
  if (own !== undefined && stats.uid !== own)
    throw new FileProblem(`${path} belongs to another user`, `sudo chown ${own} ${shellQuoted(path)}`);
  if ((stats.mode & OTHERS) !== 0)
    throw new FileProblem(`${path} is open to others`, `chmod 600 ${shellQuoted(path)}`);
}

/** @throws FileProblem where every user could replace the file; the system's error where there is no folder */
async function checkFolder(path: string): Promise<void> {
  // A folder may be a link, as the state folder of a systemd unit and /var on macOS are.
  const folder = await realpath(dirname(path));
  const { mode } = await stat(folder);
  if (platform() !== 'win32' && (mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0)
    throw new FileProblem(
      `every user may create files in the folder ${folder}`,
      `chmod o-w ${shellQuoted(folder)}`,
    );
}

/**
 * Opens the file for reading and appending.
 * @param create whether to create a missing file, readable by its owner alone
 * @throws FileProblem; the system's error `ENOENT` where there is no folder, or no file and `create` is false
 */
export async function openOwn(path: string, create: boolean): Promise<FileHandle> {
  await checkFolder(path);
  const link = await lstat(path).catch(() => undefined);
  if (link?.isSymbolicLink())
    throw new FileProblem(`${path} is a symbolic link: name the file that it points to`);
  // Windows has neither flag. Without the second, opening a pipe would wait for its other end.
  const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | (create ? O_CREAT : 0);
  let file: FileHandle;
  try {
    file = await open(path, flags, 0o600);
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'ENOENT') throw thrown;
    throw new FileProblem(`${path} cannot be opened (${errorCodeOf(thrown)})`, undefined, { cause: thrown });
  }
  try {
    checkOwn(path, await file.stat());
    return file;
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}

/** The file if it exists; else the problem, if any, that will keep it from being created. @throws FileProblem */
export async function openIfExists(path: string): Promise<FileHandle | FileProblem | undefined> {
  try {
    return await openOwn(path, false);
  } catch (thrown) {
    if (errorCodeOf(thrown) !== 'ENOENT') throw thrown;
  }
  const folder = dirname(path);
  const code = await access(folder, constants.W_OK | constants.X_OK).then(() => undefined, errorCodeOf);
  if (code === 'ENOENT')
    return new FileProblem(`there is no folder ${folder}`, `mkdir -p -m 700 ${shellQuoted(folder)}`);
  return code === undefined ? undefined : new FileProblem(`no file can be created in ${folder} (${code})`);
}
