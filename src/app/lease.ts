/**
 * For how long an application may act: until the last of the tokens ends that came for its rights. What it does beside
 * its requests (jobs that are watched, workflows that go on as tasks) asks before each request to AWS: it waits for a
 * newer token with the same rights, and all but the watching is given up where none comes.
 */
import type { Permit } from '../aws/targets.ts';
import { RegisteredError } from '../errors.ts';
import { type Clock, systemClock } from '../jobs/agenda.ts';

/** Long enough for a client to get a new token after its streams were closed; a write must not wait for much longer. */
export const PATIENCE_MS = 30_000;

/** How long rights are valid. Times are epoch milliseconds, by the clock that tokens are checked with. */
export class Lease implements Permit {
  #until: number;
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  /** @param until when the token ends with which it begins */
  constructor(until: number, clock: Clock = systemClock) {
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
    this.#until = Math.max(this.#until, until);
    if (!this.isValid) return;
    for (const resume of [...this.#waiting]) resume();
  }

  async soon(): Promise<void> {
    if (this.isValid) return;
    let stop = () => {};
    const tooLong = new Promise<never>((_, reject) => {
      stop = this.#clock.after(PATIENCE_MS, () => reject(new RegisteredError('token_expired')));
    });
    const resumed = this.#resumed();
    try {
      await Promise.race([resumed.promise, tooLong]);
    } finally {
      stop();
      resumed.forget();
    }
  }

  async sometime(): Promise<void> {
    while (!this.isValid) await this.#resumed().promise;
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
