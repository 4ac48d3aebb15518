/** The jobs in a listing of AWS. */
import { type Job, toJob } from '../jobs/job.ts';

/** The jobs in an answer of `list_backend_jobs`, in AWS's order, which is not documented. */
export function jobsIn(answer: Readonly<Record<string, unknown>>): Job[] {
  return ((answer.jobs ?? []) as Record<string, unknown>[]).flatMap(facts => {
    const { appId, backendEnvironmentName, jobId } = facts;
    if (typeof appId !== 'string' || typeof backendEnvironmentName !== 'string' || typeof jobId !== 'string')
      return [];
    return [toJob({ appId, backendEnvironmentName, jobId }, facts, 'unknown')];
  });
}

/** Jobs, the newest first. Those without a readable time come last. */
export const newestFirst = (jobs: readonly Job[]): Job[] =>
  [...jobs].sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''));

/** The jobs of an answer of `list_backend_jobs`, newest first. */
export const listedJobs = (answer: Readonly<Record<string, unknown>>): Job[] => newestFirst(jobsIn(answer));
