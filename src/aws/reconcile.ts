/**
 * Writes that tell the truth. A write whose answer was lost is not sent again: its effect is looked for, some
 * times, since it may appear late. Found, the write is done; surely absent, it is sent once more; and where
 * nobody can tell, the error says what was looked at and what to look at.
 */
import { asRegistered, RegisteredError } from '../errors.ts';
import type { Evidence } from '../operations/define.ts';
import { type LostWrite, type Sight, see } from './evidence.ts';
import { type Looks, namedEnvironments } from './looks.ts';

/** What AWS answered; nothing is withheld yet. */
export interface Answered {
  readonly answer: Record<string, unknown>;
  readonly requestId: string | undefined;
  /** How far AWS's clock is ahead of ours, in milliseconds, where its answer tells. */
  readonly aheadMs?: number | undefined;
  /** What the reader must know besides: how a lost answer was made good. */
  readonly notes?: readonly string[];
}

/** Waits, unless the signal ends it. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** What sending a write takes. */
export interface Reconciliation extends Omit<LostWrite, 'sentAt'> {
  /** Sends the write, judged. @throws RegisteredError, `outcome_unknown` where the answer was lost */
  readonly deliver: () => Promise<Answered>;
  readonly looks: Looks;
  readonly now: () => number;
  readonly wait: Wait;
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds before each look; together well below what clients wait for a call. */
const LOOKS_AFTER_MS = [0, 1_000, 2_000, 4_000];

/** What is looked at, and the tools by which a reader can do the same. */
const lookedAt: Record<Evidence, (write: Pick<LostWrite, 'args'>) => { what: string; how: string }> = {
  job: ({ args }) => ({
    what: `the jobs of ${namedEnvironments(args).join(' and ') || "each of the app's environments"}`,
    how: 'list_backend_jobs for a job of this operation',
  }),
  environmentThere: ({ args }) => ({
    what: `environment ${namedEnvironments(args)[0]}`,
    how: 'get_backend for the environment',
  }),
  environmentGone: ({ args }) => ({
    what: namedEnvironments(args)[0] ? `environment ${namedEnvironments(args)[0]}` : "the app's environments",
    how: 'get_backend for what is left',
  }),
  jobRecord: () => ({ what: "the job's record", how: 'get_backend_job for the record' }),
  tokenGone: () => ({ what: 'the token', how: 'get_token for the token' }),
};

/** The default wait. @throws cancelled */
export const pause: Wait = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    function stop() {
      clearTimeout(timer);
      reject(new RegisteredError('cancelled'));
    }
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });

/** Looks until the write shows; then, or at the end, says what the last look showed. @throws cancelled */
async function watch(write: Reconciliation & LostWrite, delays: readonly number[]): Promise<Sight> {
  const { looks, wait, signal } = write;
  let sight: Sight = { is: 'unclear', why: 'nothing was looked at' };
  for (const delay of delays) {
    if (delay > 0) await wait(delay, signal);
    if (signal?.aborted) throw new RegisteredError('cancelled');
    try {
      sight = await see(looks, write);
    } catch (thrown) {
      const failure = asRegistered(thrown);
      if (failure.code === 'cancelled') throw failure;
      sight = { is: 'unclear', why: `the look failed (${failure.code})` };
      // What no later look can mend: a missing permission, credentials that ended.
      if (!failure.retryable) return sight;
    }
    if (sight.is === 'done') return sight;
  }
  return sight;
}

/** The error for a write of which nobody can tell whether it was done. */
function unknown(write: Reconciliation, lost: RegisteredError, why: string, sends: number): RegisteredError {
  const places = (write.operation.evidence ?? []).map(evidence => lookedAt[evidence](write));
  const { requestId } = lost;
  const twice = sends > 1 ? ` It was sent ${sends} times, and no answer came.` : '';
  if (places.length === 0) {
    return new RegisteredError('outcome_unknown', {
      message: `${lost.message} Nothing in this API shows whether ${write.operation.name} was done; it was sent once.`,
      hint: 'Do not send it again unasked. Tell the person, who can look at the app in the Amplify console, and let them decide.',
      requestId,
      cause: lost,
    });
  }
  return new RegisteredError('outcome_unknown', {
    message: `${lost.message}${twice} Looked at ${places.map(({ what }) => what).join(', then ')}: ${why}.`,
    hint: `Do not send it again yet. Look first: ${places.map(({ how }) => how).join(', ')}.`,
    requestId,
    cause: lost,
  });
}

/**
 * Sends a write and finds out what became of it.
 * @returns AWS's answer, or in its place what a look showed; a note says so
 * @throws RegisteredError: `outcome_unknown` only where looking did not help
 */
export async function sendReconciled(given: Reconciliation): Promise<Answered> {
  const { deliver, now, signal } = given;
  const write = { ...given, sentAt: now() };
  const lost = await deliver().catch(asRegistered);
  if (!(lost instanceof RegisteredError)) return lost;
  if (lost.code !== 'outcome_unknown') throw lost;
  if (write.operation.evidence?.length === 0) throw unknown(write, lost, '', 1);

  const first = await watch(write, LOOKS_AFTER_MS);
  if (first.is === 'done') return found(first, lost);
  if (first.is === 'unclear') throw unknown(write, lost, first.why, 1);
  if (signal?.aborted) throw new RegisteredError('cancelled');

  const again = await deliver().catch(asRegistered);
  if (!(again instanceof RegisteredError)) {
    const note = `The first answer to ${write.operation.name} was lost and nothing was found of it; it was sent again, once.`;
    return { ...again, notes: [...(again.notes ?? []), note] };
  }
  if (again.code === 'cancelled') throw again;
  // The first may have had its effect late: a refusal now can be because of it.
  const isLost = again.code === 'outcome_unknown';
  const second = await watch(write, isLost ? LOOKS_AFTER_MS : [0]);
  if (second.is === 'done') return found(second, again);
  if (!isLost) throw again;
  throw unknown(write, again, second.is === 'unclear' ? second.why : 'nothing was found', 2);
}

function found({ answer, note }: Sight & { is: 'done' }, { requestId }: RegisteredError): Answered {
  return { answer, requestId, notes: [note] };
}
