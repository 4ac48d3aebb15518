/** An environment as the model has it, read by the steps of a workflow. */

import { readEnvironmentAt } from '../call/read-environment.ts';
import type { Environment } from '../environment/index.ts';
import type { EnvironmentRef } from '../jobs/job.ts';
import type { WorkflowContext } from './define.ts';

/**
 * Reads it, with the settings of what AmplifyBackend manages. One that is listed and cannot be read is `unreadable`.
 * @throws RegisteredError not_found where there is no such environment
 */
export function readEnvironmentOf(
  { execute, caller, signal }: WorkflowContext,
  { target, ...address }: EnvironmentRef,
): Promise<Environment> {
  const call = { ...(caller !== undefined && { caller }), ...(signal && { signal }) };
  const read = async (toolName: string, args: Record<string, unknown>) =>
    (await execute(toolName, { ...args, ...(target !== undefined && { target }) }, call)).answer;
  return readEnvironmentAt(read, address);
}
