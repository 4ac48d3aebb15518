/**
 * How long an application may act: until the last token that gave its rights expires. Background work (watched jobs,
 * workflows that run as tasks) asks the lease before each request to AWS. It waits for a newer token with the same
 * rights; without one, everything but the watching of jobs fails.
 */
import type { Permit } from '../aws/targets.ts';
import { ServerError } from '../errors.ts';
import { type Clock, systemClock } from '../lib/timers.ts';

/** Long enough for a client to get a new token after its streams closed, and short enough for a write to wait. */
export const PATIENCE_MS = 30_000;

/** The machine's clock, since tokens are checked by it as well. */
const wallClock: Clock = { now: Date.now, after: systemClock.after };

/** The validity of rights. Times are epoch milliseconds. */
export class Lease implements Permit {
  #until: number;
  #isEnded = false;
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  /** @param until when the first token expires */
  constructor(until: number, clock: Clock = wallClock) {
    this.#until = until;
    this.#clock = clock;
  }

  /** When the last token expires. */
  get until(): number {
    return this.#until;
  }

  get isValid(): boolean {
    return this.#clock.now() < this.#until;
  }

  /** Records the expiry of another token with these rights. */
  extend(until: number): void {
    if (!this.#isEnded) this.#until = Math.max(this.#until, until);
    if (!this.isValid) return;
    for (const resume of [...this.#waiting]) resume();
  }

  /** Invalidates the lease for good: its application is closed. */
  end(): void {
    this.#until = Number.NEGATIVE_INFINITY;
    this.#isEnded = true;
    for (const resume of [...this.#waiting]) resume();
  }

  async forCaller(): Promise<void> {
    if (this.isValid) return;
    if (this.#isEnded) throw new ServerError('token_expired');
    let stop = () => {};
    const tooLong = new Promise<never>((_, reject) => {
      stop = this.#clock.after(PATIENCE_MS, () => reject(new ServerError('token_expired')));
    });
    const resumed = this.#resumed();
    try {
      await Promise.race([resumed.promise, tooLong]);
      if (this.#isEnded) throw new ServerError('token_expired');
    } finally {
      stop();
      resumed.forget();
    }
  }

  async forPoll(): Promise<void> {
    while (!this.isValid) {
      if (this.#isEnded) throw new ServerError('token_expired');
      await this.#resumed().promise;
    }
  }

  #resumed(): { readonly promise: Promise<void>; forget(): void } {
    let resume = () => {};
    const promise = new Promise<void>(resolve => {
      resume = () => {
        this.#waiting.delete(resume);
        resolve();
      };
    });
    this.#waiting.add(resume);
    return { promise, forget: () => void this.#waiting.delete(resume) };
  }
}
