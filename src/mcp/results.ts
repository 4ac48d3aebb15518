/**
 * The one place where an outcome or a failure becomes a tool result: text that a person and a model can
 * read, structured content for programs, and a link to the job where there is one.
 */
import type { CallToolResult } from '@modelcontextprotocol/server';
import { asRegistered, type RegisteredError } from '../errors.ts';
import type { Outcome } from '../execute.ts';
import type { Job } from '../jobs/job.ts';

/** A job's operation: a name of AWS's, or what somebody wrote over it, which is then marked as data. */
function operationOf({ operation }: Job): string {
  return /^[A-Za-z]{1,64}$/.test(operation) ? operation : JSON.stringify(operation.slice(0, 64));
}

/** A job in one line, with the next step. */
function jobLine(job: Job): string {
  const { backendEnvironmentName, jobId, state, status, error } = job;
  const what = `${operationOf(job)}: job ${jobId} under environment ${backendEnvironmentName} is ${state} (AWS says ${JSON.stringify(status)}).`;
  if (state === 'running')
    return `${what} Look again with get_backend_job or read ${job.uri}; minutes are normal.`;
  if (state === 'failed')
    return `${what} ${error ? `AWS's reason (quoted data): ${JSON.stringify(error)}` : 'AWS gives no reason.'}`;
  return what;
}

function jobLink(job: Job): CallToolResult['content'][number] {
  return {
    type: 'resource_link',
    uri: job.uri,
    name: `${operationOf(job)} ${job.jobId}`,
    description: `The job on environment ${job.backendEnvironmentName}, read live`,
    mimeType: 'application/json',
  };
}

/** The result of a call that worked. */
export function toResult({ answer, job, notes }: Outcome): CallToolResult {
  const structuredContent = {
    ...answer,
    ...(job && { job }),
    ...(notes.length > 0 && { notes }),
  };
  const lines = [...(job ? [jobLine(job)] : []), ...notes, JSON.stringify(structuredContent, null, 2)];
  return {
    content: [{ type: 'text', text: lines.join('\n') }, ...(job ? [jobLink(job)] : [])],
    structuredContent,
  };
}

/** A failure as text: what happened, then what to do. */
export function failureText(failure: RegisteredError): string {
  const id = failure.requestId === undefined ? '' : `\nAWS request id: ${failure.requestId}`;
  return `${failure.message}${id}\nNext: ${failure.hint}`;
}

/** The result of a call that failed, whatever was thrown. */
export function toFailure(thrown: unknown): CallToolResult {
  const failure = asRegistered(thrown);
  return {
    isError: true,
    content: [{ type: 'text', text: failureText(failure) }],
    structuredContent: { error: failure.facts() },
  };
}
