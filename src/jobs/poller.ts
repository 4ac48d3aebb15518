/**
 * Polls jobs: each when it is due, as long as it or a list with it has a follower, and within the budget of its
 * region. A caller that needs an answer while a poll is under way shares that poll.
 */
import { type ServerError, toServerError } from '../errors.ts';
import { type Clock, delay, waitAtMost } from '../lib/timers.ts';
import { type CheckActivity, createActivityCheck } from './activity-check.ts';
import { createBudgets, type PollBudget } from './budget.ts';
import { DueTimes } from './due-times.ts';
import type { JobEntry } from './entries.ts';
import { Histories } from './histories.ts';
import type { LocatedJob, PolledJob } from './job.ts';
import type { WatcherSources } from './sources.ts';

/** What polling needs to know of the entries. */
export interface PollerDeps {
  readonly clock: Clock;
  readonly sources: WatcherSources;
  /** Whether the entry is still remembered. */
  readonly isKept: (entry: JobEntry) => boolean;
  /** Whether a list with the job has a follower. */
  readonly isListed: (entry: JobEntry) => boolean;
  /** Called when something may have changed that followers are notified of. */
  readonly onUpdate: (entry: JobEntry) => void;
}

/** How many times longer the delay is for a job that is followed only as part of a list. */
const LIST_SLACK = 4;
const LIST_FLOOR_MS = 15_000;
/** How long a reader waits for a newer or more complete answer where an older one can be shown. */
const PATIENCE_MS = 2_000;
/** How long a reader waits for CloudFormation's answer about a job that seems stalled. */
const CHECK_MS = 10_000;

export class Poller {
  readonly histories: Histories<LocatedJob>;
  readonly #deps: PollerDeps;
  readonly #clock: Clock;
  readonly #sources: WatcherSources;
  readonly #dueTimes: DueTimes;
  readonly #budgetOf: (region: string) => PollBudget = createBudgets();
  readonly #checkActivity: CheckActivity;

  constructor(deps: PollerDeps) {
    this.#deps = deps;
    this.#clock = deps.clock;
    this.#sources = deps.sources;
    this.#dueTimes = new DueTimes(deps.clock);
    this.#checkActivity = createActivityCheck(deps.sources);
    this.histories = new Histories(deps.sources.pastDurations, deps.clock.now);
  }

  /** How many polls are planned. */
  get planned(): number {
    return this.#dueTimes.size;
  }

  /** Plans the next poll if the job has followers, else cancels the planned one. */
  plan(entry: JobEntry): void {
    const { key, watched, followers, polling } = entry;
    if (polling) return;
    const isFollowed = followers.size > 0 || this.#deps.isListed(entry);
    if (watched.endNoticedAt !== undefined || !isFollowed || !this.#deps.isKept(entry)) {
      this.cancel(entry);
      return;
    }
    const dueAt = followers.size > 0 ? watched.nextPollAt() : watched.nextPollAt(LIST_SLACK, LIST_FLOOR_MS);
    this.#dueTimes.set(key, dueAt, () => {
      const now = this.#clock.now();
      const waitMs = this.#budgetOf(watched.ref.region).reserve(now);
      // The wait for the budget is planned as well, so that it is cancelled when the last follower leaves.
      if (waitMs > 0) this.#dueTimes.set(key, now + waitMs, () => void this.#start(entry, 0));
      else void this.#start(entry, 0);
    });
  }

  cancel({ key }: JobEntry): void {
    this.#dueTimes.delete(key);
  }

  /** Polls unless the last answer is fresh. If an older answer can be shown, waits only briefly. */
  async refresh(entry: JobEntry): Promise<void> {
    const { watched } = entry;
    if (watched.isFresh()) return;
    const reserve = () => this.#budgetOf(watched.ref.region).reserve(this.#clock.now());
    const polling = entry.polling ?? this.#start(entry, reserve());
    if (watched.isKnown && entry.pollAt - this.#clock.now() > PATIENCE_MS) return;
    await polling;
  }

  /** Reads what a report needs besides the job: how long such jobs take, and whether a silent job's stack still changes. */
  async complete(entry: JobEntry): Promise<void> {
    await waitAtMost(this.#clock, PATIENCE_MS, this.loadHistory(entry));
    await this.#checkSilence(entry);
  }

  /** Applies an answer of AWS. */
  apply(entry: JobEntry, polled: PolledJob, isLive: boolean): void {
    const { watched } = entry;
    if (watched.applyAnswer(polled, isLive)) this.histories.learn(watched.ref, polled.job);
    this.#deps.onUpdate(entry);
    this.plan(entry);
  }

  /** Reads how long such jobs took; undefined if that is known already. Never rejects. */
  loadHistory(entry: JobEntry): Promise<void> | undefined {
    const { watched } = entry;
    if (watched.operation === undefined) return undefined;
    return this.histories.load(watched.ref, watched.operation)?.then(() => {
      watched.replan();
      this.plan(entry);
    });
  }

  /** Polls after a wait. Never rejects: a failure is kept with the job. */
  #start(entry: JobEntry, waitMs: number): Promise<void> {
    const waitAndPoll = async () => {
      if (waitMs > 0) await delay(this.#clock, waitMs);
      await this.#poll(entry);
    };
    entry.pollAt = this.#clock.now() + waitMs;
    this.cancel(entry);
    entry.polling = waitAndPoll().finally(() => {
      entry.polling = undefined;
      this.plan(entry);
    });
    return entry.polling;
  }

  async #poll(entry: JobEntry): Promise<void> {
    const { watched, followers } = entry;
    const budget = this.#budgetOf(watched.ref.region);
    try {
      const polled = await this.#sources.poll(watched.ref);
      budget.succeeded(this.#clock.now());
      this.apply(entry, polled, true);
      await this.#checkSilence(entry);
      if (followers.size > 0) void this.loadHistory(entry);
    } catch (thrown) {
      const failure = toServerError(thrown);
      if (failure.code === 'throttled') budget.throttled(this.#clock.now());
      await this.#applyFailure(entry, failure);
    }
  }

  /** If a job seems stalled, reads the events of its stack before followers are notified. */
  async #checkSilence(entry: JobEntry): Promise<void> {
    const check = this.#checkActivity(entry.watched);
    if (!check) return;
    await waitAtMost(this.#clock, CHECK_MS, check);
    if (entry.watched.endNoticedAt === undefined) this.#deps.onUpdate(entry);
  }

  /** AWS forgets a job together with its environment: where the job is not found, the environment is looked up. */
  async #applyFailure(entry: JobEntry, failure: ServerError): Promise<void> {
    const { watched } = entry;
    let reason = failure;
    if (failure.code === 'not_found' && watched.isKnown) {
      try {
        if (watched.applyNotFound(await this.#sources.hasEnvironment(watched.ref))) {
          this.#deps.onUpdate(entry);
          return;
        }
      } catch (thrown) {
        reason = toServerError(thrown);
      }
    }
    watched.applyFailure(reason);
    if (watched.isKnown) this.#deps.onUpdate(entry);
  }
}
