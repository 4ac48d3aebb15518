/**
 * Turns towards AWS. A target that does not throttle is asked at once, by everybody. One that does is asked at
 * the pace that it bears, and its callers take turns: whoever asks much waits for themselves, not for others.
 * (The AWS SDK's adaptive limiter has one line for all, where a busy caller keeps the next one waiting.)
 */
import { ServerError } from '../errors.ts';
import { createBudget, type PollBudget } from '../jobs/budget.ts';
import { type Clock, systemClock } from '../lib/timers.ts';

/** The turns of a process. A target is named as the configuration names it. */
export interface FairQueue {
  /** Waits for a turn. @throws RegisteredError busy, where the caller has too much waiting already */
  acquire(target: string, caller: string): Promise<void>;
  /** Takes in that AWS throttled a request, or did not. */
  answered(target: string, isThrottled: boolean): void;
  /** In how many milliseconds a caller who has too much waiting may come back; 0 is now. */
  fullForMs(caller: string): number;
  /** How many wait, for all targets. */
  readonly waiting: number;
}

/** What may wait. */
export interface TurnLimits {
  readonly perCaller: number;
  readonly perTarget: number;
}

interface Line {
  /** Absent while AWS does not throttle. */
  budget: PollBudget | undefined;
  throttledAt: number;
  /** Those that wait, by caller; the first caller is next. */
  readonly callers: Map<string, (() => void)[]>;
  waiting: number;
  isPaced: boolean;
  /** What was sent in this second and in the one before. */
  sent: { second: number; count: number; before: number };
}

const defaults: TurnLimits = { perCaller: 50, perTarget: 1_000 };
/** For how long after a throttle the pace is kept. */
const CALM_MS = 30_000;
const LEAST_PER_SECOND = 1;
/** Much of a line is gone by then, or AWS is in a worse way than anybody can foresee. */
const COME_BACK_MS = 5_000;

/** Makes them. */
export function createFairQueue(limits: TurnLimits = defaults, clock: Clock = systemClock): FairQueue {
  const lines = new Map<string, Line>();

  function lineOf(target: string): Line {
    const line = lines.get(target) ?? {
      ...{ budget: undefined, throttledAt: 0, callers: new Map(), waiting: 0, isPaced: false },
      sent: { second: 0, count: 0, before: 0 },
    };
    lines.set(target, line);
    return line;
  }

  function count({ sent }: Line): void {
    const second = Math.floor(clock.now() / 1000);
    if (second !== sent.second) {
      sent.before = second === sent.second + 1 ? sent.count : 0;
      sent.second = second;
      sent.count = 0;
    }
    sent.count += 1;
  }

  /** Takes the next one out: of the caller whose turn it is, who then is the last. */
  function next(line: Line): (() => void) | undefined {
    const [first] = line.callers;
    if (!first) return undefined;
    const [caller, waiting] = first;
    const go = waiting.shift();
    line.callers.delete(caller);
    if (waiting.length > 0) line.callers.set(caller, waiting);
    line.waiting -= 1;
    return go;
  }

  /** Lets them go one by one, at the target's pace. */
  function pace(line: Line): void {
    if (line.isPaced || line.waiting === 0) return;
    line.isPaced = true;
    clock.after(line.budget?.reserve(clock.now()) ?? 0, () => {
      line.isPaced = false;
      count(line);
      next(line)?.();
      pace(line);
    });
  }

  const isFull = ({ waiting, callers }: Line, caller: string) =>
    waiting >= limits.perTarget || (callers.get(caller)?.length ?? 0) >= limits.perCaller;

  return {
    async acquire(target, caller) {
      const line = lineOf(target);
      if (line.budget && clock.now() - line.throttledAt > CALM_MS) line.budget = undefined;
      if (!line.budget && line.waiting === 0) {
        count(line);
        return;
      }
      if (isFull(line, caller)) throw new ServerError('busy');
      await new Promise<void>(go => {
        const waiting = line.callers.get(caller) ?? [];
        line.callers.set(caller, [...waiting, go]);
        line.waiting += 1;
        pace(line);
      });
    },

    answered(target, isThrottled) {
      const line = lineOf(target);
      const now = clock.now();
      if (!isThrottled) {
        line.budget?.succeeded(now);
        return;
      }
      const { count: sent, before } = line.sent;
      line.budget ??= createBudget({ ceiling: Math.max(LEAST_PER_SECOND, sent, before), burst: 1 });
      line.budget.throttled(now);
      line.throttledAt = now;
    },

    fullForMs(caller) {
      const own = [...lines.values()].map(({ callers }) => callers.get(caller)?.length ?? 0);
      return Math.max(0, ...own) >= limits.perCaller ? COME_BACK_MS : 0;
    },

    get waiting() {
      return [...lines.values()].reduce((sum, { waiting }) => sum + waiting, 0);
    },
  };
}
