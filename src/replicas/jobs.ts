/** One caller's jobs, as the replicas share them: what is known of each, and the polls. */
import type { PublishedJob, SharedJobs } from '../jobs/shared.ts';
import type { LocatedJob, Polled } from '../jobs/watched.ts';
import type { Bus } from './bus.ts';
import type { Connection, Tell } from './connection.ts';
import type { Envelopes } from './envelopes.ts';
import { openPolls } from './polls.ts';

/** Somebody for whom AWS is asked, as the server knows them; what that is, is the server's business. */
export type Identity = unknown;

/** Those for whom AWS is asked. */
export interface FleetCaller {
  /** Names them whatever their tokens allow. */
  readonly caller: string;
  /** Names them with the rights under which AWS is asked. */
  readonly key: string;
  /** Says who they are, for a replica that asks on their behalf. @throws RegisteredError where they may not ask now */
  identity(): Promise<Identity>;
}

/**
 * Gives what asks AWS on somebody's behalf, and throws RegisteredError; undefined where this replica does not find that
 * they may: their token has expired, or gives other rights here than those that the key names.
 */
export type PollFor = (identity: Identity, key: string) => ((ref: LocatedJob) => Promise<Polled>) | undefined;

/** What a replica that polls needs to know. */
interface PollRequest {
  readonly identity: Identity;
  readonly key: string;
  readonly ref: LocatedJob;
}

/** The jobs of all callers. */
export interface FleetJobs {
  /** @param self tells this application from the caller's others */
  of(caller: FleetCaller, self: string): SharedJobs;
  /** Polls for the others from now on. */
  begin(): void;
  close(): Promise<void>;
}

/** What they are made with. */
export interface FleetJobsOptions {
  readonly connection: Connection;
  readonly bus: Bus;
  readonly envelopes: Envelopes;
  readonly prefix: string;
  readonly pollFor: PollFor;
  readonly tell: Tell;
}

/** For how long a job is kept that nobody looks at. */
const KEPT_MS = 2 * 3_600_000;
/** For how long the answer to one replica is good for another, which meant to ask at the same time. */
const FRESH_MS = 500;
/** For how long a request to poll, or the answer to another, is good, though clocks differ. */
const SEALED_MS = 60_000;

const fieldOf = ({ target, appId, backendEnvironmentName, jobId }: LocatedJob) =>
  JSON.stringify([target ?? null, appId, backendEnvironmentName, jobId]);

/** Makes them. */
export function openJobs({ connection, bus, envelopes, prefix, pollFor, tell }: FleetJobsOptions): FleetJobs {
  const keyOf = (key: string) => `${prefix}:known:${key}`;
  const freshOf = (key: string, ref: LocatedJob) => `${prefix}:fresh:${key}:${fieldOf(ref)}`;

  function tellOthers(callerKey: string, from: string, told: PublishedJob): void {
    const key = keyOf(callerKey);
    const field = fieldOf(told.ref);
    const text = JSON.stringify({ ...told, isLive: false });
    const kept = envelopes.seal(['known', key, field], text, KEPT_MS);
    // Known first: whoever joins reads what is known, and then hears what is told.
    connection
      .ask(redis => redis.multi().hset(key, field, kept).pexpire(key, KEPT_MS).exec())
      .then(() => bus.publish(key, from, told))
      .catch(() => undefined);
  }

  /** What was answered just now, whoever asked. Without Redis it is asked once more, which does no harm. */
  async function readFresh(key: string): Promise<Polled | undefined> {
    const sealed = await connection.ask(redis => redis.get(key)).catch(() => undefined);
    const text = envelopes.open(['fresh', key], sealed);
    return text === undefined ? undefined : (JSON.parse(text) as Polled);
  }

  async function perform(id: string, sealed: string): Promise<Polled | undefined> {
    const text = envelopes.open(['poll', id], sealed);
    if (text === undefined) return undefined;
    const { identity, key, ref } = JSON.parse(text) as PollRequest;
    const poll = pollFor(identity, key);
    if (!poll) return undefined;
    const freshKey = freshOf(key, ref);
    const fresh = await readFresh(freshKey);
    if (fresh) return fresh;
    const polled = await poll(ref);
    const kept = envelopes.seal(['fresh', freshKey], JSON.stringify(polled), SEALED_MS);
    await connection.ask(redis => redis.set(freshKey, kept, 'PX', FRESH_MS)).catch(() => undefined);
    tellOthers(key, 'poll', { ref, polled, isLive: true });
    return polled;
  }
  const polls = openPolls({ connection, envelopes, prefix, perform, tell });

  async function known(callerKey: string): Promise<PublishedJob[]> {
    const key = keyOf(callerKey);
    const all = await connection.ask(redis => redis.hgetall(key));
    const entries = Object.entries(all).map(([field, sealed]) => ({
      field,
      text: envelopes.open(['known', key, field], sealed),
    }));
    // Too old, or nothing of ours.
    const useless = entries.filter(({ text }) => text === undefined).map(({ field }) => field);
    if (useless.length > 0) await connection.ask(redis => redis.hdel(key, ...useless));
    return entries.flatMap(({ text }) => (text === undefined ? [] : [JSON.parse(text) as PublishedJob]));
  }

  return {
    of: ({ caller, key, identity }, self) => ({
      caller,
      async poll(ref, ask) {
        const fromHere = async () => {
          const polled = await ask();
          tellOthers(key, self, { ref, polled, isLive: true });
          return polled;
        };
        const id = `${key};${fieldOf(ref)}`.replaceAll(':', ';');
        const request = async () => {
          const content: PollRequest = { identity: await identity(), key, ref };
          return envelopes.seal(['poll', id], JSON.stringify(content), SEALED_MS);
        };
        return polls.poll(id, request, fromHere);
      },
      publish: told => tellOthers(key, self, told),

      async follow(onTold) {
        let isReady = false;
        const early: PublishedJob[] = [];
        const release = bus.follow(keyOf(key), self, content => {
          const told = content as PublishedJob;
          if (isReady) onTold(told);
          else early.push(told);
        });
        // Where Redis is away there is nothing to know, and nobody to hear.
        const before = await known(key).catch(() => []);
        isReady = true;
        for (const told of [...before, ...early]) onTold(told);
        return release;
      },
    }),
    begin: polls.begin,
    close: polls.close,
  };
}
