/** What `list_recent_jobs` answers. */
import { z } from 'zod';
import type { ToolOutcome } from '../define.ts';
import { job, texts } from '../shared/output.ts';

const gone = z.strictObject({
  environment: z.string().describe('Environment that AmplifyBackend no longer lists'),
  stack: z.string().optional().describe('Name of its CloudFormation stack'),
  deletedAt: z.string().optional().describe('When CloudFormation deleted the stack, ISO 8601'),
  jobs: z
    .enum(['listed', 'forgotten', 'unread'])
    .describe('listed: AWS still has its jobs; forgotten: AWS has none; unread: AWS could not be asked'),
});

export const output = z.strictObject({
  appId: z.string().describe('App id'),
  since: z.string().optional().describe('Start of the time that was asked for, ISO 8601'),
  jobs: z.array(job).describe('The jobs, newest first'),
  more: z.number().optional().describe('How many older jobs were read and are not shown'),
  gone: z.array(gone).optional().describe('Environments that are gone'),
  notes: texts.optional().describe('What was not read or is not shown'),
});

export type RecentJobs = ToolOutcome<typeof output>['answer'];
