/** The jobs of an environment that have not ended. */
import { stateOf } from '../../jobs/job.ts';
import { isObject, textOf } from '../../lib/json.ts';

/** A job that has not ended. */
export interface PendingJob {
  readonly jobId: string;
  readonly operation: string;
  readonly status: string;
  readonly createTime: unknown;
}

/** The jobs that have not ended. @param jobs the member of an answer of `list_backend_jobs` */
export function pendingIn(jobs: unknown): PendingJob[] {
  if (!Array.isArray(jobs)) return [];
  return jobs.filter(isObject).flatMap(({ jobId, operation, status, createTime }) => {
    const id = textOf(jobId);
    const word = textOf(status) ?? 'UNKNOWN';
    if (id === undefined || stateOf(word) !== 'running') return [];
    return [{ jobId: id, operation: textOf(operation) ?? 'unknown', status: word, createTime }];
  });
}
