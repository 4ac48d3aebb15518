/** The three operations on backend jobs. There is no cancel: `UpdateBackendJob` only rewrites the record. */
import {
  GetBackendJobCommand,
  ListBackendJobsCommand,
  UpdateBackendJobCommand,
} from '@aws-sdk/client-amplifybackend';
import { z } from 'zod';
import { nameText } from './bounds.ts';
import { defineOperation } from './define.ts';
import { appId, backendEnvironmentName, jobId, nextToken } from './ids.ts';
import { answered, jobFacts, shownJobFacts } from './shapes.ts';
import { notedWhenEmpty } from './when-empty.ts';

/** The page size if the caller gives none. */
export const DEFAULT_PAGE = 15;

const getBackendJob = defineOperation({
  command: GetBackendJobCommand,
  title: 'Look at one job',
  access: 'read',
  answersJob: true,
  input: z.strictObject({ appId, backendEnvironmentName, jobId }),
  output: jobFacts,
  shownOutput: shownJobFacts,
});

/** The members that AWS promises for a listed job. */
const namedJob = { appId: true, backendEnvironmentName: true } as const;

const listBackendJobs = defineOperation({
  command: ListBackendJobsCommand,
  title: "List an environment's jobs",
  access: 'read',
  input: z.strictObject({
    appId,
    backendEnvironmentName,
    jobId: notedWhenEmpty(jobId).optional().describe('Only this job'),
    maxResults: z
      .number()
      .int()
      .min(1)
      .max(25)
      .optional()
      .describe(`Jobs per page, 1-25, default ${DEFAULT_PAGE}`),
    nextToken: nextToken.optional(),
    operation: notedWhenEmpty(nameText()).optional().describe('Only this operation, e.g. CloneBackend'),
    status: notedWhenEmpty(nameText()).optional().describe('Only this status, e.g. FAILED'),
  }),
  output: z.object({ jobs: z.array(jobFacts.required(namedJob)).optional(), nextToken: answered.nextToken }),
  shownOutput: z.object({
    jobs: z.array(shownJobFacts.required(namedJob)).optional().describe('Jobs of this page'),
    nextToken: answered.nextToken,
  }),
  pages: 'jobs',
});

const updateBackendJob = defineOperation({
  command: UpdateBackendJobCommand,
  title: "Rewrite a job's record",
  access: 'update',
  answersJob: true,
  evidence: ['jobRecord'],
  input: z.strictObject({
    appId,
    backendEnvironmentName,
    jobId,
    operation: nameText().optional().describe('New operation name'),
    status: nameText().optional().describe('New status, e.g. FAILED'),
  }),
  output: jobFacts,
  shownOutput: shownJobFacts,
});

export const jobOperations = [getBackendJob, listBackendJobs, updateBackendJob] as const;
