/**
 * Workflows that go on, as others see them. The application that has a run says how it stands for as long as it is
 * alive: in full to the caller's applications with the same rights, on other replicas, and to the caller's other
 * applications no more than that it goes on. One that is asked for it repeats that, and learns when nobody has it.
 */
import type { SharedFacts } from '../call/shared-state.ts';
import type { Release } from '../jobs/report.ts';
import { isOver, TASK_LIFE_MS, type TaskState } from './tasks.ts';

/** Where it is told. */
export interface RunFacts {
  /** Among applications with the same rights; left out without replicas. */
  readonly own?: SharedFacts | undefined;
  /** Among all of the caller's. */
  readonly caller: SharedFacts;
}

/** What is done with the runs of other applications. */
export interface SharedRuns {
  /** Says how a run of this application stands, again and again until it is over or let go. */
  own(runId: string, state: () => TaskState, onCancel: (state: TaskState) => void): Announcement;
  /**
   * Repeats how a run stands that another application has, beginning with the answer.
   * @returns whether there is one @throws RegisteredError store_unavailable where nobody can tell
   */
  watch(runId: string, onState: (state: TaskState) => void, onLost: () => void): Promise<boolean>;
  /** Says that nobody waits for it any more, to all of the caller's. */
  cancel(runId: string, state: TaskState): void;
  /** Ends every timer. */
  close(): void;
}

/** Says how a run stands. */
export interface Announcement {
  /** It has changed. */
  say(): void;
  /** This application has it no more. */
  end(): void;
}

/** For how long a word is good: then whoever gave it may be dead. */
const WORD_MS = 15_000;
const BEAT_MS = 5_000;
const POLL_MS = 5_000;

const nameOf = (runId: string) => `run ${runId}`;
const cancelOf = (runId: string) => `cancel ${runId}`;

/** What the caller's applications with other rights are told. */
const GOES_ON = 'goes on';
const ENDED = 'ended';

const elsewhere: TaskState = {
  status: 'working',
  statusMessage:
    'It goes on under another access token of yours, whose rights differ from those of this one: ask with that token to see more.',
  pollIntervalMs: POLL_MS,
};

const stateIn = (text: string) => JSON.parse(text) as TaskState;

/** Makes it. */
export function createSharedRuns({ own, caller }: RunFacts): SharedRuns {
  const releases = new Set<Release>();

  /** Runs something every few seconds until it is released, once. */
  function every(run: () => void, alsoRelease: Release): Release {
    const timer = setInterval(run, BEAT_MS).unref();
    const release = () => {
      if (!releases.delete(release)) return;
      clearInterval(timer);
      alsoRelease();
    };
    releases.add(release);
    return release;
  }

  return {
    own(runId, state, onCancel) {
      const name = nameOf(runId);
      const end = () => {
        caller.put(name, ENDED, WORD_MS);
        release();
      };
      const say = () => {
        const now = state();
        own?.put(name, JSON.stringify(now), isOver(now) ? TASK_LIFE_MS : WORD_MS);
        if (isOver(now)) end();
        else caller.put(name, GOES_ON, WORD_MS);
      };
      const unfollow = caller.follow(cancelOf(runId), text => onCancel(stateIn(text)));
      const release = every(say, unfollow);
      say();
      return { say, end };
    },

    async watch(runId, onState, onLost) {
      const name = nameOf(runId);
      let release: Release | undefined;
      let isElsewhere = false;
      const take = (state: TaskState) => {
        if (isOver(state)) release?.();
        onState(state);
      };
      const look = async () => {
        const cancelled = await caller.get(cancelOf(runId));
        const text = cancelled ?? (await own?.get(name));
        if (text !== undefined) take(stateIn(text));
        else if ((await caller.get(name)) !== GOES_ON) return false;
        else if (!isElsewhere) onState(elsewhere);
        isElsewhere = text === undefined;
        return true;
      };
      /** At each beat, and when there is a word; whoever cannot look now looks again at the next beat. */
      const lookAgain = async () => {
        if (!release || !releases.has(release) || (await look())) return;
        release();
        onLost();
      };
      const heard = () => void lookAgain().catch(() => undefined);
      const follows = [
        own?.follow(name, text => take(stateIn(text))),
        caller.follow(name, word => word === ENDED && heard()),
        caller.follow(cancelOf(runId), heard),
      ];
      release = every(heard, () => {
        for (const unfollow of follows) unfollow?.();
      });
      try {
        const isThere = await look();
        if (!isThere) release();
        return isThere;
      } catch (thrown) {
        release();
        throw thrown;
      }
    },

    cancel(runId, state) {
      caller.put(cancelOf(runId), JSON.stringify(state), TASK_LIFE_MS);
    },

    close() {
      for (const release of [...releases]) release();
    },
  };
}
