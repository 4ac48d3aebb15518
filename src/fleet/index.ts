/**
 * The replicas of a server, as one: what they share on Redis, so that whichever of them is asked answers as all
 * would. Each part does without while Redis is away, but for what must never happen twice.
 */
import { randomUUID } from 'node:crypto';
import type { SealerOptions } from '../execute/seal.ts';
import type { Shared } from '../execute/shared.ts';
import type { SharedSessions } from '../transports/http/shared-sessions.ts';
import { openBus } from './bus.ts';
import { type Connection, connect, type Tell } from './connection.ts';
import { createClaim, createFacts, createSharedClock } from './facts.ts';
import { type FleetJobsOptions, type Identity, openJobs } from './jobs.ts';
import { openLocks } from './locks.ts';
import { openSessions } from './sessions.ts';
import { openWrites } from './writes.ts';

export type { Identity } from './jobs.ts';

/** What a replica shares with the others. */
export interface Fleet {
  readonly redis: Connection['redis'];
  /** What an application of a caller shares with their others. */
  sharedFor(caller: string, identity: Identity): Shared;
  readonly sessions: SharedSessions;
  /** Takes part from now on. @param url where the others can reach this replica */
  begin(url: string): void;
  close(): Promise<void>;
}

/** What it needs. */
export interface FleetOptions {
  readonly url: string;
  readonly keys: SealerOptions['keys'];
  readonly poll: FleetJobsOptions['poll'];
  readonly tell: Tell;
}

/** All names in Redis begin with it. */
const PREFIX = 'amplify-backend-mcp';

/** Joins it. */
export async function openFleet({ url, keys, poll, tell }: FleetOptions): Promise<Fleet> {
  const connection = await connect(url, tell);
  // Unlike its keys, Redis's channels are the same in all its databases.
  const bus = openBus(connection, `${PREFIX}:bus:${connection.redis.options.db ?? 0}`);
  const jobs = openJobs({ connection, bus, prefix: PREFIX, keys, poll, tell });
  const factsFor = createFacts(connection, bus);
  const clock = createSharedClock(connection, `${PREFIX}:clock`);
  const writes = openWrites(connection, PREFIX, keys);
  const lock = openLocks(connection, PREFIX);
  const claim = createClaim(connection, `${PREFIX}:used:`);
  const sessions = openSessions(connection, bus, PREFIX, keys);
  return {
    redis: connection.redis,
    sharedFor(caller, identity) {
      const self = randomUUID();
      return {
        confirmations: { keys, claim, clock },
        jobs: jobs.of(caller, identity, self),
        facts: factsFor(`${PREFIX}:fact:${caller}:`, self),
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
