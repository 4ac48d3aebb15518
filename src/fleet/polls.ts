/**
 * The fleet's polls, on BullMQ: whoever wants to know how a job stands puts the question in the queue, once for all
 * who ask at the same time; one replica asks AWS; and a replica that dies over it is replaced by another. While
 * Redis is away, each replica asks by itself.
 */
import { setTimeout } from 'node:timers/promises';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { type ErrorCode, RegisteredError } from '../errors.ts';
import type { Polled } from '../jobs/watched.ts';
import type { Connection, Tell } from './connection.ts';

/** The polls. */
export interface Polls {
  /** @param id names the job @param request what the replica that asks needs to know @param ask asks from here */
  poll(id: string, request: () => Promise<string>, ask: () => Promise<Polled>): Promise<Polled>;
  /** Polls for the others from now on. */
  begin(): void;
  close(): Promise<void>;
}

/** What came of a poll, as it travels. */
type Result =
  | { readonly polled: Polled }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string; readonly hint: string } };

const NAME = 'polls';
/** Longer than AWS takes to answer, and than it takes to notice that a replica is dead. */
const WAIT_MS = 60_000;
/** After this, a replica that says nothing is dead. */
const LOCK_MS = 10_000;
const KEPT_S = 60;
const AT_ONCE = 50;
const CLOSE_MS = 1_000;

/** Opens them. @param perform answers a request by asking AWS */
export function openPolls(
  connection: Connection,
  prefix: string,
  perform: (request: string) => Promise<Polled>,
  tell: Tell,
): Polls {
  let isTold = false;
  const kept = { age: KEPT_S };
  const queue = new Queue<string, Result>(NAME, {
    connection: connection.open(),
    prefix,
    skipWaitingForReady: true,
    defaultJobOptions: { removeOnComplete: kept, removeOnFail: kept },
  });
  const events = new QueueEvents(NAME, { connection: connection.open(), prefix });
  const worker = new Worker<string, Result>(
    NAME,
    async ({ data }) => {
      try {
        return { polled: await perform(data) };
      } catch (thrown) {
        if (!(thrown instanceof RegisteredError)) throw thrown;
        const { code, message, hint } = thrown;
        return { failure: { code, message, hint } };
      }
    },
    {
      ...{ connection: connection.open(), prefix, concurrency: AT_ONCE },
      ...{ lockDuration: LOCK_MS, stalledInterval: LOCK_MS / 2, autorun: false },
    },
  );
  // That Redis is away is told elsewhere, once.
  const ignore = () => undefined;
  queue.on('error', ignore);
  events.on('error', ignore);
  worker.on('error', ignore);

  async function inQueue(id: string, request: string): Promise<Result> {
    const stop = new AbortController();
    try {
      const asked = async () => {
        const job = await queue.add(NAME, request, { deduplication: { id } });
        return job.waitUntilFinished(events, WAIT_MS);
      };
      return await Promise.race([asked(), connection.lost(stop.signal)]);
    } finally {
      stop.abort();
    }
  }

  /** Once, until it works again: every poll would say so. */
  function tellFailure(thrown: unknown): undefined {
    if (connection.isUp && !isTold) tell('warn', `the fleet cannot poll (${(thrown as Error).name})`);
    isTold = true;
  }

  return {
    async poll(id, request, ask) {
      if (!connection.isUp) return ask();
      // Whatever keeps the fleet from asking, this replica can.
      const result = await inQueue(id, await request()).catch(thrown => tellFailure(thrown));
      if (!result) return ask();
      isTold = false;
      if ('polled' in result) return result.polled;
      const { code, ...details } = result.failure;
      throw new RegisteredError(code, details);
    },
    begin: () => void worker.run().catch(tellFailure),
    async close() {
      const closing = Promise.allSettled([worker.close(true), events.close(), queue.close()]);
      // Where Redis is away, they would wait for it.
      const stop = new AbortController();
      const enough = setTimeout(CLOSE_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      await Promise.race([closing, enough]);
      stop.abort();
    },
  };
}
