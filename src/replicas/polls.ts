/**
 * The fleet's polls, on BullMQ: whoever wants to know how a job stands puts the question in the queue, once for all
 * who ask at the same time; one replica asks AWS; and a replica that dies over it is replaced by another. While
 * Redis is away, each replica asks by itself.
 */
import { setTimeout } from 'node:timers/promises';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { type ErrorCode, ServerError } from '../errors.ts';
import type { Polled } from '../jobs/watched.ts';
import type { Connection, Tell } from './connection.ts';
import type { Envelopes } from './envelopes.ts';

/** The polls. */
export interface Polls {
  /** @param id names the job @param request what the replica that asks needs to know @param ask asks from here */
  poll(id: string, request: () => Promise<string>, ask: () => Promise<Polled>): Promise<Polled>;
  /** Polls for the others from now on. */
  begin(): void;
  close(): Promise<void>;
}

/** What came of a poll, as it travels. Nothing, where the replica that was asked does not ask AWS for this. */
type Result =
  | { readonly polled?: Polled | undefined; readonly failure?: undefined }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string; readonly hint: string } };

/** What they are made with. */
export interface PollsOptions {
  readonly connection: Connection;
  readonly envelopes: Envelopes;
  readonly prefix: string;
  /** Answers a request for a job by asking AWS; undefined where it may not be asked. @throws RegisteredError */
  readonly perform: (id: string, request: string) => Promise<Polled | undefined>;
  readonly tell: Tell;
}

/** A poll in the queue. */
interface PollData {
  /** Names the job that is asked for. */
  readonly id: string;
  readonly request: string;
}

const NAME = 'polls';
/** Longer than AWS takes to answer, and than it takes to notice that a replica is dead. */
const WAIT_MS = 60_000;
/** After this, a replica that says nothing is dead. */
const LOCK_MS = 10_000;
const KEPT_S = 60;
/** For how long an answer is good, though clocks differ: what a job was like before is no answer. */
const ANSWER_MS = 60_000;
const AT_ONCE = 50;
const CLOSE_MS = 1_000;

/** Opens them. */
export function openPolls({ connection, envelopes, prefix, perform, tell }: PollsOptions): Polls {
  let isTold = false;
  const kept = { age: KEPT_S };
  const queue = new Queue<PollData, string>(NAME, {
    connection: connection.open(),
    prefix,
    skipWaitingForReady: true,
    defaultJobOptions: { removeOnComplete: kept, removeOnFail: kept },
  });
  const events = new QueueEvents(NAME, { connection: connection.open(), prefix });
  async function resultOf({ id, request }: PollData): Promise<Result> {
    try {
      return { polled: await perform(id, request) };
    } catch (thrown) {
      if (!(thrown instanceof ServerError)) throw thrown;
      const { code, message, hint } = thrown;
      return { failure: { code, message, hint } };
    }
  }

  const worker = new Worker<PollData, string>(
    NAME,
    async ({ data }) =>
      envelopes.seal(['answer', String(data.id)], JSON.stringify(await resultOf(data)), ANSWER_MS),
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

  async function inQueue(id: string, request: string): Promise<Result | undefined> {
    const stop = new AbortController();
    try {
      const asked = async () => {
        const job = await queue.add(NAME, { id, request }, { deduplication: { id } });
        return job.waitUntilFinished(events, WAIT_MS);
      };
      const text = envelopes.open(
        ['answer', id],
        await Promise.race([asked(), connection.lost(stop.signal)]),
      );
      return text === undefined ? undefined : (JSON.parse(text) as Result);
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
      const sealed = await request();
      // Whatever keeps the fleet from asking, this replica can.
      const result = await inQueue(id, sealed).catch(thrown => tellFailure(thrown));
      if (result) isTold = false;
      if (result?.failure) {
        const { code, ...details } = result.failure;
        throw new ServerError(code, details);
      }
      return result?.polled ?? ask();
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
