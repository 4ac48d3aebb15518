/** The jobs in a listing of AWS. */
import { type Job, toJob } from '../jobs/job.ts';

/** The jobs of an answer of `list_backend_jobs`, newest first. Jobs without a readable time come last. */
export function listedJobs(answer: Readonly<Record<string, unknown>>): Job[] {
  return ((answer.jobs ?? []) as Record<string, unknown>[])
    .flatMap(facts => {
      const { appId, backendEnvironmentName, jobId } = facts;
      if (
        typeof appId !== 'string' ||
        typeof backendEnvironmentName !== 'string' ||
        typeof jobId !== 'string'
      )
        return [];
      return [toJob({ appId, backendEnvironmentName, jobId }, facts, 'unknown')];
    })
    .sort((a, b) => (b.createdAt ?? '').localeCompare(a.createdAt ?? ''));
}
