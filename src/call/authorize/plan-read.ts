/** How a plan reads: strictly where a person confirms it, and as far as possible in a dry run. */
import { ServerError, toServerError } from '../../errors.ts';
import { createTryRead } from '../optional-reads.ts';

/** What was read, or the failure that says that AWS knows no such thing. @throws every other failure */
export const unlessMissing = <Value>(reading: Promise<Value>) =>
  reading.catch(thrown => {
    const failure = toServerError(thrown);
    if (failure.code !== 'not_found') throw failure;
    return failure;
  });

/**
 * Reads what a decision or a plan depends on. A person must see everything that they confirm, so a failed read fails a
 * call. A dry run goes on without it, and says what could not be read.
 */
export type PlanRead = <Value>(what: string, read: () => Promise<Value>) => Promise<Value | undefined>;

export const readOrFail: PlanRead = (_, read) => read();

/**
 * Reads for a dry run. If AWS does not know the thing, the answer is undefined, and `dry-run-checks.ts` reports the problem.
 * @param notChecked grows by a sentence for each read that failed
 */
export function readForDryRun(notChecked: string[]): PlanRead {
  const tryRead = createTryRead(notChecked);
  return async (what, read) => {
    const found = await tryRead(what, 'amplifybackend:GetBackend', () => unlessMissing(read()));
    return found === undefined || found.value instanceof ServerError ? undefined : found.value;
  };
}
