/**
 * Names the job because of which AWS refuses a write: AWS itself does not name it. Reads the jobs of the environments
 * that the write concerns, then those of the app's other environments.
 */

import {
  type EvidenceReads,
  type ListedJob,
  namedEnvironments,
  quoteJobId,
  quoteWord,
} from '../aws/evidence-reads.ts';
import { ServerError, toServerError } from '../errors.ts';
import { durationText } from '../lib/duration.ts';

const ended = ['COMPLETED', 'FAILED'];
const MAX_NAMED = 3;

interface Blocking {
  readonly job: ListedJob;
  readonly environment: string;
  readonly ageMs: number | undefined;
}

async function findUnfinished(
  reads: EvidenceReads,
  appId: string,
  environment: string,
  now: number,
): Promise<Blocking[]> {
  const { jobs, aheadMs } = await reads.jobs(appId, environment, now);
  return jobs
    .filter(({ Status }) => Status === undefined || !ended.includes(Status))
    .map(job => ({
      job,
      environment,
      ageMs: job.createdAt === undefined ? undefined : now + (aheadMs ?? 0) - job.createdAt,
    }));
}

function describeJob({ job, environment, ageMs }: Blocking): string {
  const age = ageMs === undefined ? 'of unknown age' : `${durationText(ageMs)} old`;
  const status = quoteWord(job.Status, /^[A-Z_]{1,64}$/);
  return `job ${quoteJobId(job.JobId)} of ${quoteWord(job.Operation)} in environment ${quoteWord(environment, /^[\w-]{1,100}$/)} (${status}, ${age})`;
}

/**
 * The failure, with id, operation, status and age of the blocking jobs, or a sentence that none was found.
 * @throws cancelled
 */
export async function nameBlockingJob(
  failure: ServerError,
  args: Readonly<Record<string, unknown>>,
  reads: EvidenceReads,
  now: number,
): Promise<ServerError> {
  const { requestId } = failure;
  const precise = (said: string, hint?: string) =>
    new ServerError('pending_job', {
      message: `${failure.message} ${said}`,
      ...(hint !== undefined && { hint }),
      requestId,
      cause: failure,
    });
  const appId = String(args.appId);
  const named = namedEnvironments(args);
  try {
    let blocking: Blocking[] = [];
    for (const environment of named) blocking.push(...(await findUnfinished(reads, appId, environment, now)));
    if (blocking.length === 0) {
      const others = (await reads.environments(appId)) ?? [];
      for (const environment of others.filter(name => !named.includes(name)))
        blocking.push(...(await findUnfinished(reads, appId, environment, now)));
    }
    // One job can be listed under several environments.
    blocking = [...new Map(blocking.map(found => [found.job.JobId, found])).values()];
    const [first] = blocking;
    if (!first)
      return precise(
        "The blocking job could not be found: no unfinished job is listed under the app's environments.",
      );
    const jobs = blocking.slice(0, MAX_NAMED).map(describeJob).join('; ');
    const more = blocking.length > MAX_NAMED ? `; and ${blocking.length - MAX_NAMED} more` : '';
    return precise(
      `Unfinished: ${jobs}${more}.`,
      `Follow job ${quoteJobId(first.job.JobId)} with get_backend_job until it ends, then call again. Nothing can cancel it.`,
    );
  } catch (thrown) {
    const { code } = toServerError(thrown);
    if (code === 'cancelled') throw thrown;
    return precise(`The blocking job could not be read (${code}).`);
  }
}
