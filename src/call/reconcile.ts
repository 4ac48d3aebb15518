/**
 * Writes that tell the truth. A write whose answer was lost is not sent again: its effect is looked for, some
 * times, since it may appear late. Found, the write is done; surely absent, it is sent once more; and where
 * nobody can tell, the error says what was looked at and what to look at. Once a first send may have arrived, no
 * refusal of a second one says that nothing was done.
 */

import {
  type EvidenceReads,
  idWord,
  jobFacts,
  type ListedJob,
  namedEnvironments,
} from '../aws/evidence-reads.ts';
import { attemptsOf, GatewayGaveUp } from '../aws/failures.ts';
import type { Wait } from '../aws/wait.ts';
import { type ErrorCode, errorRegistry, ServerError, toServerError } from '../errors.ts';
import { machineLead } from '../lib/clock.ts';
import { quoteName } from '../lib/quote.ts';
import type { Evidence } from '../operations/define.ts';
import { checkEvidence, type EvidenceResult, type LostWrite } from './evidence.ts';
import type { OwnWrite } from './write-ledger.ts';

/** What AWS answered; nothing is withheld yet. */
export interface Answered {
  readonly answer: Record<string, unknown>;
  readonly requestId: string | undefined;
  /** How far AWS's clock is ahead of ours, in milliseconds, where its answer tells. */
  readonly aheadMs?: number | undefined;
  /** What the reader must know besides: how a lost answer was made good. */
  readonly notes?: readonly string[];
}

/** A write of which nobody can tell whether it was done, and the job that may be its own. */
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

/** What sending a write takes. */
export interface Reconciliation extends Pick<LostWrite, 'operation' | 'args'> {
  /** Sends the write, judged. @throws RegisteredError, `outcome_unknown` where the answer was lost */
  readonly deliver: () => Promise<Answered>;
  /** The write among those of this process. */
  readonly own: OwnWrite;
  readonly looks: EvidenceReads;
  /** The monotonic clock. */
  readonly now: () => number;
  readonly wait: Wait;
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds before each look; together well below what clients wait for a call. */
const LOOKS_AFTER_MS = [0, 1_000, 2_000, 4_000];

/** What is looked at, and the tools by which a reader can do the same. */
const lookedAt: Record<Evidence, (write: Pick<LostWrite, 'args'>) => { what: string; how: string }> = {
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

const notYetSeen: Extract<EvidenceResult, { is: 'unclear' }> = {
  is: 'unclear',
  why: 'nothing was found yet; it was not sent again, since it may show in a minute or more',
};
const nothingSeen: Extract<EvidenceResult, { is: 'unclear' }> = {
  is: 'unclear',
  why: 'nothing was looked at',
};

/** Looks until the write shows; then, or at the end, says what the last look showed. @throws cancelled */
async function watch(
  looks: EvidenceReads,
  write: LostWrite,
  { wait, signal }: Pick<Reconciliation, 'wait' | 'signal'>,
): Promise<EvidenceResult> {
  let sight: EvidenceResult = nothingSeen;
  for (const delay of LOOKS_AFTER_MS) {
    if (delay > 0) await wait(delay, signal);
    if (signal?.aborted) throw new ServerError('cancelled');
    try {
      sight = await checkEvidence(looks, write);
    } catch (thrown) {
      const failure = toServerError(thrown);
      if (failure.code === 'cancelled') throw failure;
      // A job that an earlier look found stays worth naming.
      if (sight.is !== 'unclear' || !sight.job)
        sight = { is: 'unclear', why: `the look failed (${failure.code})` };
      // What no later look can mend: a missing permission, credentials that ended.
      if (!failure.retryable) return sight;
    }
    if (sight.is === 'done') return sight;
  }
  return sight;
}

/** AWS's words on a refusal, without ours: these say that nothing was done, which is true of the second send alone. */
function refusalOf({ code, message }: ServerError): string {
  const ours = errorRegistry[code].message;
  const words = message.startsWith(ours) ? message.slice(ours.length).trim() : '';
  return `(${code})${words && ` ${words}`}`;
}

/** Refusals that a write can meet because an earlier send of it did arrive. */
const refusalsByItself: readonly ErrorCode[] = [
  'bad_request',
  'not_found',
  'pending_job',
  'service_reported_error',
];

/** Whether a write was refused after sends that were answered with throttling: these can have been done all the same. */
const isRefusedAgain = (failure: ServerError) =>
  refusalsByItself.includes(failure.code) && attemptsOf(failure) > 1;

/** What became of the sends, the lost one and the one after it. */
function sendsText(lost: ServerError, again: ServerError | undefined): string {
  if (lost.code !== 'outcome_unknown')
    return `It was sent ${attemptsOf(lost)} times, since it was answered with throttling first, and then refused ${refusalOf(lost)}. The refusal is no word on the sends before.`;
  if (!again) return lost.message;
  if (again.code === 'outcome_unknown') return `${again.message} It was sent 2 times, and no answer came.`;
  return `${lost.message} It was sent again, once, and refused ${refusalOf(again)}. The refusal is no word on the first.`;
}

/** How a reader looks: waits for the job that was found, or finds one, and reads what else would show. */
function lookHint({ operation, args }: Pick<Reconciliation, 'operation' | 'args'>, job?: ListedJob): string {
  const { evidence = [], configures } = operation;
  const looks = [
    ...evidence.filter(one => one !== 'job' || !job).map(one => lookedAt[one]({ args }).how),
    ...(configures === undefined ? [] : [`compare get_backend_${configures} with what you sent`]),
  ];
  const wait = job ? [`wait for job ${idWord(job.JobId)} with wait_for_job`] : [];
  return `Do not send it again yet. Look first: ${[...wait, ...looks].join(', then ')}.`;
}

/** The error for a write of which nobody can tell whether it was done. */
function unknown(
  { operation, args }: Reconciliation,
  sight: EvidenceResult,
  lost: ServerError,
  again?: ServerError,
): OutcomeUnknown {
  const { name, evidence = [] } = operation;
  const requestId = again?.requestId ?? lost.requestId;
  if (evidence.length === 0)
    return new OutcomeUnknown({
      message: `${sendsText(lost, again)} Nothing in this API shows whether ${name} was done${lost.code === 'outcome_unknown' ? '; it was sent once' : ''}.`,
      hint: 'Do not send it again unasked. Tell the person, who can look at the app in the Amplify console, and let them decide.',
      requestId,
    });
  const places = evidence.map(one => lookedAt[one]({ args }));
  const why = sight.is === 'unclear' ? sight.why : 'nothing was found';
  const job = sight.is === 'unclear' ? sight.job : undefined;
  return new OutcomeUnknown(
    {
      message: `${sendsText(lost, again)} Looked at ${places.map(({ what }) => what).join(', then ')}: ${why}.`,
      hint: lookHint({ operation, args }, job),
      requestId,
    },
    job && jobFacts(job),
  );
}

/**
 * Sends a write and finds out what became of it.
 * @returns AWS's answer, or in its place what a look showed; a note says so
 * @throws RegisteredError: `outcome_unknown` only where looking did not help
 */
export async function sendReconciled(write: Reconciliation): Promise<Answered> {
  const { deliver, own, looks, now, wait, signal, operation } = write;
  const sentAt = now();
  const leadThen = machineLead();
  await own.sending();
  const lost = await deliver().catch(toServerError);
  if (!(lost instanceof ServerError)) return lost;
  if (lost.code !== 'outcome_unknown' && !isRefusedAgain(lost)) throw lost;
  await own.lost();
  if (operation.evidence?.length === 0) throw unknown(write, nothingSeen, lost);

  const lostWrite = { ...write, sentAt, leadThen, others: () => own.others(wait, signal) };
  const first = await watch(looks, lostWrite, write);
  if (lost.code !== 'outcome_unknown') return afterRefusal(write, first, lost);
  if (first.is === 'done') return found(first, lost);
  if (first.is === 'unclear') throw unknown(write, first, lost);
  // What goes on may show later than anybody waits here; sent again, it would be done twice.
  if (lost instanceof GatewayGaveUp) throw unknown(write, notYetSeen, lost);
  if (signal?.aborted) throw new ServerError('cancelled');

  await own.sending();
  const again = await deliver().catch(toServerError);
  if (!(again instanceof ServerError)) {
    const note = `The first answer to ${operation.name} was lost and nothing was found of it; it was sent again, once.`;
    return { ...again, notes: [...(again.notes ?? []), note] };
  }
  await own.lost();
  if (again.code === 'cancelled') throw again;
  // The first may have its effect late, and a refusal of the second can be because of it.
  const second = await watch(looks, lostWrite, write);
  if (second.is === 'done') return found(second, again);
  throw unknown(write, second, lost, again);
}

/** What a look says of a write that was refused after throttling. @throws RegisteredError where it does not show it done */
function afterRefusal(write: Reconciliation, sight: EvidenceResult, refusal: ServerError): Answered {
  if (sight.is === 'absent') throw refusal;
  if (sight.is === 'unclear') throw unknown(write, sight, refusal);
  // What is not there may never have been there: only a job shows who asked for it.
  if (sight.answer.jobId === undefined) throw unknown(write, { is: 'unclear', why: sight.note }, refusal);
  return found(sight, refusal);
}

function found({ answer, note }: EvidenceResult & { is: 'done' }, { requestId }: ServerError): Answered {
  return { answer, requestId, notes: [note] };
}
