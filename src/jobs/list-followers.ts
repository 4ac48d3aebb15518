/** The followers of lists of known jobs, who are called back when a job appears in their list or ends. */
import type { JobEntry } from './entries.ts';
import type { Release } from './report.ts';

interface Follower {
  /** The caller whose list it is. */
  readonly caller: string;
  readonly onChange: () => void;
}

export class ListFollowers {
  readonly #followers = new Set<Follower>();

  add(caller: string, onChange: () => void): Release {
    const follower = { caller, onChange };
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  /** Whether a list with this job has a follower. */
  has({ knownTo }: JobEntry): boolean {
    return [...this.#followers].some(({ caller }) => knownTo.has(caller));
  }

  /** Calls back the followers of every list that contains this job. */
  notifyOf({ knownTo }: JobEntry): void {
    for (const { caller, onChange } of [...this.#followers]) if (knownTo.has(caller)) onChange();
  }

  /** Calls back those who follow one caller's list. */
  notify(owner: string): void {
    for (const { caller, onChange } of [...this.#followers]) if (caller === owner) onChange();
  }

  clear(): void {
    this.#followers.clear();
  }
}
