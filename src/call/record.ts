/** The record of calls: one line for the operator about each call, however the call ends. */
import { type ErrorCode, type ServerError, toServerError } from '../errors.ts';

/** One line for the operator about one call. */
export interface CallRecord {
  readonly tool: string;
  readonly outcome: 'ok' | ErrorCode;
  readonly durationMs: number;
  /** AWS's own id of its last request. */
  readonly requestId?: string | undefined;
  /** The id of the request to this server that the call came with; its errors carry it too. */
  readonly serverRequestId?: string | undefined;
}

/** The caller's position in a trace, as W3C Trace Context spells it. */
export interface TraceParent {
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
}

/** Receives the records of calls. */
export interface Recorder {
  /** Receives the line of a call that has ended. */
  called(call: CallRecord, failure?: ServerError): void;
  /** Runs the call within a span of a trace. */
  trace?:
    | (<Answer>(tool: string, run: () => Promise<Answer>, parent?: TraceParent) => Promise<Answer>)
    | undefined;
}

/** The facts of a call that its record repeats. */
export interface Origin {
  readonly serverRequestId?: string | undefined;
  readonly traceParent?: TraceParent | undefined;
}

/** Runs a call and records it. @throws ServerError, and nothing else */
export async function runRecorded<Outcome>(
  { called, trace = (_, run) => run() }: Recorder,
  tool: string,
  { serverRequestId, traceParent }: Origin,
  run: () => Promise<{ readonly outcome: Outcome; readonly requestId?: string | undefined }>,
): Promise<Outcome> {
  const startedAt = performance.now();
  const facts = (requestId: string | undefined) => ({
    durationMs: Math.round(performance.now() - startedAt),
    requestId,
    serverRequestId,
  });
  try {
    const { outcome, requestId } = await trace(tool, run, traceParent);
    called({ tool, outcome: 'ok', ...facts(requestId) });
    return outcome;
  } catch (thrown) {
    const failure = toServerError(thrown);
    called({ tool, outcome: failure.code, ...facts(failure.requestId) }, failure);
    throw failure;
  }
}
