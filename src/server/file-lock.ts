/**
 * A lock between the processes of one user: a file that only one of them can create. The holder writes to it regularly;
 * a file without changes was left by a process that died, and the next process removes it.
 *
 * A holder that is suspended for long loses the lock without notice; the locked work must tolerate that.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { monotonicNow } from '../lib/clock.ts';
import { errorCodeOf } from '../lib/error-code.ts';

/** Releases the lock. */
export type Unlock = () => Promise<void>;

/** Settings for tests. */
export interface FileLockSettings {
  /** How often the holder writes to the file. */
  readonly beatMs?: number;
  /** A file without changes for this long belongs to a dead process. */
  readonly deadMs?: number;
}

const RETRY_MS = 50;

/** Identifies a lock file and its last change; undefined where there is none. */
async function markOf(path: string): Promise<string | undefined> {
  try {
    const { ino, mtimeMs } = await stat(path);
    return `${ino}/${mtimeMs}`;
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** Creates the file; undefined where it exists. */
async function create(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'EEXIST') return undefined;
    throw thrown;
  }
}

/** Removes the lock file of a dead process. If another process has replaced that file meanwhile, its file is put back. */
async function removeAbandoned(path: string, mark: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'ENOENT') return;
    throw thrown;
  }
  if ((await markOf(aside)) !== mark) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function hold(path: string, file: FileHandle, beatMs: number): Promise<Unlock> {
  const { ino } = await file.stat();
  let beats = 0;
  const beat = setInterval(() => {
    beats += 1;
    // Written to the open file, not to its path: after a lost lock the path belongs to another process.
    file.write(String(beats), 0).catch(() => undefined);
  }, beatMs).unref();
  return async () => {
    clearInterval(beat);
    // Compared before the file is closed, since the inode of an open file is not reused.
    const isOurs = (await markOf(path))?.startsWith(`${ino}/`);
    if (isOurs) await rm(path, { force: true });
    await file.close();
  };
}

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/**
 * Waits for the lock of that path; creates its folder.
 * @param signal ends the wait
 * @throws the signal's reason; the system's error where the file cannot be made
 */
export async function lockFile(
  path: string,
  signal: AbortSignal,
  { beatMs = 2_000, deadMs = 15_000 }: FileLockSettings = {},
): Promise<Unlock> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  let seen: { readonly mark: string; readonly since: number } | undefined;
  for (;;) {
    signal.throwIfAborted();
    const file = await create(path);
    if (file) return hold(path, file, beatMs);
    const mark = await markOf(path);
    if (mark === undefined) continue;
    if (seen?.mark !== mark) seen = { mark, since: monotonicNow() };
    else if (monotonicNow() - seen.since > deadMs) await removeAbandoned(path, mark);
    await sleep(RETRY_MS);
  }
}
