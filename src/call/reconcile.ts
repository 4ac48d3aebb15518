/**
 * Finds out what became of a write whose answer was lost. No operation of this API is idempotent, so the write is not
 * simply sent again. Its effect is looked for several times, since it may appear late:
 * - found: the write was done, and what AWS shows of it is the answer;
 * - certainly absent: the write is sent once more;
 * - unclear: the error says what was read and what to read next.
 * Once a first send may have arrived, a refusal of a second send does not mean that nothing was done.
 */

import {
  type EvidenceReads,
  jobFacts,
  type ListedJob,
  namedEnvironments,
  quoteJobId,
} from '../aws/evidence-reads.ts';
import { countAttempts, GatewayGaveUp } from '../aws/failures.ts';
import type { Wait } from '../aws/wait.ts';
import { type ErrorCode, errorRegistry, ServerError, toServerError } from '../errors.ts';
import { quoteName } from '../lib/quote.ts';
import type { Evidence } from '../operations/define.ts';
import { checkEvidence, type EvidenceResult, type LostWrite } from './evidence.ts';
import type { OwnWrite } from './write-ledger.ts';

/** AWS's answer, with its secrets. */
export interface AwsAnswer {
  readonly answer: Record<string, unknown>;
  readonly requestId: string | undefined;
  /** How far AWS's clock is ahead of ours, in milliseconds; undefined where its answer has no time. */
  readonly aheadMs?: number | undefined;
  /** Facts for the reader: how a lost answer was replaced. */
  readonly notes?: readonly string[];
}

/** A write of unknown outcome, with the job that it may have started. */
export class OutcomeUnknown extends ServerError {
  /** The job under the REST API's names, where one was found. */
  readonly found: Readonly<Record<string, unknown>> | undefined;

  constructor(
    details: { readonly message: string; readonly hint: string; readonly requestId?: string | undefined },
    found?: Readonly<Record<string, unknown>>,
  ) {
    super('outcome_unknown', details);
    this.found = found;
  }
}

/** A write that was sent once, with what is needed to find out its outcome. */
export interface SentWrite extends Omit<LostWrite, 'others'> {
  /** Sends the write again. `outcome_unknown` means that the answer was lost. */
  readonly attempt: () => Promise<AwsAnswer | ServerError>;
  /** The write's entry in the ledger of this process. */
  readonly own: OwnWrite;
  readonly reads: EvidenceReads;
  readonly wait: Wait;
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds before each check; their sum is well below what clients wait for a call. */
const CHECK_DELAYS_MS = [0, 1_000, 2_000, 4_000];

/** What each kind of evidence reads, and the tool by which the caller can read it too. */
const evidenceTexts: Record<Evidence, (write: Pick<LostWrite, 'args'>) => { what: string; how: string }> = {
  job: ({ args }) => ({
    what: `the jobs of ${
      namedEnvironments(args)
        .map(name => quoteName(name))
        .join(' and ') || "each of the app's environments"
    }`,
    how: 'list_backend_jobs for a job of this operation',
  }),
  environmentThere: ({ args }) => ({
    what: `environment ${namedEnvironments(args).map(name => quoteName(name))[0]}`,
    how: 'get_backend for the environment',
  }),
  environmentGone: ({ args }) => ({
    what: namedEnvironments(args)[0]
      ? `environment ${namedEnvironments(args).map(name => quoteName(name))[0]}`
      : "the app's environments",
    how: 'get_backend for what is left',
  }),
  jobRecord: () => ({ what: "the job's record", how: 'get_backend_job for the record' }),
  tokenGone: () => ({ what: 'the token', how: 'get_token for the token' }),
};

const notYetFound: Extract<EvidenceResult, { is: 'unclear' }> = {
  is: 'unclear',
  why: 'nothing was found yet; it was not sent again, since it may show in a minute or more',
};
const nothingChecked: Extract<EvidenceResult, { is: 'unclear' }> = {
  is: 'unclear',
  why: 'nothing was checked',
};

/** Checks until the write shows. @returns what the last check found @throws ServerError cancelled */
async function checkRepeatedly(
  write: LostWrite,
  { reads, wait, signal }: Pick<SentWrite, 'reads' | 'wait' | 'signal'>,
): Promise<EvidenceResult> {
  let result: EvidenceResult = nothingChecked;
  for (const delay of CHECK_DELAYS_MS) {
    if (delay > 0) await wait(delay, signal);
    if (signal?.aborted) throw new ServerError('cancelled');
    try {
      result = await checkEvidence(reads, write);
    } catch (thrown) {
      const failure = toServerError(thrown);
      if (failure.code === 'cancelled') throw failure;
      // A job that an earlier check found is still worth naming.
      if (result.is !== 'unclear' || !result.job)
        result = { is: 'unclear', why: `the read failed (${failure.code})` };
      // A missing permission or expired credentials will fail the next check too.
      if (!failure.retryable) return result;
    }
    if (result.is === 'done') return result;
  }
  return result;
}

/**
 * AWS's words in a refusal. The message of the failure says that nothing was done, which is true of the second send
 * only.
 */
function refusalOf({ code, message }: ServerError): string {
  const ours = errorRegistry[code].message;
  const words = message.startsWith(ours) ? message.slice(ours.length).trim() : '';
  return `(${code})${words && ` ${words}`}`;
}

/** Refusals that AWS may give because an earlier send of the same write arrived. */
const refusalsByEarlierSend: readonly ErrorCode[] = [
  'bad_request',
  'not_found',
  'pending_job',
  'service_reported_error',
];

/** Whether a write was refused after sends that AWS answered with throttling: one of these may have been done. */
const isRefusedAfterThrottling = (failure: ServerError) =>
  refusalsByEarlierSend.includes(failure.code) && countAttempts(failure) > 1;

/** What became of the lost send and of the send after it. */
function sendsText(lost: ServerError, again: ServerError | undefined): string {
  if (lost.code !== 'outcome_unknown')
    return `It was sent ${countAttempts(lost)} times: AWS answered with throttling first, and then refused it ${refusalOf(lost)}. The refusal does not say whether an earlier send was done.`;
  if (!again) return lost.message;
  if (again.code === 'outcome_unknown') return `${again.message} It was sent 2 times, and no answer came.`;
  return `${lost.message} It was sent again, once, and refused ${refusalOf(again)}. The refusal does not say whether the first send was done.`;
}

/** What the caller can read to find out: the job that was found, or the evidence that a job or the settings give. */
function checkHint({ operation, args }: Pick<SentWrite, 'operation' | 'args'>, job?: ListedJob): string {
  const { evidence = [], configures } = operation;
  const checks = [
    ...evidence.filter(one => one !== 'job' || !job).map(one => evidenceTexts[one]({ args }).how),
    ...(configures === undefined ? [] : [`compare get_backend_${configures} with what you sent`]),
  ];
  const wait = job ? [`wait for job ${quoteJobId(job.JobId)} with wait_for_job`] : [];
  return `Do not send it again yet. Check first: ${[...wait, ...checks].join(', then ')}.`;
}

/** The error for a write that may have been done or not. */
function outcomeUnknown(
  { operation, args }: SentWrite,
  result: EvidenceResult,
  lost: ServerError,
  again?: ServerError,
): OutcomeUnknown {
  const { name, evidence = [] } = operation;
  const requestId = again?.requestId ?? lost.requestId;
  if (evidence.length === 0)
    return new OutcomeUnknown({
      message: `${sendsText(lost, again)} This API does not show whether ${name} was done${lost.code === 'outcome_unknown' ? '; it was sent once' : ''}.`,
      hint: 'Do not send it again unasked. Tell the person, who can look at the app in the Amplify console, and let them decide.',
      requestId,
    });
  const places = evidence.map(one => evidenceTexts[one]({ args }));
  const why = result.is === 'unclear' ? result.why : 'nothing was found';
  const job = result.is === 'unclear' ? result.job : undefined;
  return new OutcomeUnknown(
    {
      message: `${sendsText(lost, again)} Checked ${places.map(({ what }) => what).join(', then ')}: ${why}.`,
      hint: checkHint({ operation, args }, job),
      requestId,
    },
    job && jobFacts(job),
  );
}

/**
 * Finds out what became of a write whose first send failed.
 * @returns the answer to a second send, or what AWS shows of the first one; a note says which
 * @throws ServerError the failure itself where it says that nothing was done; `outcome_unknown` where no evidence decides
 */
export async function reconcile(write: SentWrite, lost: ServerError): Promise<AwsAnswer> {
  const { attempt, own, wait, signal, operation } = write;
  if (lost.code !== 'outcome_unknown' && !isRefusedAfterThrottling(lost)) throw lost;
  await own.lost();
  if (operation.evidence?.length === 0) throw outcomeUnknown(write, nothingChecked, lost);

  const lostWrite = { ...write, others: () => own.others(wait, signal) };
  const first = await checkRepeatedly(lostWrite, write);
  if (lost.code !== 'outcome_unknown') return afterRefusal(write, first, lost);
  if (first.is === 'done') return foundAnswer(first, lost);
  if (first.is === 'unclear') throw outcomeUnknown(write, first, lost);
  // After a 504 of a gateway, the work goes on and its effect may appear after the last check. A second send would
  // repeat it.
  if (lost instanceof GatewayGaveUp) throw outcomeUnknown(write, notYetFound, lost);
  if (signal?.aborted) throw new ServerError('cancelled');

  const again = await attempt();
  if (!(again instanceof ServerError)) {
    const note = `The first answer to ${operation.name} was lost and nothing was found of it; it was sent again, once.`;
    return { ...again, notes: [...(again.notes ?? []), note] };
  }
  await own.lost();
  if (again.code === 'cancelled') throw again;
  // The first send may take effect late, and may be the reason why AWS refused the second.
  const second = await checkRepeatedly(lostWrite, write);
  if (second.is === 'done') return foundAnswer(second, again);
  throw outcomeUnknown(write, second, lost, again);
}

/** Decides on a write that was refused after throttling. @throws ServerError where no evidence shows it done */
function afterRefusal(write: SentWrite, result: EvidenceResult, refusal: ServerError): AwsAnswer {
  if (result.is === 'absent') throw refusal;
  if (result.is === 'unclear') throw outcomeUnknown(write, result, refusal);
  // An environment that is gone may never have existed: only a job shows that this write was done.
  if (result.answer.jobId === undefined)
    throw outcomeUnknown(write, { is: 'unclear', why: result.note.replace(/\.$/, '') }, refusal);
  return foundAnswer(result, refusal);
}

function foundAnswer(
  { answer, note }: EvidenceResult & { is: 'done' },
  { requestId }: ServerError,
): AwsAnswer {
  return { answer, requestId, notes: [note] };
}
