/** The facts that the applications of a caller share about the workflows that go on. */
import type { SharedFacts } from '../call/shared-state.ts';
import type { TaskState } from './tasks.ts';

/** The stores in which runs are published. */
export interface RunFacts {
  /** Among applications with the same rights; left out without replicas. */
  readonly own?: SharedFacts | undefined;
  /** Among all of the caller's. */
  readonly caller: SharedFacts;
}

/** The names of the facts about a run. */
export const stateFact = (runId: string) => `run ${runId}`;
export const cancelFact = (runId: string) => `cancel ${runId}`;

/** The states that the caller's applications with other rights get. */
export const GOES_ON = 'goes on';
export const ENDED = 'ended';

export const stateIn = (text: string) => JSON.parse(text) as TaskState;
