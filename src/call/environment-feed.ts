/**
 * Apps and environments as callers may read and follow them. A followed place is read anew now and then, once
 * for all who follow it, and soon after a job of it appears or ends; who follows is told only of what changed.
 */
import { toServerError } from '../errors.ts';
import { type Clock, createAgenda, systemClock } from '../jobs/agenda.ts';
import type { Release } from '../jobs/report.ts';
import { digestOf } from '../secrets/digest.ts';
import {
  type AppOrEnvironmentRef,
  type AppOrEnvironmentView,
  jobsAt,
  refUri,
  viewOf,
} from './environment-view.ts';
import type { Jobs } from './jobs.ts';
import type { Reader, ReadTool, ToolAnswer } from './read-across-targets.ts';

/** Reading and following apps and environments. Ids and policy are checked at every look at AWS. */
export interface EnvironmentFeed {
  /** What it is now. @throws RegisteredError */
  read(address: AppOrEnvironmentRef, reader: Reader): Promise<AppOrEnvironmentView>;
  /**
   * Calls back after each change, that the place is gone among them; none after the release.
   * @throws as `read`: what cannot be read cannot be followed
   */
  follow(address: AppOrEnvironmentRef, reader: Reader, onChange: () => void): Promise<Release>;
  /** How many places will be read some time. */
  readonly pending: number;
  /** Ends every following. */
  close(): void;
}

/** What places are made from. */
export interface EnvironmentFeedOptions {
  readonly readTool: ReadTool;
  readonly jobs: Pick<Jobs, 'known' | 'followKnown'>;
  readonly clock?: Clock;
}

/** Those who follow one place as one caller: they see the same of it. */
interface Group {
  readonly followers: Set<{ readonly onChange: () => void }>;
  readonly release: Release;
  /** Digest of what they were last told of. */
  told: string;
}

interface Entry {
  readonly key: string;
  readonly address: AppOrEnvironmentRef;
  readonly groups: Map<string, Group>;
  /** Digest of what AWS said last, or that it knows no such place. */
  answer: string;
  readAt: number;
  /** When a job there appeared or ended that was not looked after yet. */
  pressedAt: number | undefined;
  isReading: boolean;
}

const READ_EVERY_MS = 60_000;
/** Jobs come and go together, and AWS takes a moment to show what they did. */
const SOON_MS = 1_000;
const LEAST_APART_MS = 5_000;

const GONE = 'gone';

/** Makes them. */
export function createEnvironmentFeed({
  readTool,
  jobs,
  clock = systemClock,
}: EnvironmentFeedOptions): EnvironmentFeed {
  const agenda = createAgenda(clock);
  const entries = new Map<string, Entry>();
  /** First looks under way, by place and caller. */
  const openings = new Map<string, Promise<string>>();

  const ask = (address: AppOrEnvironmentRef, reader: Reader) => readTool('get_backend', address, reader);
  const known = (address: AppOrEnvironmentRef, caller: string) => jobsAt(address, jobs.known(caller));
  const digestOfAnswer = (address: AppOrEnvironmentRef, answer: ToolAnswer) =>
    digestOf(viewOf(address, answer, []));
  const seenBy = ({ address, answer }: Entry, caller: string) => digestOf([answer, known(address, caller)]);

  /** The first look of a caller, shared by all that it follows with at once. */
  function open(address: AppOrEnvironmentRef, caller: string): Promise<string> {
    const key = JSON.stringify([refUri(address), caller]);
    const look = async () => digestOfAnswer(address, await ask(address, { caller }));
    const opening = openings.get(key) ?? look().finally(() => openings.delete(key));
    openings.set(key, opening);
    return opening;
  }

  function createEntry(address: AppOrEnvironmentRef, answer: string): Entry {
    const key = refUri(address);
    const entry: Entry = {
      ...{ key, address, answer, groups: new Map() },
      ...{ readAt: clock.now(), pressedAt: undefined, isReading: false },
    };
    entries.set(key, entry);
    return entry;
  }

  function createGroup(entry: Entry, caller: string): Group {
    const release = jobs.followKnown(caller, () => notice(entry, caller));
    const group = { followers: new Set<{ onChange: () => void }>(), release, told: seenBy(entry, caller) };
    entry.groups.set(caller, group);
    return group;
  }

  /** Takes in what AWS said, and tells those for whom that is news. */
  function take(entry: Entry, answer: string): void {
    entry.answer = answer;
    entry.readAt = clock.now();
    for (const [caller, group] of [...entry.groups]) {
      const seen = seenBy(entry, caller);
      if (seen === group.told) continue;
      group.told = seen;
      for (const { onChange } of [...group.followers]) onChange();
    }
  }

  /** The known jobs changed: those of this place perhaps. */
  function notice(entry: Entry, caller: string): void {
    if (entry.pressedAt !== undefined || seenBy(entry, caller) === entry.groups.get(caller)?.told) return;
    entry.pressedAt = clock.now();
    plan(entry);
  }

  /** Plans the next look, where somebody still follows and none is under way. */
  function plan(entry: Entry): void {
    const { key, readAt, pressedAt, isReading } = entry;
    if (isReading || entries.get(key) !== entry) return;
    const dueAt =
      pressedAt === undefined
        ? readAt + READ_EVERY_MS
        : Math.max(pressedAt + SOON_MS, readAt + LEAST_APART_MS);
    agenda.set(key, dueAt, () => void look(entry));
  }

  async function look(entry: Entry): Promise<void> {
    const { address, groups } = entry;
    const [caller = ''] = groups.keys();
    entry.isReading = true;
    entry.pressedAt = undefined;
    try {
      take(entry, digestOfAnswer(address, await ask(address, { caller })));
    } catch (thrown) {
      entry.readAt = clock.now();
      // Any other failure says nothing of the place: what was told still stands, and is looked at again.
      if (toServerError(thrown).code === 'not_found') take(entry, GONE);
    } finally {
      entry.isReading = false;
      plan(entry);
    }
  }

  function leave(entry: Entry, caller: string): void {
    entry.groups.get(caller)?.release();
    entry.groups.delete(caller);
    if (entry.groups.size > 0) return;
    agenda.delete(entry.key);
    entries.delete(entry.key);
  }

  return {
    async read(address, reader) {
      const answered = await ask(address, reader);
      const entry = entries.get(refUri(address));
      if (entry) {
        take(entry, digestOfAnswer(address, answered));
        plan(entry);
      }
      return viewOf(address, answered, known(address, reader.caller));
    },

    async follow(address, { caller }, onChange) {
      const key = refUri(address);
      const before = entries.get(key);
      const held = before?.groups.has(caller) ? before.answer : GONE;
      const answer = held === GONE ? await open(address, caller) : held;
      const entry = entries.get(key) ?? createEntry(address, answer);
      if (answer !== entry.answer) take(entry, answer);
      const group = entry.groups.get(caller) ?? createGroup(entry, caller);
      const follower = { onChange };
      group.followers.add(follower);
      plan(entry);
      return () => {
        if (group.followers.delete(follower) && group.followers.size === 0) leave(entry, caller);
      };
    },

    get pending() {
      return agenda.size;
    },

    close() {
      for (const entry of [...entries.values()]) {
        for (const [caller, { followers }] of [...entry.groups]) {
          followers.clear();
          leave(entry, caller);
        }
      }
    },
  };
}
