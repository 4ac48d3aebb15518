/**
 * A lock between the processes of one user: a file that only one of them can have made. Its holder writes to it again
 * and again; one that does not change for long was left behind by a process that died, and is taken away.
 *
 * What is done under it must bear that a holder which stood still for long (a stopped process) has lost it.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { monotonicNow } from '../lib/clock.ts';
import { errorCodeOf } from '../lib/error-code.ts';

/** Gives a lock back. */
export type Unlock = () => Promise<void>;

/** What a test replaces. */
export interface FileLockSettings {
  /** How often the holder shows that it lives. */
  readonly beatMs?: number;
  /** Without a sign of life for so long, the holder is dead. */
  readonly deadMs?: number;
}

const RETRY_MS = 50;

/** What tells a lock file from another, and from what it was before its holder wrote to it; undefined where there is none. */
async function markOf(path: string): Promise<string | undefined> {
  try {
    const { ino, mtimeMs } = await stat(path);
    return `${ino}/${mtimeMs}`;
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** The file, where there was none. */
async function create(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (thrown) {
    if (errorCodeOf(thrown) === 'EEXIST') return undefined;
    throw thrown;
  }
}

/** Takes a dead holder's file away. Somebody else may have done so first: what is not that file is put back. */
async function takeAway(path: string, mark: string): Promise<void> {
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
    // To the file itself, not to its path: where the lock was lost, that is somebody else's by now.
    file.write(String(beats), 0).catch(() => undefined);
  }, beatMs).unref();
  return async () => {
    clearInterval(beat);
    // Before it is closed: nobody else's file can have the number of one that is open.
    const isOurs = (await markOf(path))?.startsWith(`${ino}/`);
    if (isOurs) await rm(path, { force: true });
    await file.close();
  };
}

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

/**
 * Waits for the lock of that path; its folder is made.
 * @param signal gives up waiting
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
    else if (monotonicNow() - seen.since > deadMs) await takeAway(path, mark);
    await sleep(RETRY_MS);
  }
}
