/**
 * Reading and rewriting job records. Rewriting changes what a record says and lifts its hold on the environment; the
 * work behind it is not cancelled, for the service has no such thing.
 */
import type { Call, Handlers } from '../call.ts';
import { describeJob, type Job, viewJob } from '../jobs.ts';
import { largestPage, page } from '../paging.ts';
import { notFound } from '../service-error.ts';
import { findEnvironment, jobsOf } from '../state.ts';

/** The operations on job records. */
export const jobHandlers: Handlers<'GetBackendJob' | 'ListBackendJobs' | 'UpdateBackendJob'> = {
  GetBackendJob(call, { AppId, BackendEnvironmentName, JobId }) {
    return describeJob(findJob(call, AppId, BackendEnvironmentName, JobId), BackendEnvironmentName, call.now);
  },

  ListBackendJobs(call, input) {
    const { AppId, BackendEnvironmentName, JobId, Operation, Status, MaxResults, NextToken } = input;
    const filed = jobsOf(call.state, AppId, BackendEnvironmentName);
    // A deleted environment's jobs stay readable for a while; only then is the environment unknown here too.
    if (filed.length === 0) findEnvironment(call.state, AppId, BackendEnvironmentName);
    const matching = filed
      .filter(
        job =>
          (JobId === undefined || job.jobId === JobId) &&
          (Operation === undefined || job.operation === Operation) &&
          (Status === undefined || viewJob(job, call.now).status === Status),
      )
      .reverse();
    const { items, ...next } = page({
      items: matching,
      key: job => job.jobId,
      size: MaxResults ?? largestPage,
      token: NextToken,
      query: [AppId, BackendEnvironmentName, JobId, Operation, Status],
    });
    return { Jobs: items.map(job => describeJob(job, BackendEnvironmentName, call.now)), ...next };
  },

  UpdateBackendJob(call, { AppId, BackendEnvironmentName, JobId, Operation, Status }) {
    const job = findJob(call, AppId, BackendEnvironmentName, JobId);
    if (Operation !== undefined) job.operation = Operation;
    if (Status !== undefined) job.rewritten = { status: Status, at: call.now };
    return describeJob(job, BackendEnvironmentName, call.now);
  },
};

function findJob(call: Call, appId: string, environment: string, jobId: string): Job {
  const filed = jobsOf(call.state, appId, environment);
  const job = filed.find(candidate => candidate.jobId === jobId);
  if (job) return job;
  if (filed.length === 0) findEnvironment(call.state, appId, environment);
  throw notFound('Job', `Job ${jobId} does not exist in environment ${environment} of app ${appId}`);
}
