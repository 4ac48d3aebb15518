/**
 * The signs that AWS still works on a job: changes of its record, and events of its stack. Times are epoch
 * milliseconds on AWS's clock, and those of checks on the monotonic clock.
 */
import type { ServerError } from '../errors.ts';
import type { Job } from './job.ts';
import { timeOf } from './job-state.ts';

/** How long an activity check is good for. */
const CHECK_LIFE_MS = 5 * 60_000;

export class SignsOfLife {
  /** When a change of the job's record was noticed. */
  #changedAt: number | undefined;
  #stackMovedAt: number | undefined;
  #checkedAt: number | undefined;
  #checkFailure: ServerError | undefined;
  /** Whether an activity check since the last sign of life found none. */
  #isSilenceConfirmed = false;

  /** Why the stack could not be checked. */
  get checkFailure(): ServerError | undefined {
    return this.#checkFailure;
  }

  get isSilenceConfirmed(): boolean {
    return this.#isSilenceConfirmed;
  }

  recordChanged(at: number): void {
    this.#changedAt = at;
  }

  /** @param at monotonic @param stackMovedAt undefined where CloudFormation does not work on the stack */
  checked(at: number, stackMovedAt: number | undefined, failure: ServerError | undefined): void {
    this.#checkedAt = at;
    this.#stackMovedAt = stackMovedAt ?? this.#stackMovedAt;
    this.#checkFailure = failure;
  }

  confirmSilence(isSilent: boolean): void {
    this.#isSilenceConfirmed = isSilent;
  }

  /** Whether the last check is recent enough that none is needed. @param now monotonic */
  isCheckFresh(now: number): boolean {
    return this.#checkedAt !== undefined && now - this.#checkedAt < CHECK_LIFE_MS;
  }

  /** Milliseconds since the last sign of life. */
  quietMs(job: Job | undefined, now: number): number {
    const signs = [timeOf(job?.createdAt), timeOf(job?.updatedAt), this.#changedAt, this.#stackMovedAt];
    const known = signs.filter(time => time !== undefined);
    return known.length === 0 ? 0 : Math.max(0, now - Math.max(...known));
  }

  /** Milliseconds since the stack moved, where that was the last sign of life. */
  stackQuietMs(job: Job | undefined, now: number): number | undefined {
    const quietMs = this.quietMs(job, now);
    return this.#stackMovedAt !== undefined && now - this.#stackMovedAt <= quietMs ? quietMs : undefined;
  }
}
