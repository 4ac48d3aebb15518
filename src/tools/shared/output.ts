/** Parts of output schemas that several tools have. The tool list shows every member with its description. */
import { z } from 'zod';
import type { Plan } from '../../call/authorize/plan.ts';
import type { Difference } from '../../environment/index.ts';
import type { ErrorFacts } from '../../errors.ts';
import type { Job } from '../../jobs/job.ts';

export const texts = z.array(z.string());

/** A document of AWS, or another one whose members are declared elsewhere. */
export const anyDocument = z.record(z.string(), z.unknown());

export const nextSteps = texts.describe('What to do next');
export const notes = texts.optional().describe('Notes');

/** A job in an answer. */
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
export const error = z
  .strictObject({
    code: z.string().describe('Error code'),
    message: z.string().describe('What went wrong'),
    hint: z.string().describe('What to do'),
    retryable: z.boolean().describe('May succeed later'),
    requestId: z.string().optional().describe("AWS's id"),
    serverRequestId: z.string().optional().meta({ unlisted: true }),
  } satisfies Record<keyof ErrorFacts | 'serverRequestId', z.ZodType>)
  .describe('What failed');

const request = anyDocument.describe('operation, method, path, body');

/** The account and region that a planned request goes to. */
const plannedWhere = {
  account: z.string().describe('AWS account'),
  arn: z.string().optional().describe('Identity'),
  region: z.string().describe('Region'),
  target: z.string().optional().describe('Target'),
  app: anyDocument.optional().describe('id, name'),
};

/** What a dry run finds. */
const plannedProblems = {
  problems: texts.optional().describe('Why it would fail'),
  notChecked: texts.optional().describe('What could not be checked'),
};

const planShape: z.ZodRawShape = {
  ...plannedWhere,
  environment: z.string().optional().describe('Environment'),
  request,
  requests: z.array(anyDocument).optional().describe('All, if several'),
  changes: z.array(anyDocument).optional().describe('path, before, after'),
  moreChanges: z.number().optional().describe('Changes not shown'),
  policy: z.string().describe('Whether it may be sent'),
  confirmation: anyDocument.optional().describe('type: what to type; goes: what is deleted'),
  stays: texts.optional().describe('What stays'),
  remarks: texts.optional().describe('What to know'),
  ...plannedProblems,
} satisfies Record<keyof Plan, z.ZodType>;

/** What a write would do, in a dry run and in a question to a person. */
export const plan = z.strictObject(planShape).describe('What would be sent');

const stepsPlanShape: z.ZodRawShape = {
  ...plannedWhere,
  changes: z.array(anyDocument).optional().describe('path, before, after'),
  steps: z
    .array(
      z.strictObject({
        step: z.string().describe('Step'),
        tool: z.string().describe('Tool'),
        does: z.string().describe('What it does'),
        request: anyDocument.optional().describe('Request, a long body in short'),
        policy: z.string().optional().describe('Whether it may be sent'),
        confirmation: anyDocument.optional().describe('type: what to type; goes: what is deleted'),
        goes: anyDocument.optional().describe('What is deleted'),
        changes: z.array(anyDocument).optional().describe('path, before, after'),
        moreChanges: z.number().optional().describe('Changes not shown'),
      }),
    )
    .describe('Steps, in order'),
  ...plannedProblems,
};

/** What a dry run answers for a tool with several steps. */
export const stepsPlan = z.strictObject(stepsPlanShape).describe('Of a dry run');

/** Members that a result can have besides those of the tool's answer. */
export const resultMembers = {
  ...{ error, job, notes, plan },
  summary: z.string().min(1).describe('In prose'),
  confirmationToken: z.string().describe('For the same call'),
};

/** The same members in the tool list. AWS's own members already identify the job that an operation started. */
export const listedMembers = z.object({
  ...resultMembers,
  startedJob: job.pick({ state: true, uri: true }).describe('The job'),
});

/** A difference between two environments, in an answer. */
export const differenceShape = {
  path: z.string().describe('category/resource/setting'),
  is: z.enum(['only left', 'only right', 'different']).describe('Which side has it'),
  left: z.unknown().optional().describe('Value on the left'),
  right: z.unknown().optional().describe('Value on the right'),
} satisfies Record<keyof Difference, z.ZodType>;
