/**
 * Limits the polls of a region to a rate that throttling halves and success restores. Pure, on the caller's clock, which
 * must be monotonic. (The AWS SDK's own adaptive limiter has no ceiling before the first throttle, and uses its own
 * clock.)
 */

/** The budget of one region. Times are milliseconds. */
export interface PollBudget {
  /** Reserves one request. @returns the milliseconds until it may be sent; 0 means now */
  reserve(now: number): number;
  succeeded(now: number): void;
  throttled(now: number): void;
}

/** Settings that tests replace. */
export interface BudgetSettings {
  /** Requests per second while AWS does not throttle. */
  readonly ceiling?: number;
  /** Requests per second, however often AWS throttles. */
  readonly floor?: number;
  /** How many requests may be sent at once after a quiet time. */
  readonly burst?: number;
}

/** Throttled answers within this time count once: requests in flight are throttled together. */
const ONE_THROTTLE_MS = 1_000;
/** How much each success raises the rate, in requests per second. */
const STEP = 0.1;

export function createBudget({ ceiling = 10, floor = 0.1, burst = 5 }: BudgetSettings = {}): PollBudget {
  let rate = ceiling;
  /** When the next request may be sent at the steady rate, without a burst. */
  let nextAt = Number.NEGATIVE_INFINITY;
  let throttledAt = Number.NEGATIVE_INFINITY;

  return {
    reserve(now) {
      const everyMs = 1000 / rate;
      // Unused requests are saved, up to a burst; after throttling there is no burst.
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
