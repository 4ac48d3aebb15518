/**
 * The applications of the callers: one for each caller with each set of rights, kept while it is in use and for a
 * while after. Those that nobody uses just now give back what can be made again; where there are too many, the one
 * goes that nobody has used for longest.
 */

import { defaultLimits } from '../http/limits.ts';
import { monotonicNow } from '../lib/clock.ts';
import type { Application } from './application.ts';
import type { Rights } from './callers.ts';
import { Lease } from './lease.ts';

/** How many are kept, and for how long, in milliseconds. */
export interface ApplicationLimits {
  readonly most: number;
  /** Of those in which nobody asks for anything, how many keep what can be made again. */
  readonly mostAwake: number;
  readonly restAfterMs: number;
  /** Longer than a session may be idle: it ends with its application. */
  readonly closeAfterMs: number;
}

export const applicationLimits: ApplicationLimits = {
  ...{ most: 2_000, mostAwake: 200 },
  ...{ restAfterMs: 60_000, closeAfterMs: defaultLimits.sessionIdleMs + 60_000 },
};
const SWEEP_EVERY_MS = 30_000;

/** An application in use by one request. */
export interface Used {
  readonly app: Application;
  /** The request is over. */
  release(): void;
  /** Calls back when the application ends. @returns what takes that back */
  whenEnded(run: () => void): () => void;
}

/** Makes an application that may act for as long as the lease says. */
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
  /** The one that was used last is the last. */
  readonly #entries = new Map<string, Entry>();
  /** Those that nobody uses just now and that have given nothing back yet, in the order in which they were left. */
  readonly #awake = new Set<Entry>();
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

  /** The application of these rights, for a request whose token ends at that time, in epoch milliseconds. */
  use(rights: Rights, until: number): Used {
    const entry = this.#entries.get(rights.key) ?? this.#create(rights, until);
    this.#entries.delete(rights.key);
    this.#entries.set(rights.key, entry);
    this.#awake.delete(entry);
    entry.lease.extend(until);
    entry.uses += 1;
    let isReleased = false;
    return {
      app: entry.app,
      release: () => {
        if (!isReleased) this.#leave(entry);
        isReleased = true;
      },
      whenEnded(run) {
        entry.whenEnded.add(run);
        return () => void entry.whenEnded.delete(run);
      },
    };
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await Promise.all([...this.#entries.keys()].map(key => this.#end(key)));
  }

  #create(rights: Rights, until: number): Entry {
    const lease = new Lease(until);
    const app = this.#make(rights, lease);
    for (const [key, { uses }] of this.#entries) {
      if (this.#entries.size < this.#limits.most) break;
      if (uses === 0) void this.#end(key);
    }
    return { app, lease, whenEnded: new Set(), uses: 0, idleSince: 0 };
  }

  #leave(entry: Entry): void {
    entry.uses -= 1;
    entry.idleSince = monotonicNow();
    if (entry.uses > 0) return;
    this.#awake.add(entry);
    const [oldest] = this.#awake;
    if (oldest && this.#awake.size > this.#limits.mostAwake) this.#rest(oldest);
  }

  #rest(entry: Entry): void {
    this.#awake.delete(entry);
    entry.app.rest();
  }

  #sweep(): void {
    const { restAfterMs, closeAfterMs } = this.#limits;
    const isIdleFor = ({ uses, idleSince }: Entry, ms: number) =>
      uses === 0 && monotonicNow() - idleSince >= ms;
    for (const [key, entry] of this.#entries) {
      if (isIdleFor(entry, closeAfterMs)) void this.#end(key);
      // Again and again: what goes on beside its requests makes some of it anew.
      else if (isIdleFor(entry, restAfterMs)) this.#rest(entry);
    }
  }

  async #end(key: string): Promise<void> {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#awake.delete(entry);
    for (const run of [...entry.whenEnded]) run();
    entry.lease.end();
    await entry.app.close();
  }
}
