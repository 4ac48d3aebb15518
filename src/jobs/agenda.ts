/** What is due when: many due times behind a single timer, which is there only while something is due. */
import { monotonicNow } from '../lib/clock.ts';

/** The time, and a way to be woken; a test has its own. */
export interface Clock {
  /** Milliseconds on a clock that nobody can set. */
  now(): number;
  /** @returns what cancels it */
  after(ms: number, run: () => void): () => void;
}

/** The clock of the process. Its timers keep no process alive. */
export const systemClock: Clock = {
  now: monotonicNow,
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Waits. */
export const pause = (clock: Clock, ms: number) =>
  new Promise<void>(resolve => void clock.after(ms, resolve));

/** Waits for what is a help, but no need; where it comes in time, no timer is left. */
export async function atMost(clock: Clock, ms: number, help: Promise<void> | undefined): Promise<void> {
  if (!help) return;
  let stop: (() => void) | undefined;
  const enough = new Promise<void>(resolve => {
    stop = clock.after(ms, resolve);
  });
  await Promise.race([help, enough]);
  stop?.();
}

/** The due times of a process. */
export interface Agenda {
  /** Runs once at that time; a key that is set again moves. */
  set(key: string, dueAt: number, run: () => void): void;
  delete(key: string): void;
  /** How many are due some time. */
  readonly size: number;
}

/** Timers count in 32 bits. */
const LONGEST_MS = 2 ** 31 - 1;

/** Makes one. */
export function createAgenda(clock: Clock): Agenda {
  const entries = new Map<string, { readonly dueAt: number; readonly run: () => void }>();
  let armed: { readonly at: number; readonly cancel: () => void } | undefined;

  function disarm(): void {
    armed?.cancel();
    armed = undefined;
  }

  function arm(at: number): void {
    disarm();
    const ms = Math.min(Math.max(at - clock.now(), 0), LONGEST_MS);
    armed = { at, cancel: clock.after(ms, runDue) };
  }

  function runDue(): void {
    armed = undefined;
    const now = clock.now();
    const due = [...entries].filter(([, { dueAt }]) => dueAt <= now);
    for (const [key] of due) entries.delete(key);
    for (const [, { run }] of due) run();
    let next = Number.POSITIVE_INFINITY;
    for (const { dueAt } of entries.values()) next = Math.min(next, dueAt);
    if (entries.size > 0) arm(next);
  }

  return {
    set(key, dueAt, run) {
      entries.set(key, { dueAt, run });
      if (!armed || dueAt < armed.at) arm(dueAt);
    },
    delete(key) {
      // A wake-up for nothing is cheaper than a search for the next one; for nobody there is none.
      if (entries.delete(key) && entries.size === 0) disarm();
    },
    get size() {
      return entries.size;
    },
  };
}
