/** What `change_environment` answers: of a dry run the plan, else the verdict, the changes and the steps. */
import { z } from 'zod';
import type { ToolOutcome } from '../define.ts';
import { anyDocument, brief, job, texts } from '../shared/output.ts';

const change = z.strictObject({
  path: z
    .string()
    .describe('From the outside in: auth.userPoolConfigs.mfa.MFAMode, api.transformSchema.Comment'),
  before: z
    .unknown()
    .describe('The value before; null for none; [withheld] where AWS or this server withholds it'),
  after: z.unknown().describe('The value that was asked for; null for a removal'),
});

const step = brief({
  step: z.enum(['auth', 'api', 'storage']).describe('The category'),
  tool: z.string().describe('The operation that changes it'),
  did: z.enum(['updated', 'left alone', 'waiting', 'failed']).describe('What became of it in this call'),
  jobId: z.string().optional().describe('Its job'),
});

const difference = brief({
  path: z.string().describe('From the outside in'),
  wanted: z.unknown().describe('What was asked for'),
  found: z.unknown().describe('What AWS shows now; null for nothing'),
});

export const output = z.strictObject({
  verdict: z
    .enum(['complete', 'differs', 'unfinished', 'failed'])
    .optional()
    .describe(
      'complete: read again, all of it is true; differs: some of it is not; unfinished: call again; failed: a job failed',
    ),
  appId: z.string().describe('App id'),
  environment: z.string().describe('Environment'),
  changes: z.array(change).optional().describe('What this call changes, found before it was sent'),
  steps: z.array(step).optional().describe('The categories, in the order in which they were changed'),
  differs: z.array(difference).optional().describe('What did not become true'),
  nextSteps: texts.describe('What to do next, a sentence each'),
  job: job.optional().describe('The job that has not ended, or failed'),
  plan: anyDocument
    .optional()
    .describe('Of a dry run: where, the changes, and the updates that would be sent'),
  notes: texts.optional().describe('What else to know, a sentence each'),
});

export type ChangeOutcome = ToolOutcome<typeof output>;
export type Verdict = NonNullable<ChangeOutcome['answer']['verdict']>;
/** A step, as it is answered. */
export type Step = Readonly<z.infer<typeof step>>;
