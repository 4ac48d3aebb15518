/**
 * A file of lines that is this server's alone: opened once, appended to by one writer at a time, each line by one
 * `write`, so that neither another call nor another process on the same file (a local one) can tear it.
 */
import { fstatSync, fsyncSync, readSync, writeSync } from 'node:fs';
import { type FileHandle, lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { checkOwn, FileProblem, openIfThere, openOwn } from './own-file.ts';

/** A line that was written, of which nobody knows whether it would outlast a power cut. */
export class UnflushedError extends Error {}

interface Pending {
  readonly text: string;
  /** Tried again with the next line where it could not be written. */
  readonly isKept: boolean;
  readonly done: () => void;
  readonly fail: (thrown: unknown) => void;
}

const NEWLINE = 0x0a;
/** How long another process may be in the middle of a line. */
const MID_LINE_MS = 5;
/** Such a file. Nothing is made before the first line. */
export class AuditFile {
  readonly path: string;
  #handle: FileHandle | undefined;
  #waiting: Pending[] = [];
  /** Taken from those that wait, and not known to be written. */
  #writing: readonly Pending[] = [];
  #working: Promise<void> | undefined;

  constructor(path: string) {
    this.path = resolve(path);
  }

  /**
   * Looks at what the first line will meet; makes nothing.
   * @returns why no line can be written as things stand, where nothing but that is wrong
   * @throws FileProblem where the file is not this server's alone
   */
  async check(): Promise<FileProblem | undefined> {
    const found = await openIfThere(this.path);
    if (found instanceof FileProblem) return found;
    this.#handle = found;
    return undefined;
  }

  /**
   * Appends a line, its newline included. Resolves once it is on disk.
   * @param isKept whether it is tried again, with the next line, where it cannot be written now
   * @throws FileProblem; UnflushedError; the system's error (`ENOSPC` ...) where it is not, or not wholly, written
   */
  append(text: string, { isKept = false } = {}): Promise<void> {
    return new Promise((done, fail) => {
      this.#waiting.push({ text, isKept, done, fail });
      this.#work();
    });
  }

  /** Writes what waits before the process ends at once; only lines that are kept. @param more lines beside these */
  appendNow(more: readonly string[]): void {
    const kept = [...this.#writing, ...this.#waiting].filter(({ isKept }) => isKept);
    const texts = [...kept.map(({ text }) => text), ...more];
    const fd = this.#handle?.fd;
    if (fd === undefined || texts.length === 0) return;
    const last = Buffer.alloc(1, NEWLINE);
    const { size } = fstatSync(fd);
    if (size > 0) readSync(fd, last, 0, 1, size - 1);
    writeSync(fd, `${last[0] === NEWLINE ? '' : '\n'}${texts.join('')}`);
    fsyncSync(fd);
  }

  /** Writes what waits and closes the file. */
  async close(): Promise<void> {
    await this.#working;
    if (this.#waiting.length > 0) await this.#work();
    await this.#handle?.close();
    this.#handle = undefined;
  }

  #work(): Promise<void> {
    this.#working ??= this.#writeAll();
    return this.#working;
  }

  /** Writes until nobody waits but those who failed, who wait for the next line. */
  async #writeAll(): Promise<void> {
    let failed: Pending[] = [];
    while (this.#waiting.length > 0) {
      this.#writing = this.#waiting.splice(0);
      failed = [...failed, ...(await this.#writeBatch(this.#writing))];
      this.#writing = [];
    }
    this.#waiting = failed;
    this.#working = undefined;
  }

  /** Writes lines, and flushes once for all. @returns those to be tried again */
  async #writeBatch(batch: readonly Pending[]): Promise<Pending[]> {
    const failed: Pending[] = [];
    const fail = (lines: readonly Pending[], thrown: unknown) => {
      for (const { fail } of lines) fail(thrown);
      failed.push(...lines.filter(({ isKept }) => isKept));
    };
    const written: Pending[] = [];
    try {
      const file = await this.#current();
      for (const line of batch) {
        try {
          await this.#write(file, line.text);
          written.push(line);
        } catch (thrown) {
          fail([line], thrown);
        }
      }
      if (written.length > 0) await file.sync();
      for (const { done } of written) done();
    } catch (thrown) {
      if (written.length > 0) fail(written, new UnflushedError('not flushed', { cause: thrown }));
      else fail(batch, thrown);
    }
    return failed;
  }

  async #write(handle: FileHandle, text: string): Promise<void> {
    const line = Buffer.from((await this.#endsWhole(handle)) ? text : `\n${text}`);
    const { bytesWritten } = await handle.write(line, 0, line.length, null);
    if (bytesWritten < line.length)
      throw new Error(`only ${bytesWritten} of ${line.length} bytes could be written`);
  }

  /** Whether the last line is whole. Half a line is what a full disk or a killed process leaves. */
  async #endsWhole(handle: FileHandle): Promise<boolean> {
    const look = async () => {
      const { size } = await handle.stat();
      const last = Buffer.alloc(1, NEWLINE);
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      return last[0] === NEWLINE;
    };
    if (await look()) return true;
    await new Promise(resume => setTimeout(resume, MID_LINE_MS));
    return look();
  }

  /** The file under its name: opened anew where it was moved away, as those do who rotate logs. */
  async #current(): Promise<FileHandle> {
    const held = this.#handle;
    if (held) {
      const now = await held.stat();
      const named = await lstat(this.path).catch(() => undefined);
      if (named?.ino === now.ino && named.dev === now.dev) {
        checkOwn(this.path, now);
        return held;
      }
      this.#handle = undefined;
      await held.close();
    }
    this.#handle = await openOwn(this.path, true);
    return this.#handle;
  }
}
