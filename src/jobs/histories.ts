/**
 * How long jobs took before, by app and operation: asked of AWS once an hour at most, and only for jobs that
 * somebody looks at. What is watched to its end is learned besides.
 */
import { type Expectation, expectFrom } from './expectation.ts';
import type { Job } from './job.ts';

/** Where a history belongs: other environments of an app have the same resources and take as long. */
interface Place {
  readonly target: string | undefined;
  readonly appId: string;
}

/** The histories of a process. */
export interface Histories<P extends Place> {
  /** What is known now, without asking. */
  get(place: P, operation: string): Expectation | undefined;
  /** Asks where nothing is known yet, else answers undefined; a failure leaves it unknown for a minute. */
  load(place: P, operation: string): Promise<void> | undefined;
  learn(place: P, job: Job): void;
}

interface History {
  durations: readonly number[];
  expectation: Expectation | undefined;
  goodUntil: number;
  loading: Promise<void> | undefined;
}

const GOOD_MS = 3_600_000;
const RETRY_MS = 60_000;
const MOST_SAMPLES = 25;
const MOST_HISTORIES = 2_000;

/** Makes them. @param ask durations of past jobs in milliseconds, newest first */
export function createHistories<P extends Place>(
  ask: (place: P, operation: string) => Promise<readonly number[]>,
  now: () => number,
): Histories<P> {
  const histories = new Map<string, History>();

  const keyOf = ({ target, appId }: Place, operation: string) => `${target ?? ''}/${appId}/${operation}`;

  function historyOf(place: Place, operation: string): History {
    const key = keyOf(place, operation);
    const existing = histories.get(key);
    if (existing) return existing;
    const [oldest] = histories.keys();
    if (histories.size >= MOST_HISTORIES && oldest !== undefined) histories.delete(oldest);
    const history: History = { durations: [], expectation: undefined, goodUntil: 0, loading: undefined };
    histories.set(key, history);
    return history;
  }

  function keep(history: History, durations: readonly number[]): void {
    history.durations = durations.slice(0, MOST_SAMPLES);
    history.expectation = expectFrom(history.durations);
  }

  async function fill(history: History, place: P, operation: string): Promise<void> {
    try {
      keep(history, await ask(place, operation));
      history.goodUntil = now() + GOOD_MS;
    } catch {
      // An expectation is a help, not a need: without one the job is watched all the same.
      history.goodUntil = now() + RETRY_MS;
    } finally {
      history.loading = undefined;
    }
  }

  return {
    get: (place, operation) => histories.get(keyOf(place, operation))?.expectation,

    load(place, operation) {
      const history = historyOf(place, operation);
      if (now() < history.goodUntil) return undefined;
      history.loading ??= fill(history, place, operation);
      return history.loading;
    },

    learn(place, { operation, createdAt, updatedAt, state }) {
      if (state !== 'succeeded' || !createdAt || !updatedAt) return;
      const history = historyOf(place, operation);
      keep(history, [Date.parse(updatedAt) - Date.parse(createdAt), ...history.durations]);
    },
  };
}
