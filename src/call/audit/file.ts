/**
 * An append-only file of lines that only this server's user can open. Each line is appended by one `write`, so that
 * neither another call nor another local process on the same file can split it.
 */
import { fstatSync, fsyncSync, readSync, writeSync } from 'node:fs';
import { type FileHandle, lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { checkOwn, FileProblem, openIfExists, openOwn } from './own-file.ts';

/** A line that was written but not flushed: a power cut may lose it. */
export class UnflushedError extends Error {}

interface Pending {
  readonly text: string;
  /** Whether a line that could not be written is tried again with the next line. */
  readonly isKept: boolean;
  readonly done: () => void;
  readonly fail: (thrown: unknown) => void;
}

const NEWLINE = 0x0a;
/** How long another process may be in the middle of a line. */
const MID_LINE_MS = 5;

/** The file. It is created by the first line. */
export class AuditFile {
  readonly path: string;
  #handle: FileHandle | undefined;
  #waiting: Pending[] = [];
  /** Lines that are being written. */
  #writing: readonly Pending[] = [];
  #working: Promise<void> | undefined;

  constructor(path: string) {
    this.path = resolve(path);
  }

  /**
   * Checks the file without creating it.
   * @returns why no line can be written at present, where the file itself is acceptable
   * @throws FileProblem where others than this server's user can open the file
   */
  async check(): Promise<FileProblem | undefined> {
    const found = await openIfExists(this.path);
    if (found instanceof FileProblem) return found;
    this.#handle = found;
    return undefined;
  }

  /**
   * Appends a line, its newline included. Resolves once it is on disk.
   * @param isKept whether a line that cannot be written now is tried again with the next line
   * @throws FileProblem; UnflushedError; the system's error (`ENOSPC` ...) where the line was not written completely
   */
  append(text: string, { isKept = false } = {}): Promise<void> {
    return new Promise((done, fail) => {
      this.#waiting.push({ text, isKept, done, fail });
      this.#work();
    });
  }

  /** Writes the waiting lines that are kept, synchronously, before the process ends. @param more further lines */
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

  /** Writes the waiting lines and closes the file. */
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

  /** Writes until only failed lines wait, which are tried again with the next line. */
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

  /** Writes lines, and flushes once for all of them. @returns the lines to try again */
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

  /** Whether the last line is complete. A full disk or a killed process leaves half a line. */
  async #endsWhole(handle: FileHandle): Promise<boolean> {
    const endsWithNewline = async () => {
      const { size } = await handle.stat();
      const last = Buffer.alloc(1, NEWLINE);
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      return last[0] === NEWLINE;
    };
    if (await endsWithNewline()) return true;
    await new Promise(resume => setTimeout(resume, MID_LINE_MS));
    return endsWithNewline();
  }

  /** The file at the path. It is opened again where the old one was moved away, as log rotation does. */
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
