/** The app that an environment is, or was, of: as far as AmplifyBackend knows it. */
import { toServerError } from '../../errors.ts';
import type { EnvironmentRef } from '../../jobs/job.ts';
import type { WorkflowContext } from '../define.ts';
import type { Read } from '../leftovers.ts';

/** Reads for one environment's sake. */
export function readerFor(
  { execute, caller, signal }: WorkflowContext,
  { appId, target }: EnvironmentRef,
): Read {
  const call = { ...(caller !== undefined && { caller }), ...(signal && { signal }) };
  return async (toolName, args) => {
    const isOfApp = toolName !== 'list_s3_buckets';
    const where = { ...(isOfApp && { appId }), ...args, ...(target !== undefined && { target }) };
    return (await execute(toolName, where, call)).answer;
  };
}

/** The app as AmplifyBackend has it; of one that it does not know it has no environments. */
export interface AppFacts {
  readonly appName: string | undefined;
  readonly environments: readonly string[] | undefined;
}

/** Reads it. */
export async function readApp(read: Read): Promise<AppFacts> {
  try {
    const { appName, backendEnvironmentList = [] } = await read('get_backend', {});
    return {
      appName: typeof appName === 'string' ? appName : undefined,
      environments: backendEnvironmentList as string[],
    };
  } catch (thrown) {
    if (toServerError(thrown).code === 'not_found') return { appName: undefined, environments: undefined };
    throw thrown;
  }
}
