/**
 * Operations whose answers are changed for a caller: shortened, since that may be a model with a small context window, and
 * with the state and times of jobs as all other answers have them. Steps of other tools and resources call the operation
 * itself and get AWS's answer.
 */
import type { CallContext, CallOperation, Outcome } from '../../call/dispatch.ts';
import type { CallOnce } from './call-once.ts';
import { callGetBackend } from './get-backend.ts';
import { callJobOperation } from './job-operation.ts';
import { callListBackendJobs } from './list-backend-jobs.ts';

const shortAnswers = new Map<string, (call: CallOnce, args: unknown) => Promise<Outcome>>([
  ['get_backend', callGetBackend],
  ['get_backend_job', callJobOperation],
  ['list_backend_jobs', callListBackendJobs],
  ['update_backend_job', callJobOperation],
]);

/** Calls an operation and shortens its answer. @throws ServerError */
export function callForReader(
  callOperation: CallOperation,
  toolName: string,
  args: unknown,
  context: CallContext,
): Promise<Outcome> {
  const call: CallOnce = given => callOperation(toolName, given, context);
  return shortAnswers.get(toolName)?.(call, args) ?? call(args);
}
