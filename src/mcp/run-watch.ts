/** Watches one run of another application until it is over or no application has it. */
import type { Release } from '../jobs/report.ts';
import { cancelFact, ENDED, GOES_ON, type RunFacts, stateFact, stateIn } from './run-facts.ts';
import { isTaskOver, type TaskState } from './tasks.ts';

const POLL_MS = 5_000;

const underOtherRights: TaskState = {
  status: 'working',
  statusMessage:
    'It goes on under another access token of yours, whose rights differ from those of this one: ask with that token to see more.',
  pollIntervalMs: POLL_MS,
};

export class RunWatch {
  readonly #facts: RunFacts;
  readonly #runId: string;
  readonly #onState: (state: TaskState) => void;
  readonly #onLost: () => void;
  #follows: (Release | undefined)[] = [];
  #release: Release | undefined;
  #isReleased = false;
  /** Whether the run was last found under other rights. The follower is notified of that once. */
  #isUnderOtherRights = false;

  constructor(facts: RunFacts, runId: string, onState: (state: TaskState) => void, onLost: () => void) {
    this.#facts = facts;
    this.#runId = runId;
    this.#onState = onState;
    this.#onLost = onLost;
  }

  /** @param every runs a check again and again until it is released @returns whether an application has the run */
  async start(every: (check: () => void) => Release): Promise<boolean> {
    const { own, caller } = this.#facts;
    const name = stateFact(this.#runId);
    // A check that fails is repeated after the interval.
    const check = () => void this.#check().catch(() => undefined);
    this.#follows = [
      own?.follow(name, text => this.#apply(stateIn(text))),
      caller.follow(name, text => text === ENDED && check()),
      caller.follow(cancelFact(this.#runId), check),
    ];
    this.#release = every(check);
    try {
      const isThere = await this.#read();
      if (!isThere) this.#release();
      return isThere;
    } catch (thrown) {
      this.#release();
      throw thrown;
    }
  }

  /** Called when the watch is released. */
  unfollow(): void {
    this.#isReleased = true;
    for (const unfollow of this.#follows) unfollow?.();
  }

  #apply(state: TaskState): void {
    if (isTaskOver(state)) this.#release?.();
    this.#onState(state);
  }

  async #check(): Promise<void> {
    if (!this.#release || this.#isReleased || (await this.#read())) return;
    this.#release();
    this.#onLost();
  }

  /** Reads the state of the run. @returns whether an application has it */
  async #read(): Promise<boolean> {
    const { own, caller } = this.#facts;
    const name = stateFact(this.#runId);
    const text = (await caller.get(cancelFact(this.#runId))) ?? (await own?.get(name));
    if (text !== undefined) this.#apply(stateIn(text));
    else if ((await caller.get(name)) !== GOES_ON) return false;
    else if (!this.#isUnderOtherRights) this.#onState(underOtherRights);
    this.#isUnderOtherRights = text === undefined;
    return true;
  }
}
