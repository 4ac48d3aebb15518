/**
 * Answer members and small shapes that several operations share, spelled as the REST API spells them.
 * Each mirrors one structure of the SDK, member for member.
 */
import { ServiceName } from '@aws-sdk/client-amplifybackend';
import { z } from 'zod';

/** A string of AWS's answer; `undefined` if AWS leaves it out. */
export const text = (description: string) => z.string().optional().describe(description);

/** Members of many answers. */
export const answered = {
  appId: text('App id'),
  backendEnvironmentName: text('Environment'),
  error: text("AWS's reason"),
  resourceName: text('Resource name'),
  nextToken: text('Cursor of the next page; absent on the last'),
} as const;

/** The answer of an operation that starts a job. An `error` in it is a failure, although the status is 200. */
export const jobStarted = z.object({
  appId: answered.appId,
  backendEnvironmentName: answered.backendEnvironmentName,
  error: answered.error,
  jobId: text('Job id'),
  operation: text('Operation'),
  status: text('Status at AWS'),
});

/** The same answer without the operation and the error, which some operations leave out. */
export const jobStartedBriefly = jobStarted.omit({ error: true, operation: true });

/** A job as AWS describes it; AWS does not document the form of its times. */
export const jobFacts = jobStarted.extend({
  createTime: text('Start, as AWS writes it'),
  updateTime: text('Last change, as AWS writes it'),
});

/** What this server derives from a job's facts. */
export const shownJobFacts = jobFacts.extend({
  state: z
    .enum(['running', 'succeeded', 'failed', 'stalled'])
    .describe("From AWS's status. stalled: running, far beyond the usual time, with no sign of life"),
  createdAt: text('createTime in ISO 8601'),
  updatedAt: text('updateTime in ISO 8601'),
});

export const serviceName = z.enum(ServiceName).describe('Always S3');

/** A member that a tool takes, since AWS's model has it, and that the tool list leaves out, since it has no effect. */
export const unlisted = <Schema extends z.ZodType>(schema: Schema) => schema.meta({ unlisted: true });
