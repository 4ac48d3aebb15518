/** The job that a write with an unknown outcome may have started. */
import type { ServerError } from '../errors.ts';
import { JobFailure } from '../jobs/job.ts';
import type { PendingCall } from './authorize/pending-call.ts';
import type { JobService } from './job-service.ts';
import { jobNamedIn } from './reads.ts';
import { OutcomeUnknown } from './reconcile.ts';

/** Follows the job that an unknown write may have started, and names it in the failure. */
export async function withFoundJob(
  failure: ServerError,
  { operation, args, target, caller }: PendingCall,
  jobs: JobService,
): Promise<ServerError> {
  if (!(failure instanceof OutcomeUnknown) || !failure.found) return failure;
  const job = jobNamedIn(operation, args, failure.found);
  if (!job) return failure;
  await jobs.observe({ job, target, caller, isLive: true });
  return new JobFailure(failure, job);
}
