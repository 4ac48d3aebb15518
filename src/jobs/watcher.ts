/**
 * The one watcher of a process: one poll per job, for all callers that read or follow it. They share what the last poll
 * showed. Jobs without followers and readers are not polled, nor are jobs that have ended.
 */
import type { Clock } from '../lib/timers.ts';
import { JobEntries, type JobEntry, type JobKey } from './entries.ts';
import type { LocatedJob, PolledJob } from './job.ts';
import { ListFollowers } from './list-followers.ts';
import { notifyFollowers } from './notify.ts';
import { Poller } from './poller.ts';
import type { JobChange, JobReport, Release } from './report.ts';
import type { WatcherSources } from './sources.ts';
import { REMEMBERED_MS } from './watched-job.ts';

/** Settings that tests replace. */
export interface WatcherSettings {
  readonly clock: Clock;
  readonly random?: () => number;
}

/** Where the facts on a job come from. */
export interface Observation {
  readonly caller: string;
  /**
   * Whether they come from a read of AWS that has just ended, and not from the answer that started the job, which has
   * no times.
   */
  readonly isLive: boolean;
}

/** The watcher of a process. References are checked before they get here. */
export class JobWatcher {
  readonly #clock: Clock;
  readonly #entries: JobEntries;
  readonly #lists = new ListFollowers();
  readonly #poller: Poller;

  constructor(sources: WatcherSources, { clock, random = Math.random }: WatcherSettings) {
    this.#clock = clock;
    this.#poller = new Poller({
      ...{ clock, sources },
      isKept: entry => this.#entries.has(entry),
      isListed: entry => this.#lists.has(entry),
      onUpdate: entry => notifyFollowers(entry, this.#lists),
    });
    const { histories } = this.#poller;
    this.#entries = new JobEntries(
      {
        ...{ now: clock.now, random, canCheckActivity: sources.lastActivity !== undefined },
        expectationOf: (ref, operation) => histories.get(ref, operation),
      },
      entry => this.#poller.cancel(entry),
    );
  }

  /** How many polls are planned. */
  get pending(): number {
    return this.#poller.planned;
  }

  /** Applies facts on a job that do not come from a poll. */
  observe(ref: LocatedJob, polled: PolledJob, { caller, isLive }: Observation): void {
    const entry = this.#entries.getOrCreate(ref);
    this.#poller.apply(entry, polled, isLive);
    this.#addToList(entry, caller);
  }

  has(job: JobKey): boolean {
    return this.#entries.find(job)?.watched.isKnown === true;
  }

  /** The last known report, without a poll; undefined for an unknown job. */
  peek(job: JobKey): JobReport | undefined {
    const watched = this.#entries.find(job)?.watched;
    return watched?.isKnown && !watched.lost ? watched.report() : undefined;
  }

  /** A fresh report, after a poll where the last one is too old. @throws ServerError */
  async read(ref: LocatedJob, caller: string): Promise<JobReport> {
    const entry = this.#entries.getOrCreate(ref);
    await this.#poller.refresh(entry);
    const { watched, followers } = entry;
    const { lost, failure, isKnown } = watched;
    if (lost) throw lost;
    if (failure && !(isKnown && failure.retryable)) {
      if (!isKnown && followers.size === 0) this.#entries.forget(entry);
      throw failure;
    }
    await this.#poller.complete(entry);
    this.#addToList(entry, caller);
    return watched.report();
  }

  /** Calls back at each change and at the end. For a job that has ended, calls back once. */
  follow(ref: LocatedJob, caller: string, onChange: (change: JobChange) => void): Release {
    const entry = this.#entries.getOrCreate(ref);
    const { watched, followers } = entry;
    if (watched.endNoticedAt !== undefined) {
      onChange(watched.lost ?? watched.report());
      return () => undefined;
    }
    const follower = { onChange };
    followers.add(follower);
    this.#addToList(entry, caller);
    void this.#poller.loadHistory(entry);
    this.#poller.plan(entry);
    return () => {
      if (followers.delete(follower)) this.#poller.plan(entry);
    };
  }

  /** The running and lately ended jobs that a caller has read, followed or started, newest first. */
  known(caller: string): JobReport[] {
    return this.#entries
      .all()
      .filter(entry => entry.knownTo.has(caller) && this.#isListable(entry))
      .map(({ watched }) => watched.report())
      .sort((a, b) => (b.job.createdAt ?? b.asOf).localeCompare(a.job.createdAt ?? a.asOf));
  }

  /** Calls back when a job appears in the list of `known`, or ends. */
  followKnown(caller: string, onChange: () => void): Release {
    const planAll = () => {
      for (const entry of this.#entries.all()) if (entry.knownTo.has(caller)) this.#poller.plan(entry);
    };
    const release = this.#lists.add(caller, onChange);
    planAll();
    return () => {
      release();
      planAll();
    };
  }

  /** Ends every timer and forgets all jobs. */
  close(): void {
    this.#lists.clear();
    for (const entry of this.#entries.all()) {
      entry.followers.clear();
      this.#entries.forget(entry);
    }
  }

  #isListable({ watched: { isKnown, lost, endedAt } }: JobEntry): boolean {
    return isKnown && !lost && (endedAt === undefined || this.#clock.now() - endedAt < REMEMBERED_MS);
  }

  #addToList(entry: JobEntry, caller: string): void {
    if (entry.knownTo.has(caller)) return;
    entry.knownTo.add(caller);
    if (!this.#isListable(entry)) return;
    this.#lists.notify(caller);
    this.#poller.plan(entry);
  }
}
