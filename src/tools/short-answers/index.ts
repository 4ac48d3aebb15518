/**
 * Operations whose answers are changed for a client. Long answers are shortened, since a model may have a small context
 * window; jobs get the state and times that all other answers have. Steps of workflow tools and resources call the operation
 * itself and get AWS's answer.
 */
import type { CallContext, Outcome } from '../../call/call-operation.ts';
import { memberOf, textOf } from '../../lib/json.ts';
import type { ToolContext } from '../define.ts';
import { callGetBackendApi, callGetBackendApiModels } from './api-documents.ts';
import { callGetBackend } from './get-backend.ts';
import { callJobOperation } from './job-operation.ts';
import { callListBackendJobs } from './list-backend-jobs.ts';
import type { RawCall, ReadReport } from './raw-call.ts';

type CallAndShorten = (call: RawCall, args: unknown, readReport: ReadReport) => Promise<Outcome>;

const shownAnswers = new Map<string, CallAndShorten>([
  ['get_backend', callGetBackend],
  ['get_backend_api', callGetBackendApi],
  ['get_backend_api_models', callGetBackendApiModels],
  ['get_backend_job', callJobOperation],
  ['list_backend_jobs', callListBackendJobs],
  ['update_backend_job', callJobOperation],
]);

/** A younger job is not compared with past ones, because that costs one more read of AWS. */
const YOUNG_MS = 5 * 60_000;

/** Calls an operation for a client, and changes its answer where it has an entry in `shownAnswers`. @throws ServerError */
export function callForClient(
  { callOperation, jobs }: Pick<ToolContext, 'callOperation' | 'jobs'>,
  toolName: string,
  args: unknown,
  context: CallContext,
): Promise<Outcome> {
  const call: RawCall = given => callOperation(toolName, given, context);
  const readReport: ReadReport = async ({ job }) => {
    const known = job && jobs.peek(job);
    if (!known || (known.elapsedMs ?? 0) < YOUNG_MS) return undefined;
    const { caller = 'unknown', signal } = context;
    return jobs.read(job, { caller, signal, target: textOf(memberOf(args, 'target')) }).catch(() => known);
  };
  return shownAnswers.get(toolName)?.(call, args, readReport) ?? call(args);
}
