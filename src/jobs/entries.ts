/**
 * The jobs that a process remembers: those that somebody follows, as long as they do, and of the others the
 * latest, an ended one for an hour.
 */
import type { JobChange } from './report.ts';
import {
  createWatched,
  type LocatedJob,
  REMEMBERED_MS,
  type Watched,
  type WatchedJobDeps,
} from './watched.ts';

/** What tells one job from all others. */
export type JobPlace = Omit<LocatedJob, 'region'>;

/** A job, and who has to do with it. */
export interface Entry {
  readonly key: string;
  readonly watched: Watched;
  readonly metBy: Set<string>;
  readonly followers: Set<{ readonly onChange: (change: JobChange) => void }>;
  /** What followers were last told. */
  told: { readonly words: string; readonly progress: number } | undefined;
  /** The poll under way, its turn in the budget included. */
  asking: Promise<void> | undefined;
  /** When that turn comes. */
  turnAt: number;
}

/** The entries of a process. */
export interface Entries {
  /** The entry of a job, made where there is none. */
  enter(ref: LocatedJob): Entry;
  find(place: JobPlace): Entry | undefined;
  /** Whether it is still among them: a poll under way may outlast that. */
  keeps(entry: Entry): boolean;
  forget(entry: Entry): void;
  all(): Entry[];
}

/** What they are made with. */
export interface EntriesOptions {
  readonly surroundings: WatchedJobDeps;
  readonly onForget: (entry: Entry) => void;
}

const MAX_ENTRIES = 20_000;
/** How many old entries an arriving one looks through for room. */
const SWEEP = 50;

const keyOf = ({ target, appId, backendEnvironmentName, jobId }: JobPlace) =>
  [target ?? '', appId, backendEnvironmentName, jobId].join('/');

/** Makes them. */
export function createEntries({ surroundings, onForget }: EntriesOptions): Entries {
  const entries = new Map<string, Entry>();

  const isStale = ({ watched: { overAt } }: Entry) =>
    overAt !== undefined && surroundings.now() - overAt > REMEMBERED_MS;

  function forget(entry: Entry): void {
    entries.delete(entry.key);
    onForget(entry);
  }

  function makeRoom(): void {
    let looked = 0;
    for (const entry of entries.values()) {
      if (looked++ >= SWEEP) return;
      const isSpare = entries.size >= MAX_ENTRIES && entry.followers.size === 0;
      if (isStale(entry) || isSpare) forget(entry);
    }
  }

  return {
    enter(ref) {
      const key = keyOf(ref);
      const existing = entries.get(key);
      if (existing && !isStale(existing)) return existing;
      if (existing) forget(existing);
      makeRoom();
      const entry: Entry = {
        key,
        watched: createWatched(ref, surroundings),
        metBy: new Set(),
        followers: new Set(),
        told: undefined,
        asking: undefined,
        turnAt: 0,
      };
      entries.set(key, entry);
      return entry;
    },
    find: place => entries.get(keyOf(place)),
    keeps: entry => entries.get(entry.key) === entry,
    forget,
    all: () => [...entries.values()],
  };
}
