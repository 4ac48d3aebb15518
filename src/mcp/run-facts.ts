/** The facts that the applications of a caller share about running workflows. */
import type { SharedFacts } from '../call/shared-state.ts';
import type { TaskState } from './tasks.ts';

/** Where the states of runs are published. */
export interface RunFacts {
  /** Shared with applications that have the same rights; left out without replicas. */
  readonly own?: SharedFacts | undefined;
  /** Shared with all of the caller's applications. */
  readonly caller: SharedFacts;
}

/** The names under which the facts about a run are stored. */
export const stateFact = (runId: string) => `run ${runId}`;
export const cancelFact = (runId: string) => `cancel ${runId}`;

/** The only states of a run that the caller's applications with other rights can see. */
export const GOES_ON = 'goes on';
export const ENDED = 'ended';

export const stateIn = (text: string) => JSON.parse(text) as TaskState;
