/**
 * Reads and rewrites job records. A rewritten terminal status lets other jobs start on the environment, but the work
 * itself goes on: the service cannot cancel it.
 */
import type { Call, Handlers } from '../call.ts';
import { describeJob, type Job, viewJob } from '../jobs.ts';
import { largestPage, page } from '../paging.ts';
import { notFound } from '../service-error.ts';
import { findEnvironment, jobsOf } from '../state.ts';

export const jobHandlers: Handlers<'GetBackendJob' | 'ListBackendJobs' | 'UpdateBackendJob'> = {
  GetBackendJob(call, { AppId, BackendEnvironmentName, JobId }) {
    return describeJob(findJob(call, AppId, BackendEnvironmentName, JobId), BackendEnvironmentName, call.now);
  },

  ListBackendJobs(call, input) {
    const { AppId, BackendEnvironmentName, JobId, Operation, Status, MaxResults, NextToken } = input;
    const jobs = jobsOf(call.state, AppId, BackendEnvironmentName);
    // A deleted environment's jobs stay readable for a while. After that, this throws 404.
    if (jobs.length === 0) findEnvironment(call.state, AppId, BackendEnvironmentName);
    const matching = jobs
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
  const jobs = jobsOf(call.state, appId, environment);
  const job = jobs.find(candidate => candidate.jobId === jobId);
  if (job) return job;
  if (jobs.length === 0) findEnvironment(call.state, appId, environment);
  throw notFound('Job', `Job ${jobId} does not exist in environment ${environment} of app ${appId}`);
}
