/**
 * Shares the state of running workflows between the applications of a caller. The application that executes a run keeps
 * publishing its state: in full to the caller's applications with the same rights on other replicas; to the caller's other
 * applications only that it is running. Those applications repeat that state to their clients, and learn when no
 * application has the run any more.
 */
import type { Release } from '../jobs/report.ts';
import { cancelFact, ENDED, GOES_ON, type RunFacts, stateFact, stateIn } from './run-facts.ts';
import { RunWatch } from './run-watch.ts';
import { isTaskOver, TASK_LIFE_MS, type TaskState } from './tasks.ts';

/** Publishes the state of one run. */
export interface RunAnnouncement {
  /** The run has changed. */
  update(): void;
  /** This application does not have the run any more. */
  end(): void;
}

/** How long a published state is valid: without a newer one, its application may be dead. */
const STATE_LIFE_MS = 15_000;
const BEAT_MS = 5_000;

export class SharedRuns {
  readonly #facts: RunFacts;
  /** The functions that stop the timers. */
  readonly #releases = new Set<Release>();

  constructor(facts: RunFacts) {
    this.#facts = facts;
  }

  /** Publishes the state of a run of this application regularly, until the run or the announcement ends. */
  announce(runId: string, state: () => TaskState, onCancel: (state: TaskState) => void): RunAnnouncement {
    const { own, caller } = this.#facts;
    const name = stateFact(runId);
    const end = () => {
      caller.put(name, ENDED, STATE_LIFE_MS);
      release();
    };
    const update = () => {
      const now = state();
      own?.put(name, JSON.stringify(now), isTaskOver(now) ? TASK_LIFE_MS : STATE_LIFE_MS);
      if (isTaskOver(now)) end();
      else caller.put(name, GOES_ON, STATE_LIFE_MS);
    };
    const unfollow = caller.follow(cancelFact(runId), text => onCancel(stateIn(text)));
    const release = this.#every(update, unfollow);
    update();
    return { update, end };
  }

  /**
   * Reports the state of another application's run, the first time before it resolves.
   * @returns whether an application has the run @throws ServerError store_unavailable
   */
  async watch(runId: string, onState: (state: TaskState) => void, onLost: () => void): Promise<boolean> {
    const watch = new RunWatch(this.#facts, runId, onState, onLost);
    return watch.start(check => this.#every(check, () => watch.unfollow()));
  }

  /** Publishes to all of the caller's applications that a run was cancelled. */
  cancel(runId: string, state: TaskState): void {
    this.#facts.caller.put(cancelFact(runId), JSON.stringify(state), TASK_LIFE_MS);
  }

  /** Stops all timers. */
  close(): void {
    for (const release of [...this.#releases]) release();
  }

  /** Runs something every few seconds until it is released. */
  #every(run: () => void, onRelease: Release): Release {
    const timer = setInterval(run, BEAT_MS).unref();
    const release = () => {
      if (!this.#releases.delete(release)) return;
      clearInterval(timer);
      onRelease();
    };
    this.#releases.add(release);
    return release;
  }
}
