/** `list_backend_jobs` as its caller sees it: the beginning of each error. Workflows read the whole, which goes past this. */
import type { Outcome } from '../call/dispatch.ts';
import { isObject } from '../lib/json.ts';

/** Characters of a job's error: a page has up to 25 jobs. */
const LONGEST_ERROR = 250;

/** The outcome as it is shown. */
export function shortJobs(outcome: Outcome): Outcome {
  const { answer, notes } = outcome;
  if (!Array.isArray(answer.jobs)) return outcome;
  const isLong = (job: unknown): job is { readonly error: string } =>
    isObject(job) && typeof job.error === 'string' && job.error.length > LONGEST_ERROR;
  const count = answer.jobs.filter(isLong).length;
  if (count === 0) return outcome;
  const jobs = answer.jobs.map(job =>
    isLong(job) ? { ...job, error: `${job.error.slice(0, LONGEST_ERROR)}…` } : job,
  );
  const note = `The errors of ${count} ${count === 1 ? 'job' : 'jobs'} are cut; get_backend_job shows the whole of one.`;
  return { ...outcome, answer: { ...answer, jobs }, notes: [...notes, note] };
}
