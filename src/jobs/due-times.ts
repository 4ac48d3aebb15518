/** Many due times on a single timer, which exists only while something is due. */
import type { Clock } from '../lib/timers.ts';

interface DueTime {
  readonly dueAt: number;
  readonly run: () => void;
}

/** Timers count in 32 bits. */
const LONGEST_MS = 2 ** 31 - 1;

/** Runs things at their times. */
export class DueTimes {
  readonly #clock: Clock;
  readonly #entries = new Map<string, DueTime>();
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many have not run yet. */
  get size(): number {
    return this.#entries.size;
  }

  /** Runs something once at that time. Setting a key again replaces its time and what runs. */
  set(key: string, dueAt: number, run: () => void): void {
    this.#entries.set(key, { dueAt, run });
    if (!this.#timer || dueAt < this.#timer.at) this.#arm(dueAt);
  }

  delete(key: string): void {
    // The timer stays while other entries wait: one needless wake-up is cheaper than a search for the next due time.
    if (this.#entries.delete(key) && this.#entries.size === 0) this.#disarm();
  }

  #arm(at: number): void {
    this.#disarm();
    const ms = Math.min(Math.max(at - this.#clock.now(), 0), LONGEST_MS);
    this.#timer = { at, cancel: this.#clock.after(ms, () => this.#runDue()) };
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #runDue(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    const due = [...this.#entries].filter(([, { dueAt }]) => dueAt <= now);
    for (const [key] of due) this.#entries.delete(key);
    for (const [, { run }] of due) run();
    let next = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.#entries.values()) next = Math.min(next, dueAt);
    if (this.#entries.size > 0) this.#arm(next);
  }
}
