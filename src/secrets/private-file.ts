/**
 * Files that hold secrets. They are read only if no other user can read them, and replaced as a whole or not at all: a
 * writer works in a new file next to the old one, which excludes other writers until it replaces the old one.
 */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { platform } from 'node:os';
import { ServerError } from '../errors.ts';
import { errorCodeOf } from '../lib/error-code.ts';

/** The error for a vault or a key that cannot be used. Its message is one line with what to type, and does not quote the cause. */
export function vaultUnusable(message: string, cause?: unknown): ServerError {
  return new ServerError('vault_unusable', { message, cause });
}

/**
 * A file's bytes, or undefined where there is no such file.
 * @param what what the file is, for the error
 * @param forbidden permission bits that it must not have; Windows has none
 * @throws ServerError vault_unusable with the chmod line to type
 */
export async function readPrivate(
  path: string,
  what: string,
  forbidden: number,
): Promise<Buffer | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'ENOENT') return undefined;
    throw vaultUnusable(`${what} ${path} cannot be read (${errorCodeOf(thrown)}).`, thrown);
  }
  try {
    // Read from the opened file, not from the path, which may name another file by now.
    const { mode } = await file.stat();
    if (platform() !== 'win32' && (mode & forbidden) !== 0)
      throw vaultUnusable(`${what} ${path} is open to others; type: chmod 600 ${path}`);
    return await file.readFile();
  } catch (thrown) {
    if (thrown instanceof ServerError) throw thrown;
    throw vaultUnusable(`${what} ${path} cannot be read (${errorCodeOf(thrown)}).`, thrown);
  } finally {
    await file.close();
  }
}

/**
 * Replaces a file by the text of `make`, with mode 0600. Where `make` throws, nothing changes. `make` runs after other
 * writers are excluded, so it may read the file that it changes.
 * @throws ServerError vault_unusable
 */
export async function replacePrivate(path: string, what: string, make: () => Promise<string>): Promise<void> {
  const draft = `${path}.new`;
  let file: FileHandle;
  try {
    file = await open(draft, 'wx', 0o600);
  } catch (thrown) {
    throw vaultUnusable(
      errorCodeOf(thrown) === 'EEXIST'
        ? `${what} ${path} is being written by another process; if none runs, type: rm ${draft}`
        : `${what} ${path} cannot be written (${errorCodeOf(thrown)}): its folder must be there and writable.`,
      thrown,
    );
  }
  try {
    try {
      await file.writeFile(await make());
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (thrown) {
    await rm(draft, { force: true });
    if (thrown instanceof ServerError) throw thrown;
    throw vaultUnusable(`${what} ${path} cannot be written (${errorCodeOf(thrown)}).`, thrown);
  }
}
