/**
 * How often a region may be polled: a rate that throttling halves and success restores. Pure, on the caller's clock,
 * which must be monotonic. (The AWS SDK's own adaptive limiter has no ceiling before the first throttle, and a clock of
 * its own.)
 */

/** The budget of one region. Times are milliseconds. */
export interface PollBudget {
  /** Reserves one request. @returns in how many milliseconds it may be sent; 0 is now */
  reserve(now: number): number;
  succeeded(now: number): void;
  throttled(now: number): void;
}

/** What a test replaces. */
export interface BudgetSettings {
  /** Requests per second while AWS does not throttle. */
  readonly ceiling?: number;
  /** Requests per second however much it does. */
  readonly floor?: number;
  /** How many may go at once after a quiet time. */
  readonly burst?: number;
}

/** Requests in flight fail together: their throttling counts once. */
const ONE_THROTTLE_MS = 1_000;
/** By how much each success raises the rate again, in requests per second. */
const STEP = 0.1;

export function createBudget({ ceiling = 10, floor = 0.1, burst = 5 }: BudgetSettings = {}): PollBudget {
  let rate = ceiling;
  /** When the next request could go if they went out one by one. */
  let nextAt = Number.NEGATIVE_INFINITY;
  let throttledAt = Number.NEGATIVE_INFINITY;

  return {
    reserve(now) {
      const everyMs = 1000 / rate;
      // Requests that were not sent are kept, up to a burst; after a throttle none are left.
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

/** The budgets of a process, each created when its region is first polled. */
export function createBudgets(): (region: string) => PollBudget {
  const budgets = new Map<string, PollBudget>();
  return region => {
    const budget = budgets.get(region) ?? createBudget();
    budgets.set(region, budget);
    return budget;
  };
}
