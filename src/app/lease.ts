/**
 * For how long an application may act: until the last of the tokens ends that came for its rights. What it does beside
 * its requests (jobs that are watched, workflows that go on as tasks) asks before each request to AWS: it waits for a
 * newer token with the same rights, and is given up where none comes.
 */
import { RegisteredError } from '../errors.ts';
import { type Clock, systemClock } from '../jobs/agenda.ts';

/** Long enough for a client to get a new token after its streams were closed; a write must not wait for much longer. */
export const PATIENCE_MS = 30_000;

/** How long rights are valid. Times are epoch milliseconds, by the clock that tokens are checked with. */
export class Lease {
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

  /** Resolves while the rights are valid: at once, or with the next token. @throws RegisteredError token_expired */
  async hold(): Promise<void> {
    if (this.isValid) return;
    let giveUp = () => {};
    const extended = new Promise<void>((resolve, reject) => {
      this.#waiting.add(resolve);
      const stop = this.#clock.after(PATIENCE_MS, () => reject(new RegisteredError('token_expired')));
      giveUp = () => {
        this.#waiting.delete(resolve);
        stop();
      };
    });
    await extended.finally(giveUp);
  }
}
