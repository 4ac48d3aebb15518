/** What tests of sending share that need no sandbox: the writes, what came of one, and attempts without waiting. */
import type { AwsAnswer } from '../../src/call/reconcile.ts';
import { ServerError } from '../../src/errors.ts';
import { operations } from '../../src/operations/index.ts';

/** The operations that change something: all that do not read, but for GetToken, which only looks. */
export const writes = operations.filter(({ access, name }) => access !== 'read' && name !== 'GetToken');

/** No waiting between attempts. */
export const noBackoff = { computeNextBackoffDelay: () => 0, setDelayBase: () => undefined };

/** What came of a request: the answer, or the failure that must be a registered one. */
export async function outcomeOf(request: Promise<AwsAnswer>): Promise<AwsAnswer | ServerError> {
  try {
    return await request;
  } catch (thrown) {
    if (thrown instanceof ServerError) return thrown;
    throw thrown;
  }
}
