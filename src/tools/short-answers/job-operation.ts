/** Adds state, createdAt and updatedAt to an answer that is a job's own record. */
import type { Outcome } from '../../call/dispatch.ts';
import { stateAndTimes } from '../../jobs/job.ts';
import type { CallOnce } from './call-once.ts';

/** @throws ServerError */
export async function callJobOperation(call: CallOnce, args: unknown): Promise<Outcome> {
  const outcome = await call(args);
  const { answer } = outcome;
  return answer.jobId === undefined
    ? outcome
    : { ...outcome, answer: { ...answer, ...stateAndTimes(answer) } };
}
