/**
 * Sends operations to AWS and answers with AWS's members under the REST API's names. A 200 that carries an error is a
 * failure here, and so is an empty 200. A write whose answer is lost goes on to `reconcile`; a write that AWS refuses
 * because of a pending job fails with the name of that job.
 */

import { clockLeadOf, isWrite, type Send } from '../aws/client.ts';
import { createEvidenceReads, namedEnvironments, type ReadOutputs } from '../aws/evidence-reads.ts';
import { quoteAws, toAwsFailure } from '../aws/failures.ts';
import { abortableDelay, type Wait } from '../aws/wait.ts';
import { ServerError, toServerError } from '../errors.ts';
import { machineLead, monotonicNow } from '../lib/clock.ts';
import type { Operation } from '../operations/define.ts';
import { fromSdk, membersOf, toSdk } from '../operations/wire.ts';
import { secretsOf } from '../secrets/redaction.ts';
import { nameBlockingJob } from './pending-job.ts';
import { type AwsAnswer, reconcile } from './reconcile.ts';
import { createWriteLedger, type OwnWrite, type WriteLedger } from './write-ledger.ts';

/** Sends an operation with checked arguments. @throws ServerError */
export type SendOperation = (
  operation: Operation,
  args: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
) => Promise<AwsAnswer>;

/** What sending needs besides a connection to AWS. */
export interface SendSettings {
  /** All writes of this process. Without it, a new ledger holds only the writes that are sent here. */
  readonly ledger?: WriteLedger;
  /** Reads outputs from an `AmplifyMetaConfig`. Without it, an import whose answer is lost ends as `outcome_unknown`. */
  readonly readOutputs?: ReadOutputs;
  readonly wait?: Wait;
}

/** Checks that a 200 reports a success. @throws ServerError service_reported_error, outcome_unknown */
function checkAnswer(
  operation: Operation,
  { answer, requestId }: AwsAnswer,
  secrets: readonly string[],
  cause: unknown,
): void {
  const { error, ...rest } = answer;
  // In a job's own record, `error` is the job's. In an answer without a job it is the call's.
  const isRecord = operation.answersJob && answer.jobId !== undefined;
  if (!isRecord && typeof error === 'string' && error !== '') {
    const message = `AWS answered 200, but the answer carries an error: ${operation.name} failed. ${quoteAws(error, secrets)}`;
    throw new ServerError('service_reported_error', { message, requestId, cause });
  }
  const lacksJob = operation.startsJob && answer.jobId === undefined && answer.status === undefined;
  // RemoveBackendConfig answers with `error` alone, so its empty answer is a success.
  const mustAnswer = (membersOf(operation.sdkOutput) ?? []).some(({ wireName }) => wireName !== 'error');
  const isEmpty = isWrite(operation) && mustAnswer && Object.keys(rest).length === 0;
  if (lacksJob || isEmpty) {
    const what = operation.startsJob
      ? 'named no job: it may have been started'
      : 'said nothing: it may be done';
    const message = `AWS answered 200 to ${operation.name}, but ${what} or not.`;
    throw new ServerError('outcome_unknown', { message, requestId });
  }
}

/** The ledger entry of a write that starts no job: its effect cannot be confused with another write's. */
const unrecorded: OwnWrite = {
  sending: async () => undefined,
  lost: async () => undefined,
  settled: async () => undefined,
  others: async () => ({ writes: [], isComplete: true }),
};

/** Sends an operation once. @throws ServerError */
export async function sendOnce(
  send: Send,
  operation: Operation,
  args: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
): Promise<AwsAnswer> {
  const secrets = secretsOf(operation.sdkInput, args);
  let response: { readonly $metadata?: { readonly requestId?: string } };
  try {
    response = await send(operation, operation.createCommand(toSdk(operation.sdkInput, args)), signal);
  } catch (thrown) {
    throw toAwsFailure(thrown, operation, secrets);
  }
  const answered: AwsAnswer = {
    answer: fromSdk(operation.sdkOutput, response),
    requestId: response.$metadata?.requestId,
    aheadMs: clockLeadOf(response),
  };
  checkAnswer(operation, answered, secrets, { $metadata: response.$metadata });
  return answered;
}

/** Sends operations over a connection. A write whose answer is lost is reconciled. */
export function createSendOperation(send: Send, settings: SendSettings = {}): SendOperation {
  const { ledger = createWriteLedger(), readOutputs = () => [], wait = abortableDelay } = settings;

  return async function sendOperation(operation, args, signal) {
    if (!isWrite(operation)) return sendOnce(send, operation, args, signal);
    const [environment] = namedEnvironments(args);
    const own = operation.startsJob
      ? ledger.begin(String(args.appId), { operation: operation.name, environment })
      : unrecorded;
    const reads = createEvidenceReads(send, readOutputs, signal);
    const sentAt = monotonicNow();
    const leadThen = machineLead();
    const attempt = async () => {
      await own.sending();
      return sendOnce(send, operation, args, signal).catch(toServerError);
    };
    try {
      const first = await attempt();
      const answered =
        first instanceof ServerError
          ? await reconcile({ operation, args, own, reads, sentAt, leadThen, wait, signal, attempt }, first)
          : first;
      const { jobId } = answered.answer;
      await own.settled(typeof jobId === 'string' ? jobId : undefined);
      return answered;
    } catch (thrown) {
      const failure = toServerError(thrown);
      const mayHaveArrived = failure.code === 'outcome_unknown' || failure.code === 'cancelled';
      await (mayHaveArrived ? own.lost() : own.settled());
      if (failure.code !== 'pending_job') throw failure;
      throw await nameBlockingJob(failure, args, reads, monotonicNow());
    }
  };
}

/**
 * Reads a listing from its cursor on.
 * @param maxPages how many pages to read at most
 * @returns the items in one answer; where more are left, the cursor and a note that says so
 */
export async function readPages(
  sendOperation: SendOperation,
  operation: Operation,
  member: string,
  query: Readonly<Record<string, unknown>>,
  maxPages: number,
  signal?: AbortSignal,
): Promise<AwsAnswer & { notes: string[] }> {
  const items: unknown[] = [];
  let cursor = query.nextToken;
  let requestId: string | undefined;
  let aheadMs: number | undefined;
  let pages = 0;
  do {
    const page = await sendOperation(operation, { ...query, nextToken: cursor }, signal);
    items.push(...((page.answer[member] as unknown[] | undefined) ?? []));
    cursor = page.answer.nextToken;
    ({ requestId, aheadMs } = page);
    pages++;
  } while (cursor !== undefined && pages < maxPages);
  if (cursor === undefined) return { answer: { [member]: items }, requestId, aheadMs, notes: [] };
  const goOn = `call again with this nextToken${maxPages > 1 ? '' : ', or with all: true'}`;
  return {
    answer: { [member]: items, nextToken: cursor },
    ...{ requestId, aheadMs },
    notes: [`More ${member} are left out after these ${items.length}: ${goOn}.`],
  };
}
