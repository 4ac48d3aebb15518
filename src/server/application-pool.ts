/**
 * The applications of all callers: one for each caller with each set of rights. An application is kept while requests
 * use it and for some time after. Idle ones release what can be recreated, such as AWS clients. If there are too many, the
 * pool closes the one that was used longest ago.
 */

import { defaultLimits } from '../http/limits.ts';
import { monotonicNow } from '../lib/clock.ts';
import type { Application } from './application.ts';
import type { Rights } from './callers.ts';
import { Lease } from './lease.ts';

/** How many are kept, and for how long, in milliseconds. */
export interface ApplicationLimits {
  readonly most: number;
  /** How many idle applications may keep what can be recreated. */
  readonly mostUnreleased: number;
  readonly releaseAfterMs: number;
  /** Longer than a session may be idle, because a session ends with its application. */
  readonly closeAfterMs: number;
}

export const applicationLimits: ApplicationLimits = {
  ...{ most: 2_000, mostUnreleased: 200 },
  ...{ releaseAfterMs: 60_000, closeAfterMs: defaultLimits.sessionIdleMs + 60_000 },
};
const SWEEP_EVERY_MS = 30_000;

/** An application that one request uses. */
export interface ApplicationUse {
  readonly app: Application;
  /** The request is over. */
  release(): void;
  /** Calls back when the application is closed. @returns a function that unsubscribes */
  whenEnded(run: () => void): () => void;
}

/** Creates an application that may act as long as the lease is valid. */
export type MakeApp = (rights: Rights, lease: Lease) => Application;

interface Entry {
  readonly app: Application;
  readonly lease: Lease;
  readonly whenEnded: Set<() => void>;
  uses: number;
  idleSince: number;
}

/** The applications of a process. */
export class ApplicationPool {
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  /** Idle applications that have not released what can be recreated, in the order in which they became idle. */
  readonly #unreleased = new Set<Entry>();
  readonly #make: MakeApp;
  readonly #limits: ApplicationLimits;
  readonly #sweeper: NodeJS.Timeout;

  constructor(make: MakeApp, limits: ApplicationLimits = applicationLimits) {
    this.#make = make;
    this.#limits = limits;
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_EVERY_MS).unref();
  }

  get size(): number {
    return this.#entries.size;
  }

  get runningJobs(): number {
    return [...this.#entries.values()].reduce((sum, { app }) => sum + app.runningJobs, 0);
  }

  /** The application of these rights. @param until when the token of the request expires, in epoch milliseconds */
  use(rights: Rights, until: number): ApplicationUse {
    const entry = this.#entries.get(rights.key) ?? this.#create(rights, until);
    this.#entries.delete(rights.key);
    this.#entries.set(rights.key, entry);
    this.#unreleased.delete(entry);
    entry.lease.extend(until);
    entry.uses += 1;
    let isReleased = false;
    return {
      app: entry.app,
      release: () => {
        if (!isReleased) this.#release(entry);
        isReleased = true;
      },
      whenEnded(run) {
        entry.whenEnded.add(run);
        return () => void entry.whenEnded.delete(run);
      },
    };
  }

  /** Closes all applications. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await Promise.all([...this.#entries.keys()].map(key => this.#close(key)));
  }

  #create(rights: Rights, until: number): Entry {
    const lease = new Lease(until);
    const app = this.#make(rights, lease);
    for (const [key, { uses }] of this.#entries) {
      if (this.#entries.size < this.#limits.most) break;
      if (uses === 0) void this.#close(key);
    }
    return { app, lease, whenEnded: new Set(), uses: 0, idleSince: 0 };
  }

  #release(entry: Entry): void {
    entry.uses -= 1;
    entry.idleSince = monotonicNow();
    if (entry.uses > 0) return;
    this.#unreleased.add(entry);
    const [oldest] = this.#unreleased;
    if (oldest && this.#unreleased.size > this.#limits.mostUnreleased) this.#releaseIdle(oldest);
  }

  #releaseIdle(entry: Entry): void {
    this.#unreleased.delete(entry);
    entry.app.releaseIdle();
  }

  #sweep(): void {
    const { releaseAfterMs, closeAfterMs } = this.#limits;
    const isIdleFor = ({ uses, idleSince }: Entry, ms: number) =>
      uses === 0 && monotonicNow() - idleSince >= ms;
    for (const [key, entry] of this.#entries) {
      if (isIdleFor(entry, closeAfterMs)) void this.#close(key);
      // Repeated at each sweep: watched jobs and tasks may load things again without a request.
      else if (isIdleFor(entry, releaseAfterMs)) this.#releaseIdle(entry);
    }
  }

  async #close(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#unreleased.delete(entry);
    for (const run of [...entry.whenEnded]) run();
    entry.lease.end();
    await entry.app.close();
  }
}
