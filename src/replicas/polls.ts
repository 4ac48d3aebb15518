/**
 * The polls of all replicas, on BullMQ. A replica that needs the state of a job puts a poll in the queue, which merges
 * polls of the same job. One replica asks AWS; if it dies meanwhile, another one asks. While Redis is unavailable,
 * replicas poll on their own.
 */
import { setTimeout } from 'node:timers/promises';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { type ErrorCode, ServerError } from '../errors.ts';
import type { PolledJob } from '../jobs/job.ts';
import type { Connection, Log } from './connection.ts';
import type { Envelopes } from './envelopes.ts';

export interface Polls {
  /** @param id names the job @param request what the polling replica needs @param ask asks AWS from this replica */
  poll(id: string, request: () => Promise<string>, ask: () => Promise<PolledJob>): Promise<PolledJob>;
  /** Starts polling on behalf of the other replicas. */
  begin(): void;
  close(): Promise<void>;
}

/** The result of a poll as it is sent between replicas. Empty if the polling replica may not ask AWS for this caller. */
type Result =
  | { readonly polled?: PolledJob | undefined; readonly failure?: undefined }
  | { readonly failure: { readonly code: ErrorCode; readonly message: string; readonly hint: string } };

export interface PollsOptions {
  readonly connection: Connection;
  readonly envelopes: Envelopes;
  readonly prefix: string;
  /** Polls AWS for a request; undefined if this replica may not ask for that caller. @throws ServerError */
  readonly perform: (id: string, request: string) => Promise<PolledJob | undefined>;
  readonly log: Log;
}

/** A poll in the queue. */
interface PollData {
  /** Names the job. */
  readonly id: string;
  readonly request: string;
}

const NAME = 'polls';
/** How long a replica waits for a poll: longer than AWS takes to answer, and than the queue takes to notice a dead replica. */
const WAIT_MS = 60_000;
/** After this, a replica that says nothing is dead. */
const LOCK_MS = 10_000;
const KEPT_S = 60;
/** How long an answer is valid, by clocks that may differ; an older state of the job must not be replayed. */
const ANSWER_MS = 60_000;
const AT_ONCE = 50;
const CLOSE_MS = 1_000;

/** The queue, its events and its worker, on connections of their own. */
function openQueue({ connection, envelopes, prefix, perform }: PollsOptions) {
  const kept = { age: KEPT_S };
  const queue = new Queue<PollData, string>(NAME, {
    connection: connection.open(),
    prefix,
    skipWaitingForReady: true,
    defaultJobOptions: { removeOnComplete: kept, removeOnFail: kept },
  });
  const events = new QueueEvents(NAME, { connection: connection.open(), prefix });
  const worker = new Worker<PollData, string>(
    NAME,
    async ({ data }) =>
      envelopes.seal(['answer', String(data.id)], JSON.stringify(await resultOf(data, perform)), ANSWER_MS),
    {
      ...{ connection: connection.open(), prefix, concurrency: AT_ONCE },
      ...{ lockDuration: LOCK_MS, stalledInterval: LOCK_MS / 2, autorun: false },
    },
  );
  // The connection logs, once, that Redis is unavailable.
  const ignore = () => undefined;
  queue.on('error', ignore);
  events.on('error', ignore);
  worker.on('error', ignore);
  return { queue, events, worker };
}

async function resultOf({ id, request }: PollData, perform: PollsOptions['perform']): Promise<Result> {
  try {
    return { polled: await perform(id, request) };
  } catch (thrown) {
    if (!(thrown instanceof ServerError)) throw thrown;
    const { code, message, hint } = thrown;
    return { failure: { code, message, hint } };
  }
}

export function openPolls(options: PollsOptions): Polls {
  const { connection, envelopes, log } = options;
  const { queue, events, worker } = openQueue(options);
  let isFailureLogged = false;

  async function pollInQueue(id: string, request: string): Promise<Result | undefined> {
    const stop = new AbortController();
    try {
      const answer = async () => {
        const job = await queue.add(NAME, { id, request }, { deduplication: { id } });
        return job.waitUntilFinished(events, WAIT_MS);
      };
      const sealed = await Promise.race([answer(), connection.lost(stop.signal)]);
      const text = envelopes.open(['answer', id], sealed);
      return text === undefined ? undefined : (JSON.parse(text) as Result);
    } finally {
      stop.abort();
    }
  }

  /** Logs the first failure of several in a row. */
  function logFailure(thrown: unknown): undefined {
    if (connection.isUp && !isFailureLogged)
      log('warn', `the replicas cannot share polls (${(thrown as Error).name})`);
    isFailureLogged = true;
  }

  return {
    async poll(id, request, ask) {
      if (!connection.isUp) return ask();
      const sealed = await request();
      // If the queue does not answer, for whatever reason, this replica asks AWS itself.
      const result = await pollInQueue(id, sealed).catch(logFailure);
      if (result) isFailureLogged = false;
      if (result?.failure) {
        const { code, ...details } = result.failure;
        throw new ServerError(code, details);
      }
      return result?.polled ?? ask();
    },
    begin: () => void worker.run().catch(logFailure),
    async close() {
      const closing = Promise.allSettled([worker.close(true), events.close(), queue.close()]);
      // Without Redis, closing would wait until Redis is back.
      const stop = new AbortController();
      const timeout = setTimeout(CLOSE_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      await Promise.race([closing, timeout]);
      stop.abort();
    },
  };
}
