/**
 * The state that the replicas of a server share through Redis, so that every replica gives the same answers. A replica is
 * one process of the server. While Redis is unavailable, each replica works on its own, except for what must never
 * happen twice (confirmations).
 */
import { randomUUID } from 'node:crypto';
import type { SharedState } from '../call/shared-state.ts';
import type { SharedSessions } from '../http/shared-sessions.ts';
import type { SealerOptions } from '../secrets/seal.ts';
import { openBus } from './bus.ts';
import { type Connection, connect, type Log } from './connection.ts';
import { createEnvelopes } from './envelopes.ts';
import { createClaim, createFacts, createFindUse, createSharedClock } from './facts.ts';
import { type PollFor, type ReplicaCaller, ReplicaJobs } from './jobs.ts';
import { openLocks } from './locks.ts';
import { ReplicaSessions } from './sessions.ts';
import { openWrites } from './writes.ts';

/** The connection of this replica to the others. */
export interface Replicas {
  readonly redis: Connection['redis'];
  /** The state that one application of a caller shares with the caller's other applications. */
  sharedFor(caller: ReplicaCaller): SharedState;
  readonly sessions: SharedSessions;
  /** Announces this replica and starts polling on behalf of the others. @param url where they can reach this replica */
  begin(url: string): void;
  close(): Promise<void>;
}

export interface ReplicasOptions {
  readonly url: string;
  readonly keys: SealerOptions['keys'];
  readonly pollFor: PollFor;
  readonly log: Log;
}

/** The prefix of all names in Redis. */
const PREFIX = 'amplify-backend-mcp';

export async function openReplicas({ url, keys, pollFor, log }: ReplicasOptions): Promise<Replicas> {
  const connection = await connect(url, log);
  const envelopes = createEnvelopes(keys);
  // All databases of a Redis share their channels (unlike their keys), so the channel names the database.
  const bus = openBus(connection, envelopes, `${PREFIX}:bus:${connection.redis.options.db ?? 0}`);
  const jobs = new ReplicaJobs({ connection, bus, envelopes, prefix: PREFIX, pollFor, log });
  const factsFor = createFacts(connection, bus, envelopes);
  const clock = createSharedClock(connection, `${PREFIX}:clock`);
  const writes = openWrites(connection, PREFIX, keys);
  const lock = openLocks(connection, PREFIX);
  const claim = createClaim(connection, `${PREFIX}:used:`);
  const findUse = createFindUse(connection, `${PREFIX}:used:`);
  const sessions = new ReplicaSessions(connection, bus, envelopes, PREFIX);
  return {
    redis: connection.redis,
    sharedFor(caller) {
      const self = randomUUID();
      return {
        confirmations: { keys, claim, findUse, clock },
        jobs: jobs.forCaller(caller, self),
        facts: factsFor(`${PREFIX}:fact:${caller.key}:`, self),
        callerFacts: factsFor(`${PREFIX}:fact:of:${caller.caller}:`, self),
        ...{ writes, lock },
      };
    },
    sessions,
    begin(at) {
      sessions.announce(at);
      jobs.begin();
    },
    async close() {
      await sessions.close();
      await jobs.close();
      await connection.close();
    },
  };
}
