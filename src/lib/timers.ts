/** Waiting on a clock that a test can replace. */
import { monotonicNow } from './clock.ts';

/** The time, and a way to be woken. */
export interface Clock {
  /** Milliseconds on a monotonic clock. */
  now(): number;
  /** Runs something after so many milliseconds. @returns what cancels it */
  after(ms: number, run: () => void): () => void;
}

/** The clock of the process. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: monotonicNow,
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after so many milliseconds. */
export const delay = (clock: Clock, ms: number) =>
  new Promise<void>(resolve => void clock.after(ms, resolve));

/** Waits for a promise, but no longer than so many milliseconds. Leaves no timer behind. */
export async function waitAtMost(
  clock: Clock,
  ms: number,
  promise: Promise<void> | undefined,
): Promise<void> {
  if (!promise) return;
  let cancel: (() => void) | undefined;
  const timeout = new Promise<void>(resolve => {
    cancel = clock.after(ms, resolve);
  });
  await Promise.race([promise, timeout]);
  cancel?.();
}
