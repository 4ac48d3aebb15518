/**
 * The audit: a line before and a line after each attempted write. A write whose first line cannot be written is not
 * sent. A first line stays without a second only if the process ends without a warning (SIGKILL, power), and then means
 * that the outcome is unknown.
 */
import { randomUUID } from 'node:crypto';
import { type ErrorCode, ServerError, toServerError } from '../../errors.ts';
import { type AuditFile, UnflushedError } from './file.ts';
import { type Attempt, attemptLine, type Result, resultLine, type WriteFacts } from './line.ts';

/** Failures of a write that leave open whether it was done. */
const leavesOpen: readonly ErrorCode[] = ['cancelled', 'outcome_unknown', 'internal'];

/** The audit's result of a failed write. */
export function failedResult(thrown: unknown): Result {
  const { code, requestId } = toServerError(thrown);
  return leavesOpen.includes(code)
    ? { outcome: 'unknown', reason: code, requestId }
    : { outcome: code, requestId };
}

/** Called with the reason why a line is missing, for operators. */
export type OnAuditFailure = (what: 'attempt' | 'result', thrown: unknown) => void;

/** Records the result of one attempt. Resolves once the line is on disk, or is kept for a later try. */
export type Finish = (result: Result) => Promise<void>;

interface UnfinishedWrite {
  readonly facts: WriteFacts;
  /** Whether the first line is on disk, so that the write may have been sent. */
  isRecorded: boolean;
}

const ENDED = 'server_ended';
/** How long the end of a process waits for writes under way: hosts kill a server two seconds after its stdin ended. */
const GRACE_MS = 1_500;
const now = () => new Date().toISOString();

/** The audit of a process, for all callers. */
export class Audit {
  readonly #file: AuditFile;
  readonly #onFailure: OnAuditFailure;
  /** The writes that have no second line yet, by the id of their first. */
  readonly #open = new Map<string, UnfinishedWrite>();
  #settling: Promise<void> | undefined;
  #onIdle: () => void = () => undefined;

  constructor(file: AuditFile, onFailure: OnAuditFailure) {
    this.#file = file;
    this.#onFailure = onFailure;
  }

  /** Records an attempt. @throws ServerError audit_unavailable where the write must not be sent */
  async begin(attempt: Attempt): Promise<Finish> {
    if (this.#settling) throw serverIsEnding();
    const id = randomUUID();
    const { request: _, decision: __, ...facts } = attempt;
    const open: UnfinishedWrite = { facts, isRecorded: false };
    this.#open.set(id, open);
    try {
      await this.#file.append(attemptLine({ time: now(), id }, attempt));
    } catch (thrown) {
      this.#onFailure('attempt', thrown);
      // The line was written, although not flushed.
      if (thrown instanceof UnflushedError)
        await this.#finish(id, { outcome: 'not_sent', reason: 'audit_unavailable' });
      else this.#forget(id);
      throw new ServerError('audit_unavailable', { cause: thrown });
    }
    // The server began to end meanwhile and wrote the second line.
    if (!this.#open.has(id)) throw serverIsEnding();
    open.isRecorded = true;
    return result => this.#finish(id, result);
  }

  /** Refuses further writes, waits a little for those under way, and records the rest as unknown. */
  settle(): Promise<void> {
    this.#settling ??= this.#settle();
    return this.#settling;
  }

  /** Records all writes under way as unknown, at once: the process is about to end. @throws the system's error */
  abandon(): void {
    const lines = [...this.#open].map(([id, open]) =>
      resultLine({ time: now(), id }, open.facts, resultAtEnd(open)),
    );
    this.#open.clear();
    this.#file.appendNow(lines);
  }

  async #settle(): Promise<void> {
    if (this.#open.size > 0) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>(resolve => {
        this.#onIdle = resolve;
        timer = setTimeout(resolve, GRACE_MS);
      });
      clearTimeout(timer);
    }
    await Promise.all([...this.#open].map(([id, open]) => this.#finish(id, resultAtEnd(open))));
    await this.#file.close();
  }

  async #finish(id: string, result: Result): Promise<void> {
    const open = this.#open.get(id);
    // Its second line was written when the server began to end.
    if (!open) return;
    const line = resultLine({ time: now(), id }, open.facts, result);
    const written = this.#file.append(line, { isKept: true });
    this.#forget(id);
    await written.catch(thrown => this.#onFailure('result', thrown));
  }

  #forget(id: string): void {
    this.#open.delete(id);
    if (this.#open.size === 0) this.#onIdle();
  }
}

/** The result of a write that was under way when the server ended. */
const resultAtEnd = ({ isRecorded }: UnfinishedWrite): Result => ({
  outcome: isRecorded ? 'unknown' : 'not_sent',
  reason: ENDED,
});

const serverIsEnding = () =>
  new ServerError('audit_unavailable', {
    message: 'The server is ending, so nothing was sent to AWS.',
    hint: 'Send the same call again once the server runs again.',
  });
