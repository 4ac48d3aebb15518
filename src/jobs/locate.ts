/**
 * Finds the environment under which AWS has a job. AWS does not document whether a clone's job belongs to its source or
 * its target, and the answer of RemoveAllBackends names no environment.
 */
import { ServerError } from '../errors.ts';
import type { PolledJob } from './job.ts';

/** The reads of AWS that this needs. They are passed in because `jobs` has no AWS client. */
export interface JobSource {
  /** Reads one job live; throws `not_found` if AWS has none under that environment. */
  getJob(appId: string, backendEnvironmentName: string, jobId: string): Promise<PolledJob>;
  listEnvironments(appId: string): Promise<readonly string[]>;
}

const isNotFound = (thrown: unknown) => thrown instanceof ServerError && thrown.code === 'not_found';

/**
 * Reads the job under the presumed environment, then under the app's other environments.
 * @throws not_found if no environment has it; any other failure unchanged
 */
export async function locateJob(
  source: JobSource,
  appId: string,
  presumedEnvironment: string | undefined,
  jobId: string,
): Promise<PolledJob> {
  let notFound: unknown = new ServerError('not_found');
  const tryEnvironment = async (name: string) => {
    try {
      return await source.getJob(appId, name, jobId);
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown;
      notFound = thrown;
      return undefined;
    }
  };
  if (presumedEnvironment !== undefined) {
    const found = await tryEnvironment(presumedEnvironment);
    if (found) return found;
  }
  const environments = await source.listEnvironments(appId);
  for (const name of environments) {
    const found = name === presumedEnvironment ? undefined : await tryEnvironment(name);
    if (found) return found;
  }
  throw notFound;
}
