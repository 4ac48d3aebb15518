/** A clock that only the test moves, so that no test waits for real time. */
import type { Clock } from '../../src/lib/timers.ts';

export interface FakeClock extends Clock {
  /** Moves the time forward and waits until the timers' work is done. */
  advance(ms: number): Promise<void>;
  /** How many timers are set. */
  readonly timers: number;
}

/** Waits until everything that depends on promises alone has finished. */
export const settle = () => new Promise<void>(resolve => setImmediate(resolve));

/** Starts at a time that is easy to read. */
export function createFakeClock(start = Date.parse('2026-01-01T00:00:00Z')): FakeClock {
  let now = start;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    async advance(ms) {
      const until = now + ms;
      for (;;) {
        await settle();
        const [next] = [...timers].sort((a, b) => a.at - b.at);
        if (!next || next.at > until) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.run();
      }
      now = until;
      await settle();
    },
    get timers() {
      return timers.size;
    },
  };
}
