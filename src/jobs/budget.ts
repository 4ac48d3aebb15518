/**
 * How often a region may be asked: a rate that throttling halves and success restores. Pure, on the caller's
 * clock, which must be monotonic. (The AWS SDK's own adaptive limiter has no ceiling before the first throttle, and a clock of its own.)
 */

/** The budget of one region. Times are milliseconds. */
export interface Budget {
  /** Takes a turn. @returns in how many milliseconds it comes; 0 is now */
  take(now: number): number;
  succeeded(now: number): void;
  throttled(now: number): void;
}

/** What a test replaces. */
export interface BudgetSettings {
  /** Polls per second when AWS does not throttle. */
  readonly ceiling?: number;
  /** Polls per second however much it does. */
  readonly floor?: number;
  /** How many may go at once after a quiet time. */
  readonly burst?: number;
}

/** Polls in flight fail together: their throttling counts once. */
const ONE_THROTTLE_MS = 1_000;
/** By how much each success raises the rate again, in polls per second. */
const STEP = 0.1;

/** Makes one. */
export function createBudget({ ceiling = 10, floor = 0.1, burst = 5 }: BudgetSettings = {}): Budget {
  let rate = ceiling;
  /** When the next turn would come if turns were handed out one by one. */
  let nextAt = Number.NEGATIVE_INFINITY;
  let throttledAt = Number.NEGATIVE_INFINITY;

  return {
    take(now) {
      const everyMs = 1000 / rate;
      // Unused turns are kept, up to a burst; after a throttle none are left.
      const credit = rate < ceiling ? 0 : (burst - 1) * everyMs;
      const at = Math.max(nextAt, now - credit);
      nextAt = at + everyMs;
      return Math.max(0, at - now);
    },
    succeeded() {
      rate = Math.min(ceiling, rate + STEP);
    },
    throttled(now) {
      if (now - throttledAt < ONE_THROTTLE_MS) return;
      throttledAt = now;
      rate = Math.max(floor, rate / 2);
      nextAt = Math.max(nextAt, now + 1000 / rate);
    },
  };
}

/** The budgets of a process, each made for its region when it is first asked for. */
export function createBudgets(): (region: string) => Budget {
  const budgets = new Map<string, Budget>();
  return region => {
    const budget = budgets.get(region) ?? createBudget();
    budgets.set(region, budget);
    return budget;
  };
}
