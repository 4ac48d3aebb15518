/**
 * Answer members and small shapes that several operations share, spelled as the REST API spells them.
 * Each mirrors one structure of the SDK, member for member.
 */
import { ServiceName } from '@aws-sdk/client-amplifybackend';
import { z } from 'zod';

/** A string of AWS's answer; `undefined` if AWS leaves it out. */
export const text = z.string().optional();

/** The answer of an operation that starts a job. An `error` in it is a failure, although the status is 200. */
export const jobStarted = z.object({
  appId: text,
  backendEnvironmentName: text,
  error: text,
  jobId: text,
  operation: text,
  status: text,
});

/** The same answer without the operation and the error, which some operations leave out. */
export const jobStartedBriefly = jobStarted.omit({ error: true, operation: true });

/** A job as AWS describes it; AWS does not document the form of its times. */
export const jobFacts = jobStarted.extend({ createTime: text, updateTime: text });

/** What this server derives from a job's facts. */
export const shownJobFacts = jobFacts.extend({
  state: z
    .enum(['running', 'succeeded', 'failed', 'stalled'])
    .describe("From AWS's status. stalled: running, far beyond the usual time, with no sign of life"),
  createdAt: text.describe('createTime in ISO 8601'),
  updatedAt: text.describe('updateTime in ISO 8601'),
});

export const serviceName = z.enum(ServiceName).describe('Always S3');
