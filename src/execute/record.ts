/** What operators are told of calls: one line each, whatever becomes of it. */
import { asRegistered, type ErrorCode, type RegisteredError } from '../errors.ts';

/** One line for the operator about one call. */
export interface CallRecord {
  readonly tool: string;
  readonly outcome: 'ok' | ErrorCode;
  readonly durationMs: number;
  readonly requestId?: string | undefined;
}

/** Takes the line. */
export type RecordCall = (call: CallRecord, failure?: RegisteredError) => void;

/** Runs a call and records it. @throws RegisteredError, and nothing else */
export async function recorded<Outcome>(
  record: RecordCall,
  tool: string,
  run: () => Promise<{ readonly outcome: Outcome; readonly requestId?: string | undefined }>,
): Promise<Outcome> {
  const startedAt = performance.now();
  const durationMs = () => Math.round(performance.now() - startedAt);
  try {
    const { outcome, requestId } = await run();
    record({ tool, outcome: 'ok', durationMs: durationMs(), requestId });
    return outcome;
  } catch (thrown) {
    const failure = asRegistered(thrown);
    const { code, requestId } = failure;
    record({ tool, outcome: code, durationMs: durationMs(), requestId }, failure);
    throw failure;
  }
}
