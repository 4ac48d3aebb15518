/** Shared by tests of sending that need no sandbox: the writing operations, the outcome of a write, and retries without waiting. */
import type { AwsAnswer } from '../../src/call/reconcile.ts';
import { ServerError } from '../../src/errors.ts';
import { operations } from '../../src/operations/index.ts';

/** The operations that write: all that are not reads, except GetToken, which changes nothing. */
export const writes = operations.filter(({ access, name }) => access !== 'read' && name !== 'GetToken');

/** No waiting between attempts. */
export const noBackoff = { computeNextBackoffDelay: () => 0, setDelayBase: () => undefined };

/** The outcome of a request: the answer, or the failure, which must be a `ServerError`. */
export async function outcomeOf(request: Promise<AwsAnswer>): Promise<AwsAnswer | ServerError> {
  try {
    return await request;
  } catch (thrown) {
    if (thrown instanceof ServerError) return thrown;
    throw thrown;
  }
}
