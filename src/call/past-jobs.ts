/** Reads about a job's app: which environments it has, and how long jobs took in them. */
import type { Target } from '../aws/targets.ts';
import { toServerError } from '../errors.ts';
import { type JobRef, type LocatedJob, toJob } from '../jobs/job.ts';
import { createJobSource, createReader } from './reads.ts';

/** How many past jobs suffice to estimate how long the next one takes. */
const ENOUGH_PAST_JOBS = 5;
/** How many other environments are searched for past jobs. */
const MOST_ENVIRONMENTS = 4;
/** What one page of ListBackendJobs holds at most. */
const PAGE = 25;

/** Whether the app has the job's environment; false where it has no backend at all. @throws ServerError */
export async function hasEnvironment(target: Target, { appId, backendEnvironmentName }: JobRef) {
  try {
    return (await createJobSource(target).listEnvironments(appId)).includes(backendEnvironmentName);
  } catch (thrown) {
    if (toServerError(thrown).code === 'not_found') return false;
    throw thrown;
  }
}

/**
 * Durations of completed jobs of an operation, in milliseconds. Those of the job's own environment come first; a new
 * environment has none, and jobs in other environments of the app take about as long. @throws ServerError
 */
export async function pastDurations(target: Target, ref: LocatedJob, operation: string): Promise<number[]> {
  const { appId, backendEnvironmentName } = ref;
  const read = createReader(target);
  const durationsIn = async (environment: string) => {
    const query = { appId, backendEnvironmentName: environment, operation, status: 'COMPLETED' };
    const { jobs } = await read('list_backend_jobs', { ...query, maxResults: PAGE });
    return ((jobs ?? []) as Record<string, unknown>[]).flatMap(facts => {
      const { createdAt, updatedAt } = toJob(ref, facts, operation);
      // The job itself may have ended by now.
      const isPast = facts.jobId !== ref.jobId;
      return isPast && createdAt && updatedAt ? [Date.parse(updatedAt) - Date.parse(createdAt)] : [];
    });
  };
  const durations = await durationsIn(backendEnvironmentName);
  if (durations.length >= ENOUGH_PAST_JOBS) return durations;
  const names = await createJobSource(target).listEnvironments(appId);
  const others = names.filter(name => name !== backendEnvironmentName).slice(0, MOST_ENVIRONMENTS);
  for (const name of others) {
    durations.push(...(await durationsIn(name)));
    if (durations.length >= ENOUGH_PAST_JOBS) break;
  }
  return durations;
}
