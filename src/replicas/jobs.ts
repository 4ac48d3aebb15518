/** The jobs of each caller, shared between the replicas: the latest facts of each job, and the polls. */
import type { LocatedJob, PolledJob } from '../jobs/job.ts';
import type { Release } from '../jobs/report.ts';
import type { PublishedJob, SharedJobs } from '../jobs/shared.ts';
import type { Bus } from './bus.ts';
import type { Connection, Log } from './connection.ts';
import type { Envelopes } from './envelopes.ts';
import { openPolls, type Polls } from './polls.ts';

/** A caller's identity in the server's own form, which this module passes on without reading it. */
export type Identity = unknown;

/** A caller on whose behalf AWS is asked. */
export interface ReplicaCaller {
  /** Names the caller, whatever the rights of the token. */
  readonly caller: string;
  /** Names the caller together with the rights under which AWS is asked. */
  readonly key: string;
  /** The identity, for a replica that asks on the caller's behalf. @throws ServerError if the caller may not ask now */
  identity(): Promise<Identity>;
}

/**
 * Finds the function that polls AWS on a caller's behalf (it throws ServerError). Undefined if this replica does not
 * allow that: the caller's token has expired, or gives other rights here than those that the key names.
 */
export type PollFor = (
  identity: Identity,
  key: string,
) => ((ref: LocatedJob) => Promise<PolledJob>) | undefined;

/** What a replica needs in order to poll for another one. */
interface PollRequest {
  readonly identity: Identity;
  readonly key: string;
  readonly ref: LocatedJob;
}

export interface ReplicaJobsDeps {
  readonly connection: Connection;
  readonly bus: Bus;
  readonly envelopes: Envelopes;
  readonly prefix: string;
  readonly pollFor: PollFor;
  readonly log: Log;
}

/** How long an unread and unfollowed job is kept. */
const KEPT_MS = 2 * 3_600_000;
/** How long one replica's answer also serves another replica that asks at about the same time. */
const FRESH_MS = 500;
/** How long a sealed request or answer is valid; longer than clocks differ. */
const SEALED_MS = 60_000;

const fieldOf = ({ target, appId, backendEnvironmentName, jobId }: LocatedJob) =>
  JSON.stringify([target ?? null, appId, backendEnvironmentName, jobId]);
const pollIdOf = (key: string, ref: LocatedJob) => `${key};${fieldOf(ref)}`.replaceAll(':', ';');

/** The jobs of all callers, on Redis. */
export class ReplicaJobs {
  readonly #deps: ReplicaJobsDeps;
  readonly #polls: Polls;

  constructor(deps: ReplicaJobsDeps) {
    const { connection, envelopes, prefix, log } = deps;
    this.#deps = deps;
    const perform = (id: string, sealed: string) => this.#perform(id, sealed);
    this.#polls = openPolls({ connection, envelopes, prefix, perform, log });
  }

  /** The jobs of one caller. @param self names this application among those of the caller */
  forCaller({ caller, key, identity }: ReplicaCaller, self: string): SharedJobs {
    return {
      caller,
      poll: (ref, ask) => this.#poll(key, self, ref, identity, ask),
      publish: published => this.#publish(key, self, published),
      follow: onJob => this.#follow(key, self, onJob),
    };
  }

  /** Polls on behalf of the other replicas from now on. */
  begin(): void {
    this.#polls.begin();
  }

  close(): Promise<void> {
    return this.#polls.close();
  }

  #keyOf(callerKey: string): string {
    return `${this.#deps.prefix}:known:${callerKey}`;
  }

  #publish(callerKey: string, from: string, published: PublishedJob): void {
    const { connection, envelopes, bus } = this.#deps;
    const key = this.#keyOf(callerKey);
    const field = fieldOf(published.ref);
    const text = JSON.stringify({ ...published, isLive: false });
    const kept = envelopes.seal(['known', key, field], text, KEPT_MS);
    // Stored before it is published: an application that joins reads what is stored, and then hears what is published.
    connection
      .ask(redis => redis.multi().hset(key, field, kept).pexpire(key, KEPT_MS).exec())
      .then(() => bus.publish(key, from, published))
      .catch(() => undefined);
  }

  #poll(
    key: string,
    self: string,
    ref: LocatedJob,
    identity: ReplicaCaller['identity'],
    ask: () => Promise<PolledJob>,
  ): Promise<PolledJob> {
    const askAndPublish = async () => {
      const polled = await ask();
      this.#publish(key, self, { ref, polled, isLive: true });
      return polled;
    };
    const id = pollIdOf(key, ref);
    const request = async () => {
      const content: PollRequest = { identity: await identity(), key, ref };
      return this.#deps.envelopes.seal(['poll', id], JSON.stringify(content), SEALED_MS);
    };
    return this.#polls.poll(id, request, askAndPublish);
  }

  /** Polls AWS for another replica; undefined if this replica may not ask on that caller's behalf. */
  async #perform(id: string, sealed: string): Promise<PolledJob | undefined> {
    const { connection, envelopes, prefix, pollFor } = this.#deps;
    const text = envelopes.open(['poll', id], sealed);
    if (text === undefined) return undefined;
    const { identity, key, ref } = JSON.parse(text) as PollRequest;
    const poll = pollFor(identity, key);
    if (!poll) return undefined;
    const freshKey = `${prefix}:fresh:${key}:${fieldOf(ref)}`;
    const fresh = await this.#readFresh(freshKey);
    if (fresh) return fresh;
    const polled = await poll(ref);
    const kept = envelopes.seal(['fresh', freshKey], JSON.stringify(polled), SEALED_MS);
    await connection.ask(redis => redis.set(freshKey, kept, 'PX', FRESH_MS)).catch(() => undefined);
    this.#publish(key, 'poll', { ref, polled, isLive: true });
    return polled;
  }

  /** The answer that another replica got just now. Without Redis, AWS is asked once more, which does no harm. */
  async #readFresh(key: string): Promise<PolledJob | undefined> {
    const { connection, envelopes } = this.#deps;
    const sealed = await connection.ask(redis => redis.get(key)).catch(() => undefined);
    const text = envelopes.open(['fresh', key], sealed);
    return text === undefined ? undefined : (JSON.parse(text) as PolledJob);
  }

  async #known(callerKey: string): Promise<PublishedJob[]> {
    const { connection, envelopes } = this.#deps;
    const key = this.#keyOf(callerKey);
    const all = await connection.ask(redis => redis.hgetall(key));
    const entries = Object.entries(all).map(([field, sealed]) => ({
      field,
      text: envelopes.open(['known', key, field], sealed),
    }));
    // These have expired, or were not sealed by this server.
    const invalid = entries.filter(({ text }) => text === undefined).map(({ field }) => field);
    if (invalid.length > 0) await connection.ask(redis => redis.hdel(key, ...invalid));
    return entries.flatMap(({ text }) => (text === undefined ? [] : [JSON.parse(text) as PublishedJob]));
  }

  async #follow(key: string, self: string, onJob: (job: PublishedJob) => void): Promise<Release> {
    let isReady = false;
    const early: PublishedJob[] = [];
    const release = this.#deps.bus.follow(this.#keyOf(key), self, content => {
      const published = content as PublishedJob;
      if (isReady) onJob(published);
      else early.push(published);
    });
    // While Redis is unavailable there is nothing to read; messages arrive again once it is back.
    const before = await this.#known(key).catch(() => []);
    isReady = true;
    for (const published of [...before, ...early]) onJob(published);
    return release;
  }
}
