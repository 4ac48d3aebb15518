/**
 * What the replicas of a server share on Redis, so that any of them answers as all would. While Redis is unavailable,
 * each part works without it, except what must never happen twice.
 */
import { randomUUID } from 'node:crypto';
import type { SharedState } from '../call/shared-state.ts';
import type { SharedSessions } from '../http/shared-sessions.ts';
import type { SealerOptions } from '../secrets/seal.ts';
import { openBus } from './bus.ts';
import { type Connection, connect, type Log } from './connection.ts';
import { createEnvelopes } from './envelopes.ts';
import { createClaim, createFacts, createSharedClock } from './facts.ts';
import { type ReplicaCaller, ReplicaJobs, type PollFor } from './jobs.ts';
import { openLocks } from './locks.ts';
import { ReplicaSessions } from './sessions.ts';
import { openWrites } from './writes.ts';

/** What a replica shares with the others. */
export interface Replicas {
  readonly redis: Connection['redis'];
  /** What an application of a caller shares with their others. */
  sharedFor(caller: ReplicaCaller): SharedState;
  readonly sessions: SharedSessions;
  /** Takes part from now on. @param url where the others can reach this replica */
  begin(url: string): void;
  close(): Promise<void>;
}

/** What it needs. */
export interface ReplicasOptions {
  readonly url: string;
  readonly keys: SealerOptions['keys'];
  readonly pollFor: PollFor;
  readonly log: Log;
}

/** All names in Redis begin with it. */
const PREFIX = 'amplify-backend-mcp';

export async function openReplicas({ url, keys, pollFor, log }: ReplicasOptions): Promise<Replicas> {
  const connection = await connect(url, log);
  const envelopes = createEnvelopes(keys);
  // Unlike its keys, Redis's channels are the same in all its databases.
  const bus = openBus(connection, envelopes, `${PREFIX}:bus:${connection.redis.options.db ?? 0}`);
  const jobs = new ReplicaJobs({ connection, bus, envelopes, prefix: PREFIX, pollFor, log });
  const factsFor = createFacts(connection, bus, envelopes);
  const clock = createSharedClock(connection, `${PREFIX}:clock`);
  const writes = openWrites(connection, PREFIX, keys);
  const lock = openLocks(connection, PREFIX);
  const claim = createClaim(connection, `${PREFIX}:used:`);
  const sessions = new ReplicaSessions(connection, bus, envelopes, PREFIX);
  return {
    redis: connection.redis,
    sharedFor(of) {
      const self = randomUUID();
      return {
        confirmations: { keys, claim, clock },
        jobs: jobs.of(of, self),
        facts: factsFor(`${PREFIX}:fact:${of.key}:`, self),
        callerFacts: factsFor(`${PREFIX}:fact:of:${of.caller}:`, self),
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
