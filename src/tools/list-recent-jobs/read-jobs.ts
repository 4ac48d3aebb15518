/** Reads the jobs of one environment, newest first, until it has those that the call asks for. */
import { jobsIn } from '../../call/job-facts.ts';
import { type ServerError, toServerError } from '../../errors.ts';
import type { Job } from '../../jobs/job.ts';
import { textOf } from '../../lib/json.ts';
import type { Read } from '../shared/read.ts';

/** Which jobs are asked for. */
export interface Wanted {
  readonly appId: string;
  /** Epoch milliseconds on AWS's clock; earlier jobs are not wanted. */
  readonly since: number | undefined;
  readonly failedOnly: boolean;
  /** How many are shown in all. */
  readonly most: number;
}

/** The pages that all reads of one call may take together. */
export interface PageBudget {
  left: number;
}

/** The jobs of an environment. */
export interface EnvironmentJobs {
  readonly environment: string;
  readonly jobs: readonly Job[];
  /** Whether AWS has more jobs that may be wanted and were not read. */
  readonly isCut: boolean;
  /** Why they could not be read. */
  readonly failure?: ServerError;
}

/** AWS's largest page. */
const PAGE = 25;
const MOST_PAGES = 10;

const startOf = ({ createdAt }: Job) => Date.parse(createdAt ?? '');

/** Whether the jobs are newest first. AWS documents no order; only in this order is everything after the last job older. */
const areNewestFirst = (jobs: readonly Job[]) =>
  jobs.every((job, at) => at === 0 || startOf(job) <= startOf(jobs[at - 1] as Job));

/** Whether a job began since the given time. A job without a readable time counts as such. */
export const isSince = (job: Job, since: number | undefined) =>
  since === undefined || !(startOf(job) < since);

/** Whether the next page cannot have a wanted job, because all that follows is older. */
function isEnough(jobs: readonly Job[], { since, most }: Wanted): boolean {
  const last = jobs.at(-1);
  if (last === undefined || !areNewestFirst(jobs)) return false;
  return jobs.length > most || !isSince(last, since);
}

async function readPages(
  read: Read,
  environment: string,
  wanted: Wanted,
  budget: PageBudget,
): Promise<Omit<EnvironmentJobs, 'environment'>> {
  const jobs: Job[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES && budget.left > 0; page += 1) {
    budget.left -= 1;
    const answer = await read('list_backend_jobs', {
      ...{ appId: wanted.appId, backendEnvironmentName: environment, maxResults: PAGE },
      ...(wanted.failedOnly && { status: 'FAILED' }),
      ...(nextToken !== undefined && { nextToken }),
    });
    jobs.push(...jobsIn(answer));
    nextToken = textOf(answer.nextToken);
    if (nextToken === undefined) return { jobs, isCut: false };
    if (isEnough(jobs, wanted)) return { jobs, isCut: jobs.every(job => isSince(job, wanted.since)) };
  }
  return { jobs, isCut: true };
}

/** @throws ServerError cancelled */
export async function readJobsOf(
  read: Read,
  environment: string,
  wanted: Wanted,
  budget: PageBudget,
): Promise<EnvironmentJobs> {
  try {
    return { environment, ...(await readPages(read, environment, wanted, budget)) };
  } catch (thrown) {
    const failure = toServerError(thrown);
    if (failure.code === 'cancelled') throw failure;
    return { environment, jobs: [], isCut: false, failure };
  }
}
