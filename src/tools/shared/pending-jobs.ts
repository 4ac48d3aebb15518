/** The jobs of an environment that have not ended. */
import { isObject, textOf } from '../../lib/json.ts';

/** A job that has not ended. */
export interface PendingJob {
  readonly jobId: string;
  readonly operation: string;
  readonly status: string;
  readonly createTime: unknown;
}

const ended = ['COMPLETED', 'FAILED'];

/** The jobs that have not ended. @param jobs the member of an answer of `list_backend_jobs` */
export function pendingIn(jobs: unknown): PendingJob[] {
  if (!Array.isArray(jobs)) return [];
  return jobs.filter(isObject).flatMap(({ jobId, operation, status, createTime }) => {
    const id = textOf(jobId);
    const word = textOf(status) ?? 'UNKNOWN';
    if (id === undefined || ended.includes(word)) return [];
    return [{ jobId: id, operation: textOf(operation) ?? 'unknown', status: word, createTime }];
  });
}
