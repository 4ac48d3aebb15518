/**
 * For how long an application may act: until the last of the tokens ends that came for its rights. What it does beside
 * its requests (jobs that are watched, workflows that go on as tasks) asks before each request to AWS: it waits for a
 * newer token with the same rights, and all but the watching is given up where none comes.
 */
import type { Permit } from '../aws/targets.ts';
import { ServerError } from '../errors.ts';
import { type Clock, systemClock } from '../jobs/agenda.ts';

/** Long enough for a client to get a new token after its streams were closed; a write must not wait for much longer. */
export const PATIENCE_MS = 30_000;

/** The machine's own clock, by which tokens are checked as well. */
const wallClock: Clock = { now: Date.now, after: systemClock.after };

/** How long rights are valid. Times are epoch milliseconds. */
export class Lease implements Permit {
  #until: number;
  #isEnded = false;
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  /** @param until when the token ends with which it begins */
  constructor(until: number, clock: Clock = wallClock) {
    this.#until = until;
    this.#clock = clock;
  }

  /** When the last of its tokens ends. */
  get until(): number {
    return this.#until;
  }

  get isValid(): boolean {
    return this.#clock.now() < this.#until;
  }

  /** Takes in that a token with these rights ends at that time. */
  extend(until: number): void {
    if (!this.#isEnded) this.#until = Math.max(this.#until, until);
    if (!this.isValid) return;
    for (const resume of [...this.#waiting]) resume();
  }

  /** Nothing goes on under it any more: its application has ended. */
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
