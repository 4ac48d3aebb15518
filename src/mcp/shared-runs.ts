/**
 * Workflows that go on, as other applications see them. The application that has a run publishes how it stands for as
 * long as it is alive: in full to the caller's applications with the same rights, on other replicas, and to the caller's
 * other applications no more than that it goes on. An application that is asked for such a run repeats that, and learns
 * when no application has it any more.
 */
import type { Release } from '../jobs/report.ts';
import { cancelFact, ENDED, GOES_ON, type RunFacts, stateFact, stateIn } from './run-facts.ts';
import { RunWatch } from './run-watch.ts';
import { isTaskOver, TASK_LIFE_MS, type TaskState } from './tasks.ts';

/** Publishes how a run stands. */
export interface RunAnnouncement {
  /** The run has changed. */
  update(): void;
  /** This application does not have the run any more. */
  end(): void;
}

/** How long a published state is good for: after that its application may be dead. */
const STATE_LIFE_MS = 15_000;
const BEAT_MS = 5_000;

export class SharedRuns {
  readonly #facts: RunFacts;
  /** What ends each timer. */
  readonly #releases = new Set<Release>();

  constructor(facts: RunFacts) {
    this.#facts = facts;
  }

  /** Publishes how a run of this application stands, again and again until it is over or ended. */
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
   * Repeats how a run of another application stands, beginning before it answers.
   * @returns whether there is one @throws RegisteredError store_unavailable where that cannot be known
   */
  async watch(runId: string, onState: (state: TaskState) => void, onLost: () => void): Promise<boolean> {
    const watch = new RunWatch(this.#facts, runId, onState, onLost);
    return watch.start(check => this.#every(check, () => watch.unfollow()));
  }

  /** Publishes to all of the caller's applications that nobody waits for a run any more. */
  cancel(runId: string, state: TaskState): void {
    this.#facts.caller.put(cancelFact(runId), JSON.stringify(state), TASK_LIFE_MS);
  }

  /** Ends every timer. */
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
