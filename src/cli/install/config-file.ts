/** A host's configuration file on disk: read without loss, replaced as a whole or not at all, with a copy beside it. */
import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { errorCodeOf } from '../../lib/error-code.ts';

/** What a file holds. */
export interface Content {
  /** The text, without a byte order mark; empty where there is no file. */
  readonly text: string;
  readonly exists: boolean;
  readonly hasMark: boolean;
}

const MARK = '\ufeff';
const OWNER_ONLY = 0o600;

/** @throws Error with one line that says why the file cannot be read */
export async function readConfigFile(file: string): Promise<Content> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (thrown) {
    const code = errorCodeOf(thrown);
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
    const hasMark = text.startsWith(MARK);
    return { text: hasMark ? text.slice(1) : text, exists: true, hasMark };
  } catch {
    throw new Error(`${file} is not UTF-8 text; nothing was written. Save it as UTF-8 and run this again.`);
  }
}

/** The path of a copy that does not exist: `FILE.backup-2026-01-31T12-30-59`, with a number where that one exists. */
export async function backUp(file: string, now: Date): Promise<string> {
  const stamp = now.toISOString().slice(0, 19).replaceAll(':', '-');
  for (let count = 1; ; count++) {
    const copy = `${file}.backup-${stamp}${count === 1 ? '' : `-${count}`}`;
    try {
      await copyFile(file, copy, constants.COPYFILE_EXCL);
      return copy;
    } catch (thrown) {
      if (errorCodeOf(thrown) !== 'EEXIST') throw thrown;
    }
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
  const current = await readConfigFile(file);
  if (current.exists !== before.exists || current.text !== before.text)
    throw new Error(`${file} was changed by another program meanwhile; nothing was written. Run this again.`);
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
    await writeFileAtomic(await realpath(file), `${before.hasMark ? MARK : ''}${text}`);
    return copy;
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === undefined) throw thrown;
    throw new Error(`${file} cannot be written (${code}); it is as it was.`);
  }
}
