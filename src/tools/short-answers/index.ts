/**
 * Operations whose answers are shortened for a caller, who may be a model with a small context window. Steps of other
 * tools and resources call the operation itself and get the whole answer.
 */
import type { CallContext, CallOperation, Outcome } from '../../call/dispatch.ts';
import { callGetBackendApi, callGetBackendApiModels } from './api-documents.ts';
import type { CallOnce } from './call-once.ts';
import { callGetBackend } from './get-backend.ts';
import { callListBackendJobs } from './list-backend-jobs.ts';

const shortAnswers = new Map<string, (call: CallOnce, args: unknown) => Promise<Outcome>>([
  ['get_backend', callGetBackend],
  ['get_backend_api', callGetBackendApi],
  ['get_backend_api_models', callGetBackendApiModels],
  ['list_backend_jobs', callListBackendJobs],
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
