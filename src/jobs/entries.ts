/**
 * The jobs that a process remembers: followed jobs, the latest of the other jobs, and ended jobs for an hour.
 */
import type { LocatedJob } from './job.ts';
import type { JobChange } from './report.ts';
import { REMEMBERED_MS, WatchedJob, type WatchedJobDeps } from './watched-job.ts';

/** The identity of a job. */
export type JobKey = Omit<LocatedJob, 'region'>;

/** A job with its followers and polls. */
export interface JobEntry {
  readonly key: string;
  readonly watched: WatchedJob;
  /** The callers in whose lists the job is. */
  readonly knownTo: Set<string>;
  readonly followers: Set<{ readonly onChange: (change: JobChange) => void }>;
  /** The last state that the followers were notified of. */
  lastNotified: { readonly facts: string; readonly progress: number } | undefined;
  /** The poll under way, including its wait for the budget. */
  polling: Promise<void> | undefined;
  /** When this poll may be sent. */
  pollAt: number;
}

const MAX_ENTRIES = 20_000;
/** How many old entries are checked for removal when one is added. */
const SWEEP = 50;

const keyOf = ({ target, appId, backendEnvironmentName, jobId }: JobKey) =>
  [target ?? '', appId, backendEnvironmentName, jobId].join('/');

/** The entries of a process. */
export class JobEntries {
  readonly #entries = new Map<string, JobEntry>();
  readonly #deps: WatchedJobDeps;
  readonly #onForget: (entry: JobEntry) => void;

  constructor(deps: WatchedJobDeps, onForget: (entry: JobEntry) => void) {
    this.#deps = deps;
    this.#onForget = onForget;
  }

  /** The entry of a job, created where there is none. */
  getOrCreate(ref: LocatedJob): JobEntry {
    const key = keyOf(ref);
    const existing = this.#entries.get(key);
    if (existing && !this.#isStale(existing)) return existing;
    if (existing) this.forget(existing);
    this.#makeRoom();
    const entry: JobEntry = {
      ...{ key, watched: new WatchedJob(ref, this.#deps), knownTo: new Set(), followers: new Set() },
      ...{ lastNotified: undefined, polling: undefined, pollAt: 0 },
    };
    this.#entries.set(key, entry);
    return entry;
  }

  find(job: JobKey): JobEntry | undefined {
    return this.#entries.get(keyOf(job));
  }

  /** Whether an entry is still remembered, which may end during a poll. */
  has(entry: JobEntry): boolean {
    return this.#entries.get(entry.key) === entry;
  }

  forget(entry: JobEntry): void {
    this.#entries.delete(entry.key);
    this.#onForget(entry);
  }

  all(): JobEntry[] {
    return [...this.#entries.values()];
  }

  #isStale({ watched: { endNoticedAt } }: JobEntry): boolean {
    return endNoticedAt !== undefined && this.#deps.now() - endNoticedAt > REMEMBERED_MS;
  }

  #makeRoom(): void {
    let examined = 0;
    for (const entry of this.#entries.values()) {
      if (examined++ >= SWEEP) return;
      const isSpare = this.#entries.size >= MAX_ENTRIES && entry.followers.size === 0;
      if (this.#isStale(entry) || isSpare) this.forget(entry);
    }
  }
}
