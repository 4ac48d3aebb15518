/** Parts of output schemas that several tools have. The tool list shows every member with its description. */
import { z } from 'zod';
import type { Difference } from '../../environment/index.ts';
import type { ErrorFacts } from '../../errors.ts';
import type { Job } from '../../jobs/job.ts';

export const texts = z.array(z.string());

/** A document of AWS's, or another whose members are declared elsewhere. */
export const anyDocument = z.record(z.string(), z.unknown());

export const nextSteps = texts.describe('What to do next');
export const notes = texts.optional().describe('Notes');

/** What the outcome of a call adds to an answer. */
export const jobShape = {
  appId: z.string().describe('App id'),
  backendEnvironmentName: z.string().describe('Environment'),
  jobId: z.string().describe('Job id'),
  operation: z.string().describe('Operation'),
  status: z.string().describe("AWS's status"),
  state: z.enum(['running', 'succeeded', 'failed', 'stalled']).describe('State'),
  uri: z.string().describe('URI'),
  createdAt: z.string().optional().describe('ISO 8601'),
  updatedAt: z.string().optional().describe('ISO 8601'),
  error: z.string().optional().describe("AWS's reason"),
} satisfies Record<keyof Job, z.ZodType>;

export const job = z.strictObject(jobShape).describe('The job');

/** What went wrong in a call that failed. */
const error = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  retryable: z.boolean(),
  requestId: z.string().optional(),
  serverRequestId: z.string().optional(),
} satisfies Record<keyof ErrorFacts | 'serverRequestId', z.ZodType>);

/** What a write would do: of a dry run, and of a question to a person. */
export const plan = anyDocument.describe('Account, region, request, policy');

/** What results can have besides the answers of their tools. */
export const resultMembers = {
  ...{ error, job, notes, plan },
  summary: z.string().min(1).describe('In prose'),
  confirmationToken: z.string().describe('For the same call'),
};

/**
 * The same as the tool list has it for each of its tools: what all tools share is described in short, to keep the list
 * short on the wire. AWS's own members name the job of an operation that started it.
 */
export const listedMembers = z.object({
  ...resultMembers,
  error: anyDocument.describe('code, message, hint, retryable'),
  startedJob: job.pick({ state: true, uri: true }).describe('The job'),
});

/** A difference between two environments, in an answer. */
export const differenceShape = {
  path: z.string().describe('category/resource/setting'),
  is: z.enum(['only left', 'only right', 'different']).describe('Which side has it'),
  left: z.unknown().optional().describe('Value on the left'),
  right: z.unknown().optional().describe('Value on the right'),
} satisfies Record<keyof Difference, z.ZodType>;
