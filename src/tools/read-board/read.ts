/** Reads one environment of the board: its resources, its stack and its newest jobs. */
import type { Stack } from '../../aws/stacks.ts';
import { jobsIn, newestFirst } from '../../call/job-facts.ts';
import type { TryRead } from '../../call/optional-reads.ts';
import { readEnvironmentAt } from '../../call/read-environment.ts';
import { type Environment, pickResources, type Resource, stackStateOf } from '../../environment/index.ts';
import { toServerError } from '../../errors.ts';
import { type AppRef, isEnded, type Job } from '../../jobs/job.ts';
import type { JobReport } from '../../jobs/report.ts';
import { quoteName } from '../../lib/quote.ts';
import type { ToolContext } from '../define.ts';
import { jobReaderOf, readOn } from '../shared/read.ts';
import { environmentHealth, type HealthFacts, resourceHealth } from './health.ts';
import type { BoardEnvironment, FailedJob, RunningJob } from './output.ts';

/** The jobs of one environment, as the board shows them. */
export interface JobsColumn {
  readonly running: readonly RunningJob[];
  readonly failures: readonly FailedJob[];
  /** The same running jobs as AWS and the watcher report them; the health depends on them. */
  readonly runningJobs: readonly Job[];
  /** How long the reports of its running jobs are fresh; absent where none runs. */
  readonly freshMs?: number;
}

/** One environment, as the board shows it. */
export interface EnvironmentColumn extends JobsColumn {
  readonly environment: BoardEnvironment;
}

/** AWS's largest page of jobs. */
const PAGE = 25;
const MOST_RESOURCES = 60;
/** Running jobs of an environment that the watcher is asked about. */
const MOST_RUNNING = 3;
const MOST_FAILURES = 5;
const FAILED_WITHIN_MS = 7 * 24 * 3_600_000;
/** Characters of AWS's words. */
const LONGEST_WORDS = 600;

const cut = (words: string) => (words.length > LONGEST_WORDS ? `${words.slice(0, LONGEST_WORDS)}…` : words);

function runningJob(job: Job, report: JobReport | undefined): RunningJob {
  const { backendEnvironmentName: environment, operation, jobId, uri } = job;
  const { elapsedMs, expectedMs, progress, waitingFor = 'Its progress could not be read.' } = report ?? {};
  return {
    ...{ environment, operation, jobId, uri, state: job.state },
    ...(elapsedMs !== undefined && { elapsedMs }),
    ...(expectedMs !== undefined && { expectedMs }),
    ...(progress !== undefined && { progress }),
    text: waitingFor,
  };
}

function failedJob(job: Job): FailedJob {
  const { backendEnvironmentName: environment, operation, jobId, uri } = job;
  const { updatedAt: at = job.createdAt, error } = job;
  return {
    ...{ environment, operation, jobId, uri },
    ...(at !== undefined && { at }),
    ...(error !== undefined && { reason: cut(error) }),
  };
}

/** @param now epoch milliseconds on AWS's clock */
function recentFailures(jobs: readonly Job[], now: number): FailedJob[] {
  const isRecent = ({ updatedAt, createdAt = updatedAt }: Job) =>
    !(Date.parse(updatedAt ?? createdAt ?? '') < now - FAILED_WITHIN_MS);
  return jobs
    .filter(job => job.state === 'failed' && isRecent(job))
    .slice(0, MOST_FAILURES)
    .map(failedJob);
}

function shownResources(resources: readonly Resource[], facts: HealthFacts) {
  const { shown, more } = pickResources(resources, () => 1, MOST_RESOURCES);
  const left = [...more.values()].reduce((all, count) => all + count, 0);
  return {
    resources: shown.map(resource => {
      const { category, name, service } = resource;
      return { category, name, service, health: resourceHealth(resource, facts) };
    }),
    ...(left > 0 && { moreResources: left }),
  };
}

const shownStack = (stack: Stack) => {
  const { name, id, status } = stack;
  return { name, id, status, means: stackStateOf(stack).means };
};

function shownEnvironment(read: Environment, facts: Omit<HealthFacts, 'state'>): BoardEnvironment {
  const name = read.environment;
  if (read.state === 'unreadable')
    return {
      name,
      status: 'unreadable',
      health: 'unknown',
      resources: [],
      error: cut(`${quoteName(name)} ${read.why}`),
    };
  const all = { ...facts, state: read.state };
  const { stack } = facts;
  return {
    name,
    status: read.state,
    health: environmentHealth(all),
    ...(stack && { stack: shownStack(stack) }),
    ...shownResources(read.resources, all),
  };
}

/** The empty answer where no call accepts the environment's name: reading the environment itself reports that. @throws any other failure */
function noJobsOfRefusedName(thrown: unknown) {
  if (toServerError(thrown).code !== 'invalid_arguments') throw thrown;
  return {};
}

/**
 * Reads the newest jobs of an environment.
 * @throws ServerError cancelled
 */
export async function readJobs(
  context: ToolContext,
  { appId, target }: AppRef,
  name: string,
  tryRead: TryRead,
): Promise<JobsColumn> {
  const read = readOn(context, target);
  const listed = await tryRead('the jobs', 'amplifybackend:ListBackendJobs', async () =>
    newestFirst(
      jobsIn(
        await read('list_backend_jobs', { appId, backendEnvironmentName: name, maxResults: PAGE }).catch(
          noJobsOfRefusedName,
        ),
      ),
    ),
  );
  const jobs = listed?.value ?? [];
  const reports = await Promise.all(
    jobs
      .filter(job => !isEnded(job))
      .slice(0, MOST_RUNNING)
      .map(async job => ({
        listed: job,
        report: await context.jobs.read(job, jobReaderOf(context, target)).catch(() => undefined),
      })),
  );
  // The watcher may have seen a job end that the listing still shows as running.
  const observed = reports.map(({ listed, report }) => ({ job: report?.job ?? listed, report }));
  const notEnded = observed.filter(({ job }) => !isEnded(job));
  const latestById = new Map(observed.map(({ job }) => [job.jobId, job]));
  const freshMs = Math.min(...notEnded.map(({ report }) => report?.ttlMs ?? 0));
  return {
    running: notEnded.map(({ job, report }) => runningJob(job, report)),
    failures: recentFailures(
      jobs.map(job => latestById.get(job.jobId) ?? job),
      context.awsNow(target),
    ),
    runningJobs: notEnded.map(({ job }) => job),
    ...(notEnded.length > 0 && { freshMs }),
  };
}

/**
 * Reads an environment. One that cannot be read has an `error` in place of its resources.
 * @throws ServerError cancelled
 */
export async function readColumn(
  context: ToolContext,
  app: AppRef,
  name: string,
  tryRead: TryRead,
): Promise<EnvironmentColumn> {
  const { appId, target } = app;
  const ref = { appId, backendEnvironmentName: name };
  const reading = readEnvironmentAt(readOn(context, target), ref, false).catch(toServerError);
  const [found, jobs] = await Promise.all([reading, readJobs(context, app, name, tryRead)]);
  if ('code' in found && found.code === 'cancelled') throw found;
  if ('code' in found) {
    const error = cut(found.message);
    return { ...jobs, environment: { name, status: 'unreadable', health: 'unknown', resources: [], error } };
  }
  const stack = await readStack(context, { ...ref, target }, found, tryRead);
  return { ...jobs, environment: shownEnvironment(found, { stack, running: jobs.runningJobs }) };
}

/** The stack that the meta names. */
async function readStack(
  { stacks, signal }: ToolContext,
  ref: AppRef & { readonly backendEnvironmentName: string },
  found: Environment,
  tryRead: TryRead,
): Promise<Stack | undefined> {
  const named = found.state === 'unreadable' ? undefined : (found.stack.id ?? found.stack.name);
  if (named === undefined) return undefined;
  const read = await tryRead('the stacks', 'cloudformation:DescribeStacks', () =>
    stacks.find(ref, named, signal),
  );
  return read?.value;
}
