/** What the process around it learns of calls: one line each, whatever becomes of it. */
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

/** The place in a trace that a caller names, as the W3C's Trace Context spells it. */
export interface TraceParent {
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
}

/** Who learns of calls. */
export interface Recorder {
  /** Takes the line. */
  called(call: CallRecord, failure?: ServerError): void;
  /** Runs the call inside whatever is to stand around it: a span of a trace. */
  around?:
    | (<Answer>(tool: string, run: () => Promise<Answer>, parent?: TraceParent) => Promise<Answer>)
    | undefined;
}

/** What a call brings along for its record. */
export interface Origin {
  readonly serverRequestId?: string | undefined;
  readonly traceParent?: TraceParent | undefined;
}

/** Runs a call and records it. @throws RegisteredError, and nothing else */
export async function recorded<Outcome>(
  { called, around = (_, run) => run() }: Recorder,
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
    const { outcome, requestId } = await around(tool, run, traceParent);
    called({ tool, outcome: 'ok', ...facts(requestId) });
    return outcome;
  } catch (thrown) {
    const failure = toServerError(thrown);
    called({ tool, outcome: failure.code, ...facts(failure.requestId) }, failure);
    throw failure;
  }
}
