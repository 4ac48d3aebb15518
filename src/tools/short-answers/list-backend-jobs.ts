/**
 * Shortens the errors in an answer of `list_backend_jobs`, since a page has up to 25 jobs, each with an error of any
 * length, and adds state, createdAt and updatedAt to each job. The text is a table.
 */
import type { Outcome } from '../../call/call-operation.ts';
import { type Job, stateAndTimes, toJob } from '../../jobs/job.ts';
import { isObject, textOf } from '../../lib/json.ts';
import { quoteName, wholeName } from '../../lib/quote.ts';
import { DEFAULT_PAGE } from '../../operations/jobs.ts';
import { jobTable } from '../shared/job-table.ts';
import type { RawCall } from './raw-call.ts';

const LONGEST_ERROR = 250;

/** An outcome whose jobs have at most the beginning of a long error. */
export function withShortErrors(outcome: Outcome): Outcome {
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

/** A job as AWS lists it, with its URI and state; undefined where AWS lists something else. */
function jobOf(listed: unknown): Job | undefined {
  if (!isObject(listed)) return undefined;
  const [appId, backendEnvironmentName, jobId] = ['appId', 'backendEnvironmentName', 'jobId'].map(name =>
    textOf(listed[name]),
  );
  if (appId === undefined || backendEnvironmentName === undefined || jobId === undefined) return undefined;
  return toJob({ appId, backendEnvironmentName, jobId }, listed, 'unknown');
}

/** An outcome whose jobs have their state and their times in ISO 8601 too, with a table of them as its text. */
function withTable(outcome: Outcome): Outcome {
  const { answer } = outcome;
  if (!Array.isArray(answer.jobs)) return outcome;
  const jobs = answer.jobs.map(job => (isObject(job) ? { ...job, ...stateAndTimes(job) } : job));
  const shown = { ...outcome, answer: { ...answer, jobs } };
  const rows = answer.jobs.map(jobOf).filter(job => job !== undefined);
  if (rows.length === 0 || rows.length < jobs.length) return shown;
  const { appId, backendEnvironmentName: name } = rows[0] as Job;
  const head = `Jobs of ${quoteName(name)} in app ${quoteName(appId)}, the newest first:`;
  const { nextToken } = answer;
  const more = nextToken === undefined ? [] : ['', `nextToken: ${wholeName(String(nextToken))}`];
  return { ...shown, text: [head, '', ...jobTable(rows), ...more].join('\n'), isTextWhole: true };
}

/** The arguments with a page size that suits a model, where the caller gives none. */
const withPage = (args: unknown) =>
  isObject(args) && args.maxResults === undefined && args.all !== true
    ? { ...args, maxResults: DEFAULT_PAGE }
    : args;

/** @throws ServerError */
export const callListBackendJobs = async (call: RawCall, args: unknown): Promise<Outcome> =>
  withTable(withShortErrors(await call(withPage(args))));
