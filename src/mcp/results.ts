/**
 * The one place where an outcome or a failure becomes a tool result: a text, structured content, and a link to the job if
 * there is one. Some hosts show a model the text alone, some the structured content alone: each is whole by itself. Its
 * `summary` is the prose of the text; the text has the facts as an outline, never as JSON.
 */
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Outcome } from '../call/call-operation.ts';
import { type ServerError, toServerError } from '../errors.ts';
import { type Job, JobFailure, operationLabel } from '../jobs/job.ts';
import { headline, outline } from '../lib/outline.ts';
import { quote, quoteName } from '../lib/quote.ts';

/** The most characters of AWS's reason in a text. */
const LONGEST_REASON = 600;

/** The state of a job, in one line. */
export function jobLine(job: Job): string {
  const { backendEnvironmentName, jobId, state, status } = job;
  return `${operationLabel(job)}: job ${quoteName(jobId)} under environment ${quoteName(backendEnvironmentName)} is ${state} (AWS says ${quote(status)}).`;
}

/** A job in one line, with the next step. */
function jobText(job: Job): string {
  const { state, error } = job;
  const what = jobLine(job);
  if (state === 'running') {
    // The answer that starts a job has no times. For an older job, the report says how long such jobs take.
    const normal = job.createdAt === undefined ? '; minutes are normal' : '';
    return `${what} Wait with wait_for_job, check with get_backend_job, or read ${job.uri}${normal}.`;
  }
  if (state === 'stalled')
    return `${what} AWS cannot cancel it. explain_job names its stack and the page of the AWS console.`;
  if (state === 'failed')
    return `${what} ${error ? `AWS's reason (quoted data): ${quote(error, LONGEST_REASON)}` : 'AWS gives no reason.'}`;
  return what;
}

function jobLink(job: Job): CallToolResult['content'][number] {
  return {
    type: 'resource_link',
    uri: job.uri,
    name: `${operationLabel(job)} ${quoteName(job.jobId)}`,
    description: `The job on environment ${quoteName(job.backendEnvironmentName)}, read live`,
    mimeType: 'application/json',
  };
}

/** The result of a successful call. @param failure the failure of the job that the call started, if it failed */
export function toResult(outcome: Outcome, failure?: ServerError): CallToolResult {
  const { answer, job, text, isTextWhole = false, notes } = outcome;
  const facts = { ...answer, ...(job && { job }) };
  const prose = [
    ...(failure ? [failureText(failure)] : []),
    ...(job ? [jobText(job)] : []),
    ...(text ? [text] : []),
    ...notes,
  ];
  const summary = prose.length > 0 ? prose.join('\n') : headline(facts);
  // Some hosts show a model the text alone, so it has the facts as well, unless the prose has them all.
  const shown = isTextWhole || Object.keys(facts).length === 0 ? prose : [...prose, outline(facts)];
  const structured = {
    ...facts,
    ...(notes.length > 0 && { notes }),
    ...(failure && { error: failure.facts() }),
  };
  return {
    ...(failure && { isError: true }),
    content: [{ type: 'text', text: shown.join('\n') || summary }, ...(job ? [jobLink(job)] : [])],
    structuredContent: { summary, ...structured },
  };
}

/** A failure as text: what happened, then what to do. */
export function failureText(failure: ServerError): string {
  const id = failure.requestId === undefined ? '' : `\nAWS request id: ${quoteName(failure.requestId)}`;
  return `${failure.message}${id}\nNext: ${failure.hint}`;
}

/**
 * The result of a call that failed, whatever was thrown.
 * @param serverRequestId under which the operator finds the call in the server's log
 */
export function toFailure(thrown: unknown, serverRequestId?: string): CallToolResult {
  const failure = toServerError(thrown);
  const where = serverRequestId === undefined ? '' : `\nRequest id of this server: ${serverRequestId}`;
  const job = failure instanceof JobFailure ? failure.job : undefined;
  const about = job ? `\n${jobText(job)}` : '';
  const summary = `${failureText(failure)}${about}${where}`;
  return {
    isError: true,
    content: [{ type: 'text', text: summary }, ...(job ? [jobLink(job)] : [])],
    structuredContent: {
      summary,
      ...(job && { job }),
      error: { ...failure.facts(), ...(serverRequestId !== undefined && { serverRequestId }) },
    },
  };
}
