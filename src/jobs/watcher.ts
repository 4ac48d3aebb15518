/**
 * The one watcher of a process: one poll per job, whoever asks and however many. Readers, followers and waits
 * share what the last poll showed; between polls nothing is asked. A job that nobody follows and nobody reads
 * costs nothing, and neither does one that has ended.
 */
import { type ServerError, toServerError } from '../errors.ts';
import { atMost, type Clock, createAgenda, pause } from './agenda.ts';
import { createAudience } from './audience.ts';
import { createBudgets } from './budget.ts';
import { createEntries, type Entry, type JobPlace } from './entries.ts';
import { createHistories } from './histories.ts';
import { createListen } from './listening.ts';
import type { JobChange, JobReport, Release } from './report.ts';
import type { WatcherSources } from './sources.ts';
import { type LocatedJob, type Polled, REMEMBERED_MS } from './watched.ts';

/** What a test replaces. */
export interface WatcherSettings {
  readonly clock: Clock;
  readonly random?: () => number;
}

/** How a job became known. */
export interface Observation {
  /** Who met it. */
  readonly caller: string;
  /** Whether AWS was asked for it just now; the answer that starts a job says little of how it goes. */
  readonly isLive: boolean;
}

/** The watcher of a process. References are checked before they get here. */
export interface Watcher {
  /** Takes in what somebody learned of a job on another way. */
  observe(ref: LocatedJob, polled: Polled, meeting: Observation): void;
  has(ref: JobPlace): boolean;
  /** What is known now, without asking; undefined where that is nothing. */
  peek(ref: JobPlace): JobReport | undefined;
  /** A report that is fresh, after a poll where the last one is too old. @throws RegisteredError */
  read(ref: LocatedJob, caller: string): Promise<JobReport>;
  /** Calls back at each change worth telling, the last one always; a job that has ended is told once. */
  follow(ref: LocatedJob, caller: string, onChange: (change: JobChange) => void): Release;
  /** The running and lately ended jobs that a caller has met, newest first. */
  known(caller: string): JobReport[];
  /** Calls back when one of these appears or ends. */
  followKnown(caller: string, onChange: () => void): Release;
  /** How many jobs will be polled some time. */
  readonly pending: number;
  /** Ends every timer. */
  close(): void;
}

/** A list is no urgent matter: jobs that nobody follows by themselves are looked at this much more seldom. */
const LIST_SLACK = 4;
const LIST_FLOOR_MS = 15_000;
/** Steps of progress, in percent, that are worth telling. */
const PROGRESS_STEP = 10;
/** How long a reader who could be shown an answer waits for a newer or a fuller one. */
const PATIENCE_MS = 2_000;
/** How long anybody waits for what CloudFormation knows of a job that seems stalled. */
const LISTEN_MS = 10_000;

/** Makes the watcher. */
export function createWatcher(sources: WatcherSources, settings: WatcherSettings): Watcher {
  const { clock, random = Math.random } = settings;
  const agenda = createAgenda(clock);
  const budgetOf = createBudgets();
  const histories = createHistories(sources.pastDurations, clock.now);
  const audience = createAudience();
  const entries = createEntries({
    surroundings: {
      ...{ now: clock.now, random, expectationOf: histories.get },
      canListen: sources.lastActivity !== undefined,
    },
    onForget: ({ key }) => agenda.delete(key),
  });
  const listen = createListen(sources);

  /** Tells whoever follows, where there is something to tell; and everybody, where it was the last. */
  function tell(entry: Entry): void {
    const { watched, followers } = entry;
    if (watched.lost) {
      finish(entry, watched.lost);
      return;
    }
    const report = watched.report();
    const { state, status, error } = report.job;
    const words = JSON.stringify([state, status, error]);
    const progress = report.progress ?? 0;
    const { told } = entry;
    if (words === told?.words && progress - told.progress < PROGRESS_STEP) return;
    entry.told = { words, progress };
    if (watched.overAt !== undefined) finish(entry, report);
    // What is known first is where a follower starts from, and no change.
    else if (told) for (const { onChange } of [...followers]) onChange(report);
  }

  function finish(entry: Entry, last: JobChange): void {
    const followers = [...entry.followers];
    entry.followers.clear();
    agenda.delete(entry.key);
    for (const { onChange } of followers) onChange(last);
    audience.tell(entry);
  }

  /** Plans the next poll, where somebody cares. */
  function plan(entry: Entry): void {
    const { key, watched, followers, asking } = entry;
    if (asking) return;
    const isWanted = watched.overAt === undefined && (followers.size > 0 || audience.wants(entry));
    if (!isWanted || !entries.keeps(entry)) {
      agenda.delete(key);
      return;
    }
    const dueAt = followers.size > 0 ? watched.nextLookAt() : watched.nextLookAt(LIST_SLACK, LIST_FLOOR_MS);
    agenda.set(key, dueAt, () => {
      const turnMs = budgetOf(watched.ref.region).take(clock.now());
      // The turn waits on the agenda as well: who stops following meanwhile leaves nothing behind.
      if (turnMs > 0) agenda.set(key, clock.now() + turnMs, () => void ask(entry, 0));
      else void ask(entry, 0);
    });
  }

  /** Polls; whoever asks meanwhile shares it. Never rejects: what went wrong is kept with the job. */
  function ask(entry: Entry, turnMs: number): Promise<void> {
    const inTurn = async () => {
      if (turnMs > 0) await pause(clock, turnMs);
      await poll(entry);
    };
    entry.turnAt = clock.now() + turnMs;
    agenda.delete(entry.key);
    entry.asking = inTurn().finally(() => {
      entry.asking = undefined;
      plan(entry);
    });
    return entry.asking;
  }

  async function poll(entry: Entry): Promise<void> {
    const { watched } = entry;
    const budget = budgetOf(watched.ref.region);
    try {
      const polled = await sources.poll(watched.ref);
      budget.succeeded(clock.now());
      take(entry, polled, true);
      await hear(entry);
      if (entry.followers.size > 0) void learn(entry);
    } catch (thrown) {
      const failure = toServerError(thrown);
      if (failure.code === 'throttled') budget.throttled(clock.now());
      await miss(entry, failure);
    }
  }

  /** Where a job seems stalled, asks its stack before anybody is told so. */
  async function hear(entry: Entry): Promise<void> {
    const hearing = listen(entry.watched);
    if (!hearing) return;
    await atMost(clock, LISTEN_MS, hearing);
    if (entry.watched.overAt === undefined) tell(entry);
  }

  function take(entry: Entry, polled: Polled, isLive: boolean): void {
    const { watched } = entry;
    if (watched.take(polled, isLive)) histories.learn(watched.ref, polled.job);
    tell(entry);
    plan(entry);
  }

  /** Asks how long such jobs took, for somebody who watches one; undefined where that is known. */
  function learn(entry: Entry): Promise<void> | undefined {
    const { watched } = entry;
    if (watched.operation === undefined) return undefined;
    return histories.load(watched.ref, watched.operation)?.then(() => {
      watched.replan();
      plan(entry);
    });
  }

  /** A look that failed. AWS forgets a job together with its environment: then the environment is looked for. */
  async function miss(entry: Entry, failure: ServerError): Promise<void> {
    const { watched } = entry;
    let why = failure;
    if (failure.code === 'not_found' && watched.isSeen) {
      try {
        if (watched.vanish(await sources.hasEnvironment(watched.ref))) {
          tell(entry);
          return;
        }
      } catch (thrown) {
        why = toServerError(thrown);
      }
    }
    watched.miss(why);
    if (watched.isSeen) tell(entry);
  }

  const isKnown = ({ watched: { isSeen, lost, endedAt } }: Entry) =>
    isSeen && !lost && (endedAt === undefined || clock.now() - endedAt < REMEMBERED_MS);

  function meetBy(entry: Entry, caller: string): void {
    if (entry.metBy.has(caller)) return;
    entry.metBy.add(caller);
    if (!isKnown(entry)) return;
    audience.tellCaller(caller);
    plan(entry);
  }

  /** Asks, unless an answer that can be shown is worth more than waiting for the turn. */
  async function refresh(entry: Entry): Promise<void> {
    const { watched } = entry;
    if (watched.isFresh()) return;
    const asked = entry.asking ?? ask(entry, budgetOf(watched.ref.region).take(clock.now()));
    if (watched.isSeen && entry.turnAt - clock.now() > PATIENCE_MS) return;
    await asked;
  }

  return {
    observe(ref, polled, { caller, isLive }) {
      const entry = entries.enter(ref);
      take(entry, polled, isLive);
      meetBy(entry, caller);
    },

    has: ref => entries.find(ref)?.watched.isSeen === true,

    peek(ref) {
      const watched = entries.find(ref)?.watched;
      return watched?.isSeen && !watched.lost ? watched.report() : undefined;
    },

    async read(ref, caller) {
      const entry = entries.enter(ref);
      await refresh(entry);
      const { watched } = entry;
      const { lost, failure, isSeen } = watched;
      if (lost) throw lost;
      if (failure && !(isSeen && failure.retryable)) {
        if (!isSeen && entry.followers.size === 0) entries.forget(entry);
        throw failure;
      }
      await atMost(clock, PATIENCE_MS, learn(entry));
      await hear(entry);
      meetBy(entry, caller);
      return watched.report();
    },

    follow(ref, caller, onChange) {
      const entry = entries.enter(ref);
      const { watched, followers } = entry;
      if (watched.overAt !== undefined) {
        onChange(watched.lost ?? watched.report());
        return () => undefined;
      }
      const follower = { onChange };
      followers.add(follower);
      meetBy(entry, caller);
      void learn(entry);
      plan(entry);
      return () => {
        if (followers.delete(follower)) plan(entry);
      };
    },

    known: caller =>
      entries
        .all()
        .filter(entry => entry.metBy.has(caller) && isKnown(entry))
        .map(({ watched }) => watched.report())
        .sort((a, b) => (b.job.createdAt ?? b.asOf).localeCompare(a.job.createdAt ?? a.asOf)),

    followKnown(caller, onChange) {
      const planKnown = () => {
        for (const entry of entries.all()) if (entry.metBy.has(caller)) plan(entry);
      };
      const release = audience.add(caller, onChange);
      planKnown();
      return () => {
        release();
        planKnown();
      };
    },

    get pending() {
      return agenda.size;
    },

    close() {
      audience.clear();
      for (const entry of entries.all()) {
        entry.followers.clear();
        entries.forget(entry);
      }
    },
  };
}
