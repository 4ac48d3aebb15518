/**
 * Workflows that go on, as replicas see each other's: the one that has a run says how it stands, for as long as
 * it is alive; another that is asked for it repeats that, and is told when nobody has it any more.
 */
import type { SharedFacts } from '../execute/shared.ts';
import type { Release } from '../jobs/report.ts';
import { isOver, TASK_LIFE_MS, type TaskState } from './tasks.ts';

/** What is done with the runs of other replicas. */
export interface SharedRuns {
  /** Says how a run of this replica stands, again and again until it is over. */
  own(runId: string, state: () => TaskState, onCancel: (state: TaskState) => void): Announcement;
  /**
   * Repeats how a run stands that another replica has, beginning with the answer.
   * @returns whether there is one @throws RegisteredError store_unavailable where nobody can tell
   */
  watch(runId: string, onState: (state: TaskState) => void, onLost: () => void): Promise<boolean>;
  /** Says that nobody waits for it any more. */
  cancel(runId: string, state: TaskState): void;
  /** Ends every timer. */
  close(): void;
}

/** Says how a run stands. */
export interface Announcement {
  /** It has changed. */
  say(): void;
}

/** For how long a word of a replica's is good: then it may be dead. */
const WORD_MS = 15_000;
const BEAT_MS = 5_000;

const nameOf = (runId: string) => `run ${runId}`;

/** Makes it. */
export function createSharedRuns(facts: SharedFacts): SharedRuns {
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

  const put = (runId: string, state: TaskState) =>
    facts.put(nameOf(runId), JSON.stringify(state), isOver(state) ? TASK_LIFE_MS : WORD_MS);

  return {
    own(runId, state, onCancel) {
      const say = () => {
        put(runId, state());
        if (isOver(state())) release();
      };
      const unfollow = facts.follow(nameOf(runId), text => onCancel(JSON.parse(text) as TaskState));
      const release = every(say, unfollow);
      say();
      return { say };
    },

    async watch(runId, onState, onLost) {
      let release: Release | undefined;
      const take = (text: string) => {
        const state = JSON.parse(text) as TaskState;
        if (isOver(state)) release?.();
        onState(state);
      };
      const look = async () => {
        const text = await facts.get(nameOf(runId));
        if (text !== undefined) take(text);
        return text !== undefined;
      };
      const unfollow = facts.follow(nameOf(runId), take);
      release = every(() => {
        const lookAgain = async () => {
          if ((await look()) || !release) return;
          release();
          onLost();
        };
        // Whoever cannot look now looks again at the next beat.
        lookAgain().catch(() => undefined);
      }, unfollow);
      try {
        const isThere = await look();
        if (!isThere) release();
        return isThere;
      } catch (thrown) {
        release();
        throw thrown;
      }
    },

    cancel: put,

    close() {
      for (const release of [...releases]) release();
    },
  };
}
