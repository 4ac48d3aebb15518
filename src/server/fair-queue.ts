/**
 * Paces requests to AWS per target, fairly between callers. A target that does not throttle gets every request at once.
 * A target that throttles gets requests at the pace that it accepts, one caller after another: a caller who sends much
 * waits behind their own requests, not in front of others. (The AWS SDK's adaptive limiter has one queue for all
 * callers, so a busy caller would delay the next one.)
 */
import { ServerError } from '../errors.ts';
import { createBudget, type PollBudget } from '../jobs/budget.ts';
import { type Clock, systemClock } from '../lib/timers.ts';

/** How many requests may wait. */
export interface QueueLimits {
  readonly perCaller: number;
  readonly perTarget: number;
}

/** The requests to one target. */
interface TargetQueue {
  /** Undefined while AWS does not throttle. */
  budget: PollBudget | undefined;
  throttledAt: number;
  /** The waiting requests of each caller; the first caller is served next. */
  readonly callers: Map<string, (() => void)[]>;
  waiting: number;
  /** Whether the next request is already scheduled. */
  isScheduled: boolean;
  /** How many requests were sent in this second, and in the second before. */
  sent: { second: number; count: number; before: number };
}

const defaults: QueueLimits = { perCaller: 50, perTarget: 1_000 };
/** How long the pace is kept after the last throttle. */
const CALM_MS = 30_000;
const LEAST_PER_SECOND = 1;
/** When a caller whose queue is full may try again: much of the queue is served by then. */
const RETRY_AFTER_MS = 5_000;

/** The queues of a process, by target. Targets are named as in the configuration. */
export class FairQueue {
  readonly #queues = new Map<string, TargetQueue>();
  readonly #limits: QueueLimits;
  readonly #clock: Clock;

  constructor(limits: QueueLimits = defaults, clock: Clock = systemClock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Resolves when the caller may send one request. @throws ServerError busy where too many requests wait already */
  async acquire(target: string, caller: string): Promise<void> {
    const queue = this.#queueOf(target);
    if (queue.budget && this.#clock.now() - queue.throttledAt > CALM_MS) queue.budget = undefined;
    if (!queue.budget && queue.waiting === 0) {
      this.#countSent(queue);
      return;
    }
    if (this.#isFull(queue, caller)) throw new ServerError('busy');
    await new Promise<void>(send => {
      queue.callers.set(caller, [...(queue.callers.get(caller) ?? []), send]);
      queue.waiting += 1;
      this.#schedule(queue);
    });
  }

  /** Records whether AWS throttled a request. */
  answered(target: string, isThrottled: boolean): void {
    const queue = this.#queueOf(target);
    const now = this.#clock.now();
    if (!isThrottled) {
      queue.budget?.succeeded(now);
      return;
    }
    const { count, before } = queue.sent;
    queue.budget ??= createBudget({ ceiling: Math.max(LEAST_PER_SECOND, count, before), burst: 1 });
    queue.budget.throttled(now);
    queue.throttledAt = now;
  }

  /** Milliseconds until a caller with too many waiting requests may come back; 0 where they need not wait. */
  fullForMs(caller: string): number {
    const own = [...this.#queues.values()].map(({ callers }) => callers.get(caller)?.length ?? 0);
    return Math.max(0, ...own) >= this.#limits.perCaller ? RETRY_AFTER_MS : 0;
  }

  /** How many requests wait, for all targets. */
  get waiting(): number {
    return [...this.#queues.values()].reduce((sum, { waiting }) => sum + waiting, 0);
  }

  #queueOf(target: string): TargetQueue {
    const queue = this.#queues.get(target) ?? {
      ...{ budget: undefined, throttledAt: 0, callers: new Map(), waiting: 0, isScheduled: false },
      sent: { second: 0, count: 0, before: 0 },
    };
    this.#queues.set(target, queue);
    return queue;
  }

  #isFull({ waiting, callers }: TargetQueue, caller: string): boolean {
    const own = callers.get(caller)?.length ?? 0;
    return waiting >= this.#limits.perTarget || own >= this.#limits.perCaller;
  }

  #countSent({ sent }: TargetQueue): void {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== sent.second) {
      sent.before = second === sent.second + 1 ? sent.count : 0;
      sent.second = second;
      sent.count = 0;
    }
    sent.count += 1;
  }

  /** Removes the next request, which belongs to the first caller, and moves that caller to the end. */
  #next(queue: TargetQueue): (() => void) | undefined {
    const [first] = queue.callers;
    if (!first) return undefined;
    const [caller, requests] = first;
    const send = requests.shift();
    queue.callers.delete(caller);
    if (requests.length > 0) queue.callers.set(caller, requests);
    queue.waiting -= 1;
    return send;
  }

  /** Sends the waiting requests one by one, at the target's pace. */
  #schedule(queue: TargetQueue): void {
    if (queue.isScheduled || queue.waiting === 0) return;
    queue.isScheduled = true;
    this.#clock.after(queue.budget?.reserve(this.#clock.now()) ?? 0, () => {
      queue.isScheduled = false;
      this.#countSent(queue);
      this.#next(queue)?.();
      this.#schedule(queue);
    });
  }
}
