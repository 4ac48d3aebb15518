/** One caller's jobs, as the replicas share them: what is known of each, and the polls. */
import { createSealer, type SealerOptions } from '../execute/seal.ts';
import type { SharedJobs, Told } from '../jobs/shared.ts';
import type { JobRef, Polled } from '../jobs/watched.ts';
import type { Bus } from './bus.ts';
import type { Connection, Tell } from './connection.ts';
import { openPolls } from './polls.ts';

/** Somebody for whom AWS is asked, as the server knows them; what that is, is the server's business. */
export type Identity = unknown;

/** What a replica that polls needs to know. */
interface PollRequest {
  readonly identity: Identity;
  readonly caller: string;
  readonly ref: JobRef;
}

/** The jobs of all callers. */
export interface FleetJobs {
  /** @param self tells this application from the caller's others */
  of(caller: string, identity: Identity, self: string): SharedJobs;
  /** Polls for the others from now on. */
  begin(): void;
  close(): Promise<void>;
}

/** What they are made with. */
export interface FleetJobsOptions {
  readonly connection: Connection;
  readonly bus: Bus;
  readonly prefix: string;
  readonly keys: SealerOptions['keys'];
  /** Asks AWS on somebody's behalf. @throws RegisteredError */
  readonly poll: (identity: Identity, ref: JobRef) => Promise<Polled>;
  readonly tell: Tell;
}

/** For how long a job is kept that nobody looks at. */
const KEPT_MS = 2 * 3_600_000;
/** For how long the answer to one replica is good for another, which meant to ask at the same time. */
const FRESH_MS = 500;
/** Claims of a token can be long. */
const MOST_LENGTH = 65_536;

const fieldOf = ({ target, appId, backendEnvironmentName, jobId }: JobRef) =>
  JSON.stringify([target ?? null, appId, backendEnvironmentName, jobId]);

/** Makes them. */
export function openJobs({ connection, bus, prefix, keys, poll, tell }: FleetJobsOptions): FleetJobs {
  // Whoever can write to Redis must not be able to act as somebody.
  const sealer = createSealer<PollRequest>({
    ...{ keys, purpose: 'poll', lifeMs: 10 * 60_000, maxLength: MOST_LENGTH },
  });
  const keyOf = (caller: string) => `${prefix}:known:${caller}`;
  const freshOf = (caller: string, ref: JobRef) => `${prefix}:fresh:${caller}:${fieldOf(ref)}`;

  function tellOthers(caller: string, from: string, told: Told): void {
    const key = keyOf(caller);
    const kept = JSON.stringify({ told: { ...told, isLive: false }, at: Date.now() });
    // Known first: whoever joins reads what is known, and then hears what is told.
    connection
      .ask(redis => redis.multi().hset(key, fieldOf(told.ref), kept).pexpire(key, KEPT_MS).exec())
      .then(() => bus.tell(key, from, told))
      .catch(() => undefined);
  }

  async function perform(sealed: string): Promise<Polled> {
    const opened = await sealer.open(sealed);
    if (!opened || opened.isExpired) throw new Error('a poll was asked for that no replica asked for');
    const { identity, caller, ref } = opened.content;
    const key = freshOf(caller, ref);
    // Without Redis it is asked once more, which does no harm.
    const fresh = await connection.ask(redis => redis.get(key)).catch(() => null);
    if (fresh !== null) return JSON.parse(fresh) as Polled;
    const polled = await poll(identity, ref);
    const text = JSON.stringify(polled);
    await connection.ask(redis => redis.set(key, text, 'PX', FRESH_MS)).catch(() => undefined);
    tellOthers(caller, 'poll', { ref, polled, isLive: true });
    return polled;
  }
  const polls = openPolls(connection, prefix, perform, tell);

  async function known(caller: string): Promise<Told[]> {
    const key = keyOf(caller);
    const all = await connection.ask(redis => redis.hgetall(key));
    const entries = Object.entries(all).map(([field, text]) => {
      const { told, at } = JSON.parse(text) as { told: Told; at: number };
      return { field, told, isOld: at + KEPT_MS < Date.now() };
    });
    const old = entries.filter(({ isOld }) => isOld).map(({ field }) => field);
    if (old.length > 0) await connection.ask(redis => redis.hdel(key, ...old));
    return entries.filter(({ isOld }) => !isOld).map(({ told }) => told);
  }

  return {
    of: (caller, identity, self) => ({
      caller,
      async poll(ref, ask) {
        const fromHere = async () => {
          const polled = await ask();
          tellOthers(caller, self, { ref, polled, isLive: true });
          return polled;
        };
        const id = `${caller};${fieldOf(ref)}`.replaceAll(':', ';');
        return polls.poll(id, () => sealer.seal({ identity, caller, ref }), fromHere);
      },
      tell: told => tellOthers(caller, self, told),

      async follow(onTold) {
        let isReady = false;
        const early: Told[] = [];
        const release = bus.follow(keyOf(caller), self, content => {
          const told = content as Told;
          if (isReady) onTold(told);
          else early.push(told);
        });
        // Where Redis is away there is nothing to know, and nobody to hear.
        const before = await known(caller).catch(() => []);
        isReady = true;
        for (const told of [...before, ...early]) onTold(told);
        return release;
      },
    }),
    begin: polls.begin,
    close: polls.close,
  };
}
