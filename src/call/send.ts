/**
 * One request to AWS, judged: sends an operation, and answers with AWS's members under the REST API's names
 * or throws what went wrong. A 200 that carries an error is a failure here, and so is one that says nothing;
 * a write whose answer was lost is looked for, and a job in the way is named.
 */

import { clockLeadOf, isWrite, type Send } from '../aws/client.ts';
import { createLooks, namedEnvironments, type ReadOutputs } from '../aws/evidence-reads.ts';
import { quote, toRegistered } from '../aws/failures.ts';
import { pause, type Wait } from '../aws/wait.ts';
import { ServerError, toServerError } from '../errors.ts';
import { monotonicNow } from '../lib/clock.ts';
import type { Operation } from '../operations/define.ts';
import { fromSdk, membersOf, toSdk } from '../operations/wire.ts';
import { secretsOf } from '../secrets/redaction.ts';
import { nameBlockingJob } from './pending-job.ts';
import { type Answered, sendReconciled } from './reconcile.ts';
import { createLedger, type OwnWrite, type WriteLedger } from './write-ledger.ts';

/** Sends checked arguments. @throws RegisteredError */
export type Request = (
  operation: Operation,
  args: Record<string, unknown>,
  signal?: AbortSignal,
) => Promise<Answered>;

/** What requests are made with. */
export interface RequestSettings {
  /** All writes of this process; a ledger of its own knows only of those that it sends. */
  readonly ledger?: WriteLedger;
  /** Reads outputs from an `AmplifyMetaConfig`. Without it, an import whose answer was lost ends as `outcome_unknown`. */
  readonly readOutputs?: ReadOutputs;
  /** Replaced by tests. */
  readonly wait?: Wait;
}

/** Throws where a 200 is no success. */
function judge(
  operation: Operation,
  { answer, requestId }: Answered,
  secrets: readonly string[],
  cause: unknown,
): void {
  const { error, ...rest } = answer;
  // A job's own record may carry an error of the job's; where no job is named, it is the call's.
  const isRecord = operation.answersJob && answer.jobId !== undefined;
  if (!isRecord && typeof error === 'string' && error !== '') {
    const message = `AWS answered 200, but the answer carries an error: ${operation.name} failed. ${quote(error, secrets)}`;
    throw new ServerError('service_reported_error', { message, requestId, cause });
  }
  const namesNoJob = operation.startsJob && answer.jobId === undefined && answer.status === undefined;
  // Only RemoveBackendConfig has nothing to say but an error.
  const mustSay = (membersOf(operation.sdkOutput) ?? []).some(({ wireName }) => wireName !== 'error');
  const saysNothing = isWrite(operation) && mustSay && Object.keys(rest).length === 0;
  if (namesNoJob || saysNothing) {
    const what = operation.startsJob
      ? 'named no job: it may have been started'
      : 'said nothing: it may be done';
    const message = `AWS answered 200 to ${operation.name}, but ${what} or not.`;
    throw new ServerError('outcome_unknown', { message, requestId });
  }
}

/** A write that starts no job can be taken for no other. */
const unrecorded: OwnWrite = {
  sending: async () => undefined,
  lost: async () => undefined,
  settled: async () => undefined,
  others: async () => ({ writes: [], isComplete: true }),
};

/** Makes requests over a sender. */
export function createRequest(send: Send, settings: RequestSettings = {}): Request {
  const { ledger = createLedger(), readOutputs = () => [], wait = pause } = settings;

  async function deliver(operation: Operation, args: Record<string, unknown>, signal?: AbortSignal) {
    const secrets = secretsOf(operation.sdkInput, args);
    let response: { readonly $metadata?: { readonly requestId?: string } };
    try {
      response = await send(operation, operation.createCommand(toSdk(operation.sdkInput, args)), signal);
    } catch (thrown) {
      throw toRegistered(thrown, operation, secrets);
    }
    const answered: Answered = {
      answer: fromSdk(operation.sdkOutput, response),
      requestId: response.$metadata?.requestId,
      aheadMs: clockLeadOf(response),
    };
    judge(operation, answered, secrets, { $metadata: response.$metadata });
    return answered;
  }

  async function sendWrite(operation: Operation, args: Record<string, unknown>, signal?: AbortSignal) {
    const { name, startsJob } = operation;
    const [environment] = namedEnvironments(args);
    const own = startsJob ? ledger.begin(String(args.appId), { operation: name, environment }) : unrecorded;
    const looks = createLooks(send, readOutputs, signal);
    try {
      const answered = await sendReconciled({
        ...{ operation, args, own, looks, now: monotonicNow, wait, signal },
        deliver: () => deliver(operation, args, signal),
      });
      const { jobId } = answered.answer;
      await own.settled(typeof jobId === 'string' ? jobId : undefined);
      return answered;
    } catch (thrown) {
      const failure = toServerError(thrown);
      const mayHaveArrived = failure.code === 'outcome_unknown' || failure.code === 'cancelled';
      await (mayHaveArrived ? own.lost() : own.settled());
      if (failure.code !== 'pending_job') throw failure;
      throw await nameBlockingJob(failure, args, looks, monotonicNow());
    }
  }

  return (operation, args, signal) =>
    isWrite(operation) ? sendWrite(operation, args, signal) : deliver(operation, args, signal);
}

/**
 * Reads a listing from its cursor on.
 * @param maxPages how many pages at most; what is left then is said
 * @returns the items in one answer, the cursor where more are left, and a note that says so
 */
export async function readPages(
  request: Request,
  operation: Operation,
  member: string,
  query: Record<string, unknown>,
  maxPages: number,
  signal?: AbortSignal,
): Promise<Answered & { notes: string[] }> {
  const items: unknown[] = [];
  let cursor = query.nextToken;
  let requestId: string | undefined;
  let pages = 0;
  do {
    const page = await request(operation, { ...query, nextToken: cursor }, signal);
    items.push(...((page.answer[member] as unknown[] | undefined) ?? []));
    cursor = page.answer.nextToken;
    requestId = page.requestId;
    pages++;
  } while (cursor !== undefined && pages < maxPages);
  if (cursor === undefined) return { answer: { [member]: items }, requestId, notes: [] };
  const goOn = `call again with this nextToken${maxPages > 1 ? '' : ', or with all: true'}`;
  return {
    answer: { [member]: items, nextToken: cursor },
    requestId,
    notes: [`More ${member} are left out after these ${items.length}: ${goOn}.`],
  };
}
