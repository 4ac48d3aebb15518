/**
 * The arguments by which a caller names a job: its URI, or its id. AWS identifies a job by app, environment and id. What a
 * call leaves out is taken from the caller's known jobs, or looked up in the account's only app.
 */
import { z } from 'zod';
import { ServerError, toServerError } from '../../errors.ts';
import { JOB_URI_TEMPLATE, type JobRef, parseJobUri } from '../../jobs/job.ts';
import { isAppId } from '../../lib/app-id.ts';
import { mapLimited } from '../../lib/map-limited.ts';
import { quote, quoteName, quoteNames } from '../../lib/quote.ts';
import { nameText } from '../../operations/bounds.ts';
import { appId, backendEnvironmentName, jobId } from '../../operations/ids.ts';
import type { ToolContext } from '../define.ts';
import { readKnownApp, readOn } from './read.ts';

/** A URI with every character of its ids encoded is shorter. */
const LONGEST_URI = 1_000;
const AT_ONCE = 4;
/** Environments in which a job is looked for. */
const MOST_ENVIRONMENTS = 50;

const ids = z.strictObject({ appId, backendEnvironmentName, jobId });

export const namedJob = {
  job: z.string().max(LONGEST_URI).optional().describe('URI or id of the job'),
  appId: nameText().min(1).optional().describe('App id or name'),
  backendEnvironmentName: backendEnvironmentName.optional(),
  jobId: jobId.optional(),
};

/** The names that other tools have for these members. */
export const jobSynonyms = { app: 'appId', environment: 'backendEnvironmentName' };

/** The steps and IAM actions that a tool needs for `findJob`. */
export const jobSearch = {
  steps: ['get_backend', 'get_backend_job', 'list_backend_jobs'],
  iamActions: ['amplify:ListApps'],
};

type NamedJob = { readonly [Name in keyof typeof namedJob]?: string | undefined };

const refuse = (why: string) =>
  new ServerError('invalid_arguments', {
    message: `${why} Nothing was sent to AWS.`,
    hint: 'Name the job in one way: job with its URI or id, or jobId, with appId and backendEnvironmentName where these are not clear. list_recent_jobs shows the jobs of an app.',
  });

/**
 * The arguments with the ids of `job` in its place. A job id is always among them.
 * @throws ServerError invalid_arguments where they name no job, or name it in two ways
 */
export function withJobIds<Args extends NamedJob>({ job, ...args }: Args) {
  const given = Object.keys(ids.shape).filter(name => args[name as keyof typeof args] !== undefined);
  if (job === undefined) {
    if (args.jobId !== undefined) return { ...args, jobId: args.jobId };
    throw refuse(
      given.length === 0 ? 'No job is named.' : 'The job is named incompletely: jobId is missing.',
    );
  }
  const named = job.trim();
  const ofUri = ids.safeParse(parseJobUri(named)).data;
  if (args.jobId !== undefined || (ofUri && given.length > 0))
    throw refuse(`The job is named in two ways: job and ${given.map(name => quoteName(name)).join(', ')}.`);
  if (ofUri) return { ...args, ...ofUri };
  const { data: id } = jobId.safeParse(named);
  if (id === undefined)
    throw refuse(
      `job: ${quote(named, 120)} is neither a job's id nor the URI of one; a URI is ${JOB_URI_TEMPLATE}.`,
    );
  return { ...args, jobId: id };
}

/** The environment of the app that has the job. @throws ServerError not_found, or why AWS could not be asked */
async function findEnvironment(context: ToolContext, app: string, id: string, target: string | undefined) {
  const read = readOn(context, target);
  const { environments = [] } = (await readKnownApp(read, app)) ?? {};
  const reads = await mapLimited(environments.slice(0, MOST_ENVIRONMENTS), AT_ONCE, async name => {
    try {
      await read('get_backend_job', { appId: app, backendEnvironmentName: name, jobId: id });
      return { name };
    } catch (thrown) {
      return { failure: toServerError(thrown) };
    }
  });
  const found = reads.find(({ name }) => name !== undefined)?.name;
  if (found !== undefined) return found;
  const refused = reads.find(({ failure }) => failure && failure.code !== 'not_found')?.failure;
  if (refused) throw refused;
  throw new ServerError('not_found', {
    message: `No environment of app ${quoteName(app)} has a job ${quoteName(id)}. Asked for: ${quoteNames(environments) || 'none, the app has no environment'}. A job's record is deleted with its environment.`,
    hint: 'list_recent_jobs shows the jobs of the app, also of environments that are gone. If another app is meant, give its appId.',
  });
}

/**
 * Finds the job that arguments name, and adds the ids that they leave out.
 * @throws ServerError invalid_arguments, not_found, or why AWS could not be asked
 */
export async function findJob(
  context: ToolContext,
  { target, ...args }: NamedJob & { readonly target?: string | undefined },
): Promise<JobRef> {
  const { appId: app, backendEnvironmentName: environment, jobId: id } = withJobIds(args);
  const fits = (ref: JobRef) =>
    ref.jobId === id && (environment === undefined || ref.backendEnvironmentName === environment);
  const [known] =
    app === undefined
      ? context.jobs.known(context.caller ?? 'unknown').filter(report => fits(report.job))
      : [];
  if (known) {
    const { appId, backendEnvironmentName, jobId } = known.job;
    return { appId, backendEnvironmentName, jobId, target };
  }
  const isComplete = app !== undefined && isAppId(app) && environment !== undefined;
  const found = isComplete ? app : (await context.findApp(app, target, context.signal)).appId;
  const name = environment ?? (await findEnvironment(context, found, id, target));
  return { appId: found, backendEnvironmentName: name, jobId: id, target };
}
