/**
 * The durations of past jobs, by app and operation. AWS is asked at most once an hour, and only for jobs that are read or
 * followed; a job that is watched to its end is added without asking.
 */
import { BoundedMap } from '../lib/bounded-map.ts';
import { type Expectation, expectationFrom } from './expectation.ts';
import type { Job } from './job.ts';

/** The key of a history. The environments of an app share one: they have the same resources and take equally long. */
interface HistoryKey {
  readonly target: string | undefined;
  readonly appId: string;
}

/** Reads durations of past jobs in milliseconds, newest first. */
type ReadDurations<Key> = (key: Key, operation: string) => Promise<readonly number[]>;

interface History {
  durations: readonly number[];
  expectation: Expectation | undefined;
  freshUntil: number;
  loading: Promise<void> | undefined;
}

const FRESH_MS = 3_600_000;
const RETRY_MS = 60_000;
const MOST_SAMPLES = 25;
const MOST_HISTORIES = 2_000;

const keyOf = ({ target, appId }: HistoryKey, operation: string) => `${target ?? ''}/${appId}/${operation}`;

function setDurations(history: History, durations: readonly number[]): void {
  history.durations = durations.slice(0, MOST_SAMPLES);
  history.expectation = expectationFrom(history.durations);
}

/** The histories of a process. */
export class Histories<Key extends HistoryKey> {
  readonly #histories = new BoundedMap<string, History>(MOST_HISTORIES);
  readonly #read: ReadDurations<Key>;
  readonly #now: () => number;

  constructor(read: ReadDurations<Key>, now: () => number) {
    this.#read = read;
    this.#now = now;
  }

  /** The known durations, without asking AWS. */
  get(key: Key, operation: string): Expectation | undefined {
    return this.#histories.get(keyOf(key, operation))?.expectation;
  }

  /** Reads the durations; undefined if fresh ones are known. After a failure, it does not read again for a minute. */
  load(key: Key, operation: string): Promise<void> | undefined {
    const history = this.#getOrCreate(key, operation);
    if (this.#now() < history.freshUntil) return undefined;
    history.loading ??= this.#fill(history, key, operation);
    return history.loading;
  }

  /** Adds a job that has ended. */
  learn(key: Key, { operation, createdAt, updatedAt, state }: Job): void {
    if (state !== 'succeeded' || !createdAt || !updatedAt) return;
    const history = this.#getOrCreate(key, operation);
    setDurations(history, [Date.parse(updatedAt) - Date.parse(createdAt), ...history.durations]);
  }

  #getOrCreate(key: Key, operation: string): History {
    return this.#histories.getOrCreate(keyOf(key, operation), () => ({
      ...{ durations: [], expectation: undefined, freshUntil: 0, loading: undefined },
    }));
  }

  async #fill(history: History, key: Key, operation: string): Promise<void> {
    try {
      setDurations(history, await this.#read(key, operation));
      history.freshUntil = this.#now() + FRESH_MS;
    } catch {
      // The job is watched without an expectation.
      history.freshUntil = this.#now() + RETRY_MS;
    } finally {
      history.loading = undefined;
    }
  }
}
