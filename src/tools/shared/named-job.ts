/** The arguments by which a tool's caller names a job: its URI, or the three ids. Exactly one of the two ways. */
import { z } from 'zod';
import { ServerError } from '../../errors.ts';
import { JOB_URI_TEMPLATE, type JobRef, parseJobUri } from '../../jobs/job.ts';
import { quote, quoteName } from '../../lib/quote.ts';
import { appId, backendEnvironmentName, jobId } from '../../operations/ids.ts';

/** A URI with every character of its ids encoded is shorter. */
const LONGEST_URI = 1_000;

const ids = z.strictObject({ appId, backendEnvironmentName, jobId });

export const namedJob = {
  job: z
    .string()
    .max(LONGEST_URI)
    .optional()
    .describe('URI of the job (job.uri of an answer), in place of the three ids'),
  appId: appId.optional(),
  backendEnvironmentName: backendEnvironmentName.optional(),
  jobId: jobId.optional(),
};

type NamedJob = { readonly [Name in keyof typeof namedJob]?: string | undefined };

const refuse = (why: string) =>
  new ServerError('invalid_arguments', {
    message: `${why} Nothing was sent to AWS.`,
    hint: 'Name the job in one way: job with its URI, or appId, backendEnvironmentName and jobId. list_recent_jobs shows the jobs of an app.',
  });

/** The ids of a URI. @throws ServerError invalid_arguments */
function idsOf(uri: string): JobRef {
  const { data } = ids.safeParse(parseJobUri(uri.trim()));
  if (data) return data;
  throw refuse(`job: ${quote(uri, 120)} is no URI of a job; one is ${JOB_URI_TEMPLATE}.`);
}

/**
 * The ids of the job that arguments name, in place of its URI.
 * @throws ServerError invalid_arguments where they name none, or use both ways
 */
export function withJobIds<Args extends NamedJob>({ job, ...args }: Args) {
  const given = Object.keys(ids.shape).filter(name => args[name as keyof typeof args] !== undefined);
  if (job !== undefined && given.length > 0)
    throw refuse(`The job is named in two ways: job and ${given.map(name => quoteName(name)).join(', ')}.`);
  if (job !== undefined) return { ...args, ...idsOf(job) };
  const { appId: app, backendEnvironmentName: environment, jobId: id } = args;
  if (app !== undefined && environment !== undefined && id !== undefined)
    return { ...args, appId: app, backendEnvironmentName: environment, jobId: id };
  const missing = Object.keys(ids.shape).filter(name => !given.includes(name));
  throw refuse(
    given.length === 0 ? 'No job is named.' : `The job is named by half: ${missing.join(', ')} missing.`,
  );
}
