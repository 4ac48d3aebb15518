/**
 * Finds a job under whichever environment AWS filed it. AWS does not say whether a clone's job is filed
 * under its source or its target, and the answer of RemoveAllBackends names no environment at all.
 */
import { ServerError } from '../errors.ts';
import type { PolledJob } from './job.ts';

/** What locating needs of AWS; handed in, so that this room knows no client. */
export interface JobSource {
  /** Reads one job live; throws `not_found` where AWS knows none under that environment. */
  getJob(appId: string, backendEnvironmentName: string, jobId: string): Promise<PolledJob>;
  listEnvironments(appId: string): Promise<readonly string[]>;
}

const isNotFound = (thrown: unknown) => thrown instanceof ServerError && thrown.code === 'not_found';

/**
 * Reads the job where it is said to be, then under the app's other environments.
 * @throws not_found where none of them has it; any other failure as it comes.
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
